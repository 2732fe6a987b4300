"""Calls as collectors see them: how they went, what was said, what was recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.seal import Seal

Row = dict[str, Any]

_CALLS = """
SELECT c.id, c.direction, c.state, c.outcome, c.placed_at, c.seconds, c.transfer, c.script,
       c.verified_at IS NOT NULL AS verified, c.met_at IS NOT NULL AS met, u.name AS collector,
       c.collector_id, c.dialed_at IS NOT NULL AS dialed, c.result
FROM call c LEFT JOIN collector u ON u.id = c.collector_id
WHERE c.case_id = %s ORDER BY c.id DESC LIMIT %s
"""

_LIVE = """
SELECT c.id, c.case_id, c.direction, c.state, c.transfer, c.placed_at, d.name_sealed, p.zone,
       s.livemode, u.name AS collector
FROM call c JOIN sender s ON s.id = c.sender_id
LEFT JOIN cases k ON k.id = c.case_id LEFT JOIN debtor d ON d.id = k.debtor_id
LEFT JOIN portfolio p ON p.id = k.portfolio_id LEFT JOIN collector u ON u.id = c.collector_id
WHERE c.state = 'talking' AND (%(scope)s::bigint[] IS NULL OR k.portfolio_id = ANY(%(scope)s))
ORDER BY c.transfer IS DISTINCT FROM 'queued', NOT c.urgent, c.queued_at, c.id DESC
LIMIT %(limit)s
"""


class CallViews:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def calls(self, case_id: int, *, limit: int = 20) -> list[Row]:
        """The case's calls, newest first, each with its `turns` and `recordings`."""
        calls = self._rows(_CALLS, [case_id, limit])
        ids = [row["id"] for row in calls]
        turns, recordings = self._turns(ids), self._recordings(ids)
        return [
            {**row, "turns": turns[row["id"]], "recordings": recordings[row["id"]]} for row in calls
        ]

    def live_calls(self, scope: Sequence[int] | None, *, limit: int = 20) -> list[Row]:
        """Calls somebody is on the line of, who waits for a human first; `name` is None for a
        caller nobody knows yet. `scope`: only these portfolios."""
        values = {"scope": list(scope) if scope is not None else None, "limit": limit}
        rows = self._rows(_LIVE, values)
        for row in rows:
            sealed = row.pop("name_sealed")
            row["name"] = self._seal.open(sealed) if sealed else None
        return rows

    def _turns(self, ids: list[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        rows = self._rows(
            "SELECT call_id, number, step, said_sealed, heard_sealed FROM call_turn "
            "WHERE call_id = ANY(%s) ORDER BY call_id, number",
            [ids],
        )
        for row in rows:
            heard = row["heard_sealed"]
            found[row["call_id"]].append(
                {
                    "step": row["step"],
                    "said": self._seal.open(row["said_sealed"]),
                    "heard": self._seal.open(heard) if heard else "",
                    "silent": heard is not None and not self._seal.open(heard),
                }
            )
        return found

    def _recordings(self, ids: list[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        rows = self._rows(
            "SELECT call_id, id, seconds FROM recording "
            "WHERE call_id = ANY(%s) AND deleted_at IS NULL ORDER BY id",
            [ids],
        )
        for row in rows:
            found[row["call_id"]].append(row)
        return found

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()
