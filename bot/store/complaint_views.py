"""The register of complaints for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.seal import Seal

Row = dict[str, Any]

_LIST = """
SELECT c.id, c.case_id, c.source, c.kind, c.received_at, c.due_at, c.extended, c.outcome,
       c.decided_at, c.told_at, c.complainant_sealed, d.name_sealed, p.code, p.name AS portfolio,
       p.zone, p.livemode, u.name AS taker
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
LEFT JOIN collector u ON u.id = c.taken_by
LEFT JOIN cases k ON k.id = c.case_id LEFT JOIN debtor d ON d.id = k.debtor_id
WHERE (%(scope)s::bigint[] IS NULL OR c.portfolio_id = ANY(%(scope)s))
  AND (%(code)s::text IS NULL OR p.code = %(code)s)
  AND (%(open)s::boolean IS NULL OR (c.told_at IS NULL) = %(open)s)
ORDER BY (c.told_at IS NOT NULL), CASE WHEN c.told_at IS NULL THEN c.due_at END, c.id DESC
LIMIT %(limit)s
"""

_ONE = """
SELECT c.*, p.code, p.name AS portfolio, p.zone, p.livemode, p.packs, u.name AS taker,
       r.name AS registrar, b.name AS decider, d.name_sealed
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
LEFT JOIN collector u ON u.id = c.taken_by LEFT JOIN collector r ON r.id = c.registered_by
LEFT JOIN collector b ON b.id = c.decided_by
LEFT JOIN cases k ON k.id = c.case_id LEFT JOIN debtor d ON d.id = k.debtor_id
WHERE c.id = %s
"""

# Days of receipt in each portfolio's zone.
_REPORT = """
SELECT p.code, p.name AS portfolio, c.kind, c.source, c.outcome,
       count(*) AS received,
       count(*) FILTER (WHERE c.told_at IS NOT NULL) AS told,
       count(*) FILTER (WHERE c.told_at <= c.due_at) AS in_time,
       count(*) FILTER (WHERE coalesce(c.told_at, %(now)s) > c.due_at) AS late,
       coalesce(sum(extract(epoch FROM c.told_at - c.received_at)), 0)::float8 AS seconds
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
WHERE (%(scope)s::bigint[] IS NULL OR c.portfolio_id = ANY(%(scope)s))
  AND p.livemode = %(livemode)s
  AND (c.received_at AT TIME ZONE p.zone)::date BETWEEN %(first)s AND %(last)s
GROUP BY p.code, p.name, c.kind, c.source, c.outcome
"""


@dataclass(frozen=True)
class ComplaintViews:
    """Reads on one connection; names are masked unless asked for in full."""

    connection: Connection[Any]
    seal: Seal
    mask: Callable[[str], str]

    def listed(
        self,
        *,
        scope: Sequence[int] | None,
        code: str | None = None,
        is_open: bool | None = None,
        limit: int = 300,
    ) -> list[Row]:
        """Open ones by deadline, then those that are done, newest first."""
        values = {
            "scope": None if scope is None else list(scope),
            "code": code,
            "open": is_open,
            "limit": limit,
        }
        return [self._named(row, full=False) for row in self._rows(_LIST, values)]

    def one(self, complaint_id: int) -> Row | None:
        """A complaint with everything that was written about it."""
        found = self._rows(_ONE, [complaint_id])
        if not found:
            return None
        row = self._named(found[0], full=True)
        for name in ("summary", "letter"):
            row[name] = self._opened(row.pop(f"{name}_sealed"))
        return row

    def notes(self, complaint_id: int) -> list[Row]:
        """What was found, newest first."""
        rows = self._rows(
            "SELECT n.at, n.text_sealed, u.name AS author FROM complaint_note n "
            "JOIN collector u ON u.id = n.author_id WHERE n.complaint_id = %s ORDER BY n.id DESC",
            [complaint_id],
        )
        return [{**row, "text": self._opened(row.pop("text_sealed"))} for row in rows]

    def report(
        self,
        *,
        scope: Sequence[int] | None,
        livemode: bool,
        first: date,
        last: date,
        now: datetime,
    ) -> list[Row]:
        """Complaints received in a period, by portfolio, kind, source and outcome."""
        values = {
            "scope": None if scope is None else list(scope),
            "livemode": livemode,
            "first": first,
            "last": last,
            "now": now,
        }
        return self._rows(_REPORT, values)

    def count_open(self) -> int:
        """Complaints nobody has been told the decision of."""
        row = self.connection.execute(
            "SELECT count(*) FROM complaint WHERE told_at IS NULL"
        ).fetchone()
        return int(row[0]) if row else 0

    def _named(self, row: Row, *, full: bool) -> Row:
        own, debtor = row.pop("complainant_sealed"), row.pop("name_sealed")
        name = self._opened(own) or self._opened(debtor)
        return {**row, "complainant": name if full else self.mask(name) if name else ""}

    def _opened(self, sealed: Any) -> str:
        return self.seal.open(sealed) if sealed else ""

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
