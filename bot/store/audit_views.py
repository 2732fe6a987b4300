"""The trail for people: who looked at what and changed what, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

#: Lines without a case are the desk's own; who sees only some portfolios sees their cases' lines
#: and what they did themselves.
_LINES = """
SELECT a.id, a.at, a.action, a.case_id, a.data, a.collector_id, u.name AS who, u.login,
       p.name AS portfolio_name, p.zone
FROM audit a LEFT JOIN collector u ON u.id = a.collector_id
LEFT JOIN cases c ON c.id = a.case_id LEFT JOIN portfolio p ON p.id = c.portfolio_id
WHERE {conditions} ORDER BY a.id DESC LIMIT %(limit)s
"""

_CONDITIONS = {
    "who": "a.collector_id = %(who)s",
    "case": "a.case_id = %(case)s",
    "action": "a.action = %(action)s",
    "since": "a.at >= %(since)s",
    "until": "a.at < %(until)s",
    "before": "a.id < %(before)s",
    "scope": "(c.portfolio_id = ANY(%(scope)s::bigint[]) OR a.collector_id = %(self)s)",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; None for no such condition. `scope` narrows to portfolios and to `self`."""

    who: int | None = None
    case: int | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    scope: tuple[int, ...] | None = None
    self: int = 0


@dataclass(frozen=True)
class AuditViews:
    """Reads on one connection."""

    connection: Connection[Any]

    def lines(self, wanted: Wanted, *, limit: int) -> list[Row]:
        """Lines, the latest first."""
        values = {name: getattr(wanted, name) for name in (*_CONDITIONS, "self")}
        values["scope"] = None if wanted.scope is None else list(wanted.scope)
        chosen = [text for name, text in _CONDITIONS.items() if values[name] is not None]
        query = _LINES.format(conditions=" AND ".join(chosen) or "true")
        return self._rows(query, {**values, "limit": limit})

    def actions(self) -> Sequence[str]:
        """Every kind of line there is; jumps from kind to kind along the index."""
        rows = self._rows(
            "WITH RECURSIVE kind AS ((SELECT action FROM audit ORDER BY action LIMIT 1) UNION ALL "
            "SELECT (SELECT action FROM audit WHERE action > kind.action ORDER BY action LIMIT 1) "
            "FROM kind WHERE kind.action IS NOT NULL) SELECT action FROM kind "
            "WHERE action IS NOT NULL",
            {},
        )
        return [row["action"] for row in rows]

    def people(self) -> list[Row]:
        """Everybody who may stand on the trail."""
        return self._rows("SELECT id, name, login FROM collector ORDER BY login", {})

    def _rows(self, query: str, values: Row) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
