"""What waits for a second person, and what became of it: asked in two places, shown in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

_ALL = """
SELECT a.id, a.kind, a.subject, a.case_id, a.portfolio_id, a.data, a.asked_by, a.asked_at,
       a.decided_by, a.decided_at, a.outcome, (a.data ->> 'amount_minor')::bigint AS amount_minor,
       c.currency
FROM approval a LEFT JOIN cases c ON c.id = a.case_id
UNION ALL
SELECT r.id, 'reduction', r.id::text, r.case_id, c.portfolio_id, '{}'::jsonb, r.asked_by,
       r.asked_at, r.decided_by, r.decided_at,
       CASE WHEN r.state = 'declined' THEN 'declined' WHEN r.decided_by IS NOT NULL THEN 'approved'
       END, r.amount_minor, r.currency
FROM reduction r JOIN cases c ON c.id = r.case_id
WHERE NOT r.by_rule AND (r.state = 'asked' OR r.decided_by IS NOT NULL)
"""

_SHOWN = f"""
SELECT x.*, p.name AS portfolio_name, p.zone, a.name AS asker, b.name AS decider
FROM ({_ALL}) x LEFT JOIN portfolio p ON p.id = x.portfolio_id
JOIN collector a ON a.id = x.asked_by LEFT JOIN collector b ON b.id = x.decided_by
WHERE (x.decided_at IS NULL) = %(waiting)s
  AND (%(scope)s::bigint[] IS NULL OR x.portfolio_id IS NULL OR x.portfolio_id = ANY(%(scope)s))
ORDER BY coalesce(x.decided_at, x.asked_at) DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class ApprovalViews:
    """Reads on one connection. `scope` are the portfolios somebody may see; None for all."""

    connection: Connection[Any]

    def waiting(self, scope: tuple[int, ...] | None, *, limit: int = 200) -> list[Row]:
        """What nobody has decided, the latest first."""
        return self._rows(waiting=True, scope=scope, limit=limit)

    def decided(self, scope: tuple[int, ...] | None, *, limit: int = 50) -> list[Row]:
        """What was decided, the latest first."""
        return self._rows(waiting=False, scope=scope, limit=limit)

    def _rows(self, *, waiting: bool, scope: tuple[int, ...] | None, limit: int) -> list[Row]:
        values = {
            "waiting": waiting,
            "scope": None if scope is None else list(scope),
            "limit": limit,
        }
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_SHOWN.encode(), values).fetchall()
