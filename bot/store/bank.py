"""Bank lines: kept once per creditor, matched to cases, turned into payments."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.bank.claimants import Claimant, KnownPayment, OwedDebt
from bot.domain.bank.lines import Reason
from bot.domain.bank.matching import Candidate
from bot.domain.vocabulary import INITIATED
from bot.flows.ports.bank import BankBook, NewLine, WaitingLine
from bot.flows.ports.ledger import LedgerFile
from bot.flows.ports.money import PaymentRow
from bot.store.money import PAYMENT_ROW, MoneyRows

#: A case closed longer ago is no candidate: late money for it is rare, and a human can find it.
CLOSED_LATELY = timedelta(days=180)

_CASES = """
SELECT c.id, c.debtor_id, d.name_sealed FROM cases c
JOIN portfolio p ON p.id = c.portfolio_id JOIN debtor d ON d.id = c.debtor_id
WHERE p.creditor_key = %s AND p.livemode = %s AND c.currency = %s
  AND (c.state <> 'closed' OR c.closed_at > %s) AND c.merged_into IS NULL ORDER BY c.id
"""

_PHONES = """
SELECT debtor_id, phone_masked FROM contact_point
WHERE debtor_id = ANY(%s) AND disabled IS DISTINCT FROM 'wrong_person' ORDER BY id
"""

_DEBTS = """
SELECT case_id, contract, ref, owed_minor FROM debt WHERE case_id = ANY(%s) ORDER BY due_on, id
"""

_PROMISED = """
SELECT case_id, amount_minor - paid_minor FROM promise WHERE case_id = ANY(%s) AND state = 'open'
"""

_PAYMENTS = """
SELECT case_id, amount_minor, provider, (received_at AT TIME ZONE %s)::date FROM payment
WHERE case_id = ANY(%s) AND provider <> 'bank'
"""

_FORMER = """
SELECT merged_into, id FROM cases WHERE merged_into = ANY(%s)
"""

_ADD = """
INSERT INTO bank_line (import_id, portfolio_id, creditor_key, identity_hash, line, paid_at,
    amount_minor, currency, said_sealed, candidates, doubts)
SELECT %b, %b, %b, n.identity, n.line, n.paid_at, n.amount, %b, n.said, n.candidates::jsonb,
    n.doubts::jsonb
FROM unnest(%b::bytea[], %b::int[], %b::timestamptz[], %b::bigint[], %b::bytea[], %b::text[],
            %b::text[])
    WITH ORDINALITY AS n(identity, line, paid_at, amount, said, candidates, doubts, place)
