"""Bank lines for people: what waits, and what was imported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection

from bot.store.seal import Seal

_LINES = """
SELECT l.id, l.paid_at, l.amount_minor, l.currency, l.said_sealed, l.candidates, l.doubts, l.state,
       p.code, p.name, p.zone, p.livemode, p.id
FROM bank_line l JOIN portfolio p ON p.id = l.portfolio_id
WHERE l.state = ANY(%(states)s) AND (%(code)s::text IS NULL OR p.code = %(code)s)
  AND (%(line)s::bigint IS NULL OR l.id = %(line)s)
ORDER BY l.id {order} LIMIT %(limit)s
"""

_IMPORTS = """
SELECT i.at, i.file_name, i.bank, i.figures, p.code, p.name, p.currency, p.zone, u.name
FROM bank_import i JOIN portfolio p ON p.id = i.portfolio_id
LEFT JOIN collector u ON u.id = i.collector_id ORDER BY i.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class LineView:
    """A bank line as the review page shows it. `candidates` are as stored."""

    line_id: int
    paid_at: datetime
    amount_minor: int
    currency: str
    payer: str
    account: str
    remark: str
    serial: str
    candidates: list[dict[str, Any]]
    doubts: list[dict[str, Any]]
    state: str
    portfolio: str
    portfolio_name: str
    zone: str
    livemode: bool
    portfolio_id: int


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import with its figures."""

    at: datetime
    file_name: str
    bank: str
    figures: dict[str, Any]
    portfolio: str
    portfolio_name: str
    currency: str
    zone: str
    by: str | None


@dataclass(frozen=True)
class BankViews:
    """Reads on one connection."""

    connection: Connection[Any]
    seal: Seal

    def waiting(self, code: str | None = None, *, limit: int = 200) -> list[LineView]:
        """Lines that wait, the oldest first."""
        return self._lines(["review"], code, None, limit)

    def set_aside(self, *, limit: int = 50) -> list[LineView]:
        """Lines that were called not ours."""
        return self._lines(["not_ours"], None, None, limit)

    def applied(self, *, limit: int = 30) -> list[LineView]:
        """Lines that are booked, the latest first."""
        return self._lines(["applied"], None, None, limit, order="DESC")

    def paid_cases(self, line_id: int) -> list[int]:
        """Cases that the line pays."""
        rows = self.connection.execute(
            "SELECT p.case_id FROM bank_share s JOIN payment p ON p.id = s.payment_id "
            "WHERE s.line_id = %s AND p.undone_minor = 0 ORDER BY p.case_id",
            [line_id],
        ).fetchall()
        return [row[0] for row in rows]

    def line(self, line_id: int) -> LineView | None:
        """One line, whatever became of it."""
        found = self._lines(["review", "applied", "not_ours"], None, line_id, 1)
        return found[0] if found else None

    def count(self) -> int:
        """How many wait."""
        row = self.connection.execute(
            "SELECT count(*) FROM bank_line WHERE state = 'review'"
        ).fetchone()
        return int(row[0]) if row else 0

    def imports(self, *, limit: int = 10) -> list[ImportView]:
        """The latest imports."""
        return [ImportView(*row) for row in self.connection.execute(_IMPORTS, [limit]).fetchall()]

    def _lines(
        self,
        states: list[str],
        code: str | None,
        line: int | None,
        limit: int,
        order: Literal["", "DESC"] = "",
    ) -> list[LineView]:
        values = {"states": states, "code": code, "line": line, "limit": limit}
        query = _LINES.format(order=order).encode()
        return [self._view(row) for row in self.connection.execute(query, values).fetchall()]

    def _view(self, row: Any) -> LineView:
        said = json.loads(self.seal.open(row[4]))
        texts = [said.get(name, "") for name in ("payer", "account", "remark", "serial")]
        return LineView(*row[:4], *texts, *row[5:])
