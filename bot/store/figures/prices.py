"""What contact costs each portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection

_NAMES = ("segment_milli", "minute_milli", "handoff_milli")

_CHANGE = """
INSERT INTO cost_rate (portfolio_id, segment_milli, minute_milli, handoff_milli)
SELECT id, coalesce(%(segment_milli)s, 0), coalesce(%(minute_milli)s, 0),
       coalesce(%(handoff_milli)s, 0) FROM portfolio WHERE code = %(code)s
ON CONFLICT (portfolio_id) DO UPDATE SET
    segment_milli = coalesce(%(segment_milli)s, cost_rate.segment_milli),
    minute_milli = coalesce(%(minute_milli)s, cost_rate.minute_milli),
    handoff_milli = coalesce(%(handoff_milli)s, cost_rate.handoff_milli)
RETURNING segment_milli, minute_milli, handoff_milli
"""


class Prices:
    """On one connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def currency(self, code: str) -> str | None:
        """The portfolio's; None when there is no such portfolio."""
        query = "SELECT currency FROM portfolio WHERE code = %s"
        row = self._connection.execute(query, [code]).fetchone()
        return row[0] if row else None

    def change(self, code: str, given: Mapping[str, int | None]) -> dict[str, int]:
        """Write what is given, keep the rest; returns what stands, in thousandths of minor units."""
        row = self._connection.execute(_CHANGE, {**given, "code": code}).fetchone()
        assert row is not None
        return dict(zip(_NAMES, row, strict=True))