ORDER BY n.place
ON CONFLICT (creditor_key, identity_hash) DO NOTHING RETURNING id, identity_hash
"""

_OF_LINE = f"""
{PAYMENT_ROW} JOIN bank_share s ON s.payment_id = p.id
WHERE s.line_id = %s AND p.undone_minor = 0 ORDER BY p.case_id, p.id FOR UPDATE OF p
"""


class BankRows(MoneyRows):
    """Implements `bot.flows.ports.bank.BankStore`, with `DeskRows` for the trail."""

    def bank_book(self, code: str) -> BankBook | None:
        """The portfolio of that code."""
        row = self._connection.execute(
            "SELECT id, code, creditor_key, currency, zone, livemode FROM portfolio "
            "WHERE code = %s",
            [code],
        ).fetchone()
        return BankBook(*row) if row else None

    def claimants(self, book: BankBook, today: date) -> list[Claimant]:
        """Every case of the creditor, mode and currency that is open or was closed lately."""
        rows = self._connection.execute(
            _CASES, [book.creditor_key, book.livemode, book.currency, today - CLOSED_LATELY]
        ).fetchall()
        ids = [row[0] for row in rows]
        phones = self._grouped(_PHONES, list({row[1] for row in rows}))
        debts = self._grouped(_DEBTS, ids)
        promised = self._grouped(_PROMISED, ids)
        payments = self._grouped(_PAYMENTS, book.zone, ids)
        former = self._grouped(_FORMER, ids)
        return [
            Claimant(
                case_id,
                debtor_id,
                self._seal.open(name),
                phones=tuple(row[0] for row in phones[debtor_id]),
                contracts=tuple(dict.fromkeys(row[0] for row in debts[case_id])),
                owed=tuple(OwedDebt(*row) for row in debts[case_id] if row[2] > 0),
                promised=tuple(row[0] for row in promised[case_id]),
                payments=tuple(KnownPayment(*row) for row in payments[case_id]),
                former=tuple(row[0] for row in former[case_id]),
            )
            for case_id, debtor_id, name in rows
        ]

    def _grouped(self, query: str, *values: object) -> defaultdict[int, list[Any]]:
        """Rows by their first column, without it."""
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for owner, *rest in self._connection.execute(query.encode(), values).fetchall():
            found[owner].append(rest)
        return found

    def known_lines(self, creditor_key: str, identities: Sequence[str]) -> set[str]:
        """Those that an earlier import has."""
        by_hash = {self._seal.index(identity): identity for identity in identities}
        rows = self._connection.execute(
            "SELECT identity_hash FROM bank_line WHERE creditor_key = %s "
            "AND identity_hash = ANY(%s)",
            [creditor_key, list(by_hash)],
        ).fetchall()
        return {by_hash[bytes(row[0])] for row in rows}

    def open_bank_import(
        self, book: BankBook, bank: str, file: LedgerFile, *, by: int | None, at: datetime
    ) -> int:
        """A row for this import; returns its id."""
        row = self._connection.execute(
            "INSERT INTO bank_import (portfolio_id, bank, file_name, sha256, at, collector_id) "
            "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [book.portfolio_id, bank, file.name, file.sha256, at, by],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def save_bank_figures(self, import_id: int, figures: Mapping[str, Any]) -> None:
        """Keep what the import did."""
        self._connection.execute(
            "UPDATE bank_import SET figures = %s WHERE id = %s", [json.dumps(figures), import_id]
        )

    def add_lines(self, book: BankBook, import_id: int, lines: Sequence[NewLine]) -> dict[str, int]:
        """Keep the lines, waiting; ids by identity, without those that another import has."""
        # Two imports of the same lines in another order would wait for each other for ever.
        self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7304))", [book.creditor_key]
        )
        rows = [self._line_row(new) for new in lines]
        names = {row[0]: new.identity for row, new in zip(rows, lines, strict=True)}
        columns = [list(column) for column in zip(*rows, strict=True)]
        whose = [import_id, book.portfolio_id, book.creditor_key, book.currency]
        found = self._connection.execute(_ADD, [*whose, *columns]).fetchall()
        return {names[bytes(identity)]: line_id for line_id, identity in found}

    def _line_row(self, new: NewLine) -> tuple[Any, ...]:
        line = new.line
        said = {"payer": line.payer, "account": line.account, "remark": line.remark}
        return (
            self._seal.index(new.identity),
            line.line,
            new.paid_at,
            line.amount_minor,
            self._seal.seal(json.dumps({**said, "serial": line.serial}, ensure_ascii=False)),
            json.dumps([_candidate(each) for each in new.match.candidates]),
            json.dumps([_reason(doubt) for doubt in new.match.doubts]),
        )

    def waiting_line(self, line_id: int) -> WaitingLine | None:
        """The line, its row locked."""
        row = self._connection.execute(
            "SELECT l.id, l.portfolio_id, l.creditor_key, l.amount_minor, l.currency, l.paid_at, "
            "l.state, p.livemode, l.undone FROM bank_line l JOIN portfolio p ON p.id = l.portfolio_id "
            "WHERE l.id = %s FOR UPDATE OF l",
            [line_id],
        ).fetchone()
        return WaitingLine(*row) if row else None

    def conclude_lines(
        self, line_ids: Sequence[int], state: str, *, by: int | None, at: datetime
    ) -> None:
        """applied, not_ours or review again."""
        self._connection.execute(
            "UPDATE bank_line SET state = %s, decided_by = %s, decided_at = %s WHERE id = ANY(%s)",
            [state, by, at, list(line_ids)],
        )

    def add_shares(self, shares: Sequence[tuple[int, int]]) -> None:
        """Which payment came from which line: (line, payment)."""
        self._connection.execute(
            "INSERT INTO bank_share (line_id, payment_id) "
            "SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
            [[line for line, _ in shares], [payment for _, payment in shares]],
        )

    def payments_of_line(self, line_id: int) -> list[PaymentRow]:
        """What the line became and still is, by case; rows locked."""
        rows = self._connection.execute(_OF_LINE, [line_id]).fetchall()
        return [PaymentRow(*row) for row in rows]

    def reopen_line(self, line_id: int) -> None:
        """Nobody has decided it."""
        self._connection.execute(
            "UPDATE bank_line SET state = 'review', decided_by = NULL, decided_at = NULL, "
            "undone = undone + 1 WHERE id = %s",
            [line_id],
        )

    def cases_of(self, line: WaitingLine, case_ids: Sequence[int]) -> set[int]:
        """Those of the cases that belong to the line's creditor and mode."""
        rows = self._connection.execute(
            "SELECT c.id FROM cases c JOIN portfolio p ON p.id = c.portfolio_id "
            "WHERE c.id = ANY(%s) AND p.creditor_key = %s AND p.livemode = %s",
            [list(case_ids), line.creditor_key, line.livemode],
        ).fetchall()
        return {row[0] for row in rows}

    def contacted_since(self, paid: Sequence[tuple[int, datetime]]) -> dict[int, int]:
        """By case: contacts the desk started after an instant, those on their way included."""
        rows = self._connection.execute(
            "SELECT a.case_id, count(*) FROM unnest(%s::bigint[], %s::timestamptz[]) AS n(id, at) "
            "JOIN attempt a ON a.case_id = n.id AND a.at > n.at AND a.state <> 'refused' "
            "AND a.purpose = ANY(%s) GROUP BY a.case_id",
            [
                [case_id for case_id, _ in paid],
                [at for _, at in paid],
                [purpose.value for purpose in INITIATED],
            ],
        )
        return dict(rows.fetchall())


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "case": candidate.case_id,
        "confidence": candidate.confidence,
        "reasons": [_reason(reason) for reason in candidate.reasons],
        "doubts": [_reason(reason) for reason in candidate.doubts],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "details": dict(reason.details)}
