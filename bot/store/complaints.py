"""Rows of the register of complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.flows.ports.complaining import (
    Book,
    ComplaintFacts,
    ComplaintKind,
    Found,
    NewComplaint,
    Outcome,
    Source,
)
from bot.store.uploads import UploadRows

_BOOK = (
    "p.id, p.code, p.packs, p.zone, p.livemode, p.creditor, p.signature, p.phone, p.complaint_phone"
)

_UNREGISTERED = f"""
SELECT h.id, h.case_id, h.opened_at, r.body_sealed, {_BOOK}
FROM handoff h JOIN portfolio p ON p.id = h.portfolio_id
LEFT JOIN reply r ON r.id = h.reply_id
WHERE p.livemode = %s AND h.reasons ? 'complaint'
  AND NOT EXISTS (SELECT FROM complaint c WHERE c.handoff_id = h.id)
ORDER BY h.id LIMIT %s
"""

_ADD = """
INSERT INTO complaint (portfolio_id, case_id, handoff_id, source, kind, received_at, due_at, rule,
    complainant_sealed, summary_sealed, registered_by, registered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (handoff_id) DO NOTHING RETURNING id
"""

_COMPLAINT = f"""
SELECT c.id, c.case_id, c.received_at, c.due_at, c.extended, c.complainant_sealed, d.name_sealed,
       d.locale, c.outcome, c.told_at, {_BOOK}
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
LEFT JOIN cases k ON k.id = c.case_id LEFT JOIN debtor d ON d.id = k.debtor_id
WHERE c.id = %s FOR UPDATE OF c
"""


class ComplaintRows(UploadRows):
    """Implements `bot.flows.ports.complaining.ComplaintStore`."""

    def book(self, code: str) -> Book | None:
        """The portfolio of that code."""
        query = f"SELECT {_BOOK} FROM portfolio p WHERE p.code = %s"
        row = self._connection.execute(query.encode(), [code]).fetchone()
        return Book(*row) if row else None

    def book_of_case(self, case_id: int) -> Book | None:
        """The portfolio of a case."""
        query = (
            f"SELECT {_BOOK} FROM cases c JOIN portfolio p ON p.id = c.portfolio_id WHERE c.id = %s"
        )
        row = self._connection.execute(query.encode(), [case_id]).fetchone()
        return Book(*row) if row else None

    def unregistered(self, *, livemode: bool, limit: int) -> list[Found]:
        """Hand-offs that are complaints and stand in no register."""
        rows = self._connection.execute(_UNREGISTERED.encode(), [livemode, limit]).fetchall()
        return [Found(row[0], row[1], Book(*row[4:]), row[2], self._opened(row[3])) for row in rows]

    def add_complaint(self, new: NewComplaint, *, at: datetime) -> int | None:
        """Its number; None when its hand-off is registered already."""
        row = self._connection.execute(
            _ADD,
            [
                new.book.portfolio_id,
                new.case_id,
                new.handoff_id,
                new.source.value,
                new.kind.value,
                new.received_at,
                new.due_at,
                new.rule,
                self._seal.seal(new.complainant) if new.complainant else None,
                self._seal.seal(new.summary) if new.summary else None,
                new.by,
                at,
            ],
        ).fetchone()
        return int(row[0]) if row else None

    def complaint(self, complaint_id: int) -> ComplaintFacts | None:
        """The complaint, locked."""
        row = self._connection.execute(_COMPLAINT.encode(), [complaint_id]).fetchone()
        if row is None:
            return None
        return ComplaintFacts(
            complaint_id=row[0],
            case_id=row[1],
            received_at=row[2],
            due_at=row[3],
            extended=row[4],
            complainant=self._opened(row[5]) or self._opened(row[6]),
            locale=row[7] or "zh-CN",
            outcome=Outcome(row[8]) if row[8] else None,
            told_at=row[9],
            book=Book(*row[10:]),
        )

    def add_complaint_note(self, complaint_id: int, by: int, text: str, *, at: datetime) -> None:
        """What was found."""
        self._connection.execute(
            "INSERT INTO complaint_note (complaint_id, author_id, text_sealed, at) "
            "VALUES (%s, %s, %s, %s)",
            [complaint_id, by, self._seal.seal(text), at],
        )

    def take_complaint(self, complaint_id: int, by: int) -> None:
        """Who looks into it."""
        self._connection.execute(
            "UPDATE complaint SET taken_by = %s WHERE id = %s", [by, complaint_id]
        )

    def classify_complaint(self, complaint_id: int, kind: ComplaintKind) -> None:
        """What it is about."""
        self._connection.execute(
            "UPDATE complaint SET kind = %s WHERE id = %s", [kind.value, complaint_id]
        )

    def extend_complaint(self, complaint_id: int, due_at: datetime, why: str) -> None:
        """A later deadline."""
        self._connection.execute(
            "UPDATE complaint SET due_at = %s, extended = extended + 1, extended_why = %s "
            "WHERE id = %s",
            [due_at, why, complaint_id],
        )

    def decide_complaint(
        self, complaint_id: int, outcome: Outcome, letter: str, by: int, *, at: datetime
    ) -> None:
        """The decision with its letter."""
        self._connection.execute(
            "UPDATE complaint SET outcome = %s, letter_sealed = %s, decided_by = %s, "
            "decided_at = %s, taken_by = coalesce(taken_by, %s) WHERE id = %s",
            [outcome.value, self._seal.seal(letter), by, at, by, complaint_id],
        )

    def told_complaint(self, complaint_id: int, how: Source, *, at: datetime) -> None:
        """The complainant was told."""
        self._connection.execute(
            "UPDATE complaint SET told_at = %s, told_how = %s WHERE id = %s",
            [at, how.value, complaint_id],
        )

    def _opened(self, sealed: Any) -> str:
        return self._seal.open(sealed) if sealed else ""
