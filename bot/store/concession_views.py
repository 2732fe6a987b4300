"""Plans and reductions for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.seal import Seal

Row = dict[str, Any]

_PLANS = """
SELECT l.id, l.state, l.currency, l.total_minor, l.schedule, l.source, l.proposed_at, l.decided_at,
       a.name AS proposed_by, b.name AS decided_by,
       (SELECT coalesce(json_agg(json_build_object('due_on', p.due_on, 'amount_minor',
            p.amount_minor, 'paid_minor', p.paid_minor, 'state', p.state) ORDER BY i.sequence), '[]')
        FROM instalment i JOIN promise p ON p.id = i.promise_id WHERE i.plan_id = l.id) AS parts
FROM instalment_plan l LEFT JOIN collector a ON a.id = l.proposed_by
LEFT JOIN collector b ON b.id = l.decided_by WHERE l.case_id = %s ORDER BY l.id DESC
"""

_REDUCTIONS = """
SELECT r.id, r.case_id, r.state, r.currency, r.amount_minor, r.reason, r.note_sealed, r.pay_by,
       r.condition_minor, r.by_rule, r.asked_at, r.asked_by AS asked_by_id, a.name AS asked_by,
       r.decided_at, b.name AS decided_by, p.name AS portfolio_name, p.zone, p.livemode
FROM reduction r JOIN cases c ON c.id = r.case_id JOIN portfolio p ON p.id = c.portfolio_id
JOIN collector a ON a.id = r.asked_by LEFT JOIN collector b ON b.id = r.decided_by
"""


@dataclass(frozen=True)
class ConcessionViews:
    """Reads on one connection."""

    connection: Connection[Any]
    seal: Seal

    def plans(self, case_id: int) -> list[Row]:
        """Plans of the case, the newest first; `parts` once they are promises."""
        return self._rows(_PLANS, [case_id])

    def reductions(self, case_id: int) -> list[Row]:
        """Reductions of the case, the newest first."""
        return self._opened(_REDUCTIONS + "WHERE r.case_id = %s ORDER BY r.id DESC", [case_id])

    def asked(self, *, limit: int = 100) -> list[Row]:
        """Reductions that wait for a second person, the oldest first."""
        return self._opened(_REDUCTIONS + "WHERE r.state = 'asked' ORDER BY r.id LIMIT %s", [limit])

    def _opened(self, query: str, values: list[Any]) -> list[Row]:
        rows = self._rows(query, values)
        for row in rows:
            sealed = row.pop("note_sealed")
            row["note"] = self.seal.open(sealed) if sealed else ""
        return rows

    def _rows(self, query: str, values: list[Any]) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
