"""Writes the figures of a day: counted by set-based SQL, put in place of what stood there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from bot.flows.ports.figures import Books, Counted, DayOrder, TierRange
from bot.store.figures.measures import COLUMNS, QUICK, SLOW

_BOOKS = """
SELECT p.zone, array_agg(p.id ORDER BY p.id), min(f.at) FROM portfolio p
CROSS JOIN LATERAL (SELECT min(c.entered_at) AS at FROM cases c WHERE c.portfolio_id = p.id) f
WHERE p.livemode = %s AND f.at IS NOT NULL GROUP BY p.zone
"""

_COUNTED = """
SELECT day, min(computed_at), max(took_ms) FROM figure_run
WHERE portfolio_id = ANY(%s) AND pace = %s GROUP BY day HAVING count(*) = %s
"""

_SAVE = """
INSERT INTO figure_run (portfolio_id, day, pace, computed_at)
SELECT id, %(day)s, %(pace)s, %(now)s FROM unnest(%(books)s::bigint[]) id
ON CONFLICT (portfolio_id, day, pace) DO UPDATE SET computed_at = excluded.computed_at
"""

#: Which measures belong to a pace is remembered in the rows, so that only those are replaced.
_MEASURES: Mapping[str, tuple[str, ...]] = {"quick": QUICK, "slow": SLOW}
_OF_SLOW = ("held", "charged", "paid_before", "fell", "cured")


class FigureRows:
    """Implements `bot.flows.ports.figures.FigureStore`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def books(self, *, livemode: bool) -> Sequence[Books]:
        """Portfolios that have cases, by zone."""
        rows = self._connection.execute(_BOOKS, [livemode]).fetchall()
        return [Books(zone, tuple(ids), first.astimezone(UTC)) for zone, ids, first in rows]

    def counted(self, books: Books, pace: str) -> Mapping[date, Counted]:
        """By day: the oldest count of any of the portfolios; days some of them lack are left out."""
        values = [list(books.ids), pace, len(books.ids)]
        rows = self._connection.execute(_COUNTED, values).fetchall()
        return {day: Counted(at, took) for day, at, took in rows}

    def count_day(self, order: DayOrder, tiers: Sequence[TierRange]) -> bool:
        """Count the day anew, in place of what was counted; False when somebody else is at it."""
        if not self._alone(order):
            return False
        values = {
            "books": list(order.ids),
            "zone": order.zone,
            "day": order.day,
            "since": order.since,
            "until": order.until,
            "now": order.now,
            "pace": order.pace,
            "slow": list(_OF_SLOW),
            "tiers": json.dumps([asdict(tier) for tier in tiers]),
        }
        self._connection.execute(
            "DELETE FROM figure WHERE portfolio_id = ANY(%(books)s) AND day = %(day)s "
            "AND (measure = ANY(%(slow)s)) = (%(pace)s = 'slow')",
            values,
        )
        for measure in _MEASURES[order.pace]:
            self._connection.execute(
                f"INSERT INTO figure ({COLUMNS}, day) SELECT m.*, %(day)s FROM ({measure}) m",
                values,
            )
        self._connection.execute(_SAVE, values)
        return True

    def save_took(self, order: DayOrder, took_ms: int) -> None:
        """How long counting the day took."""
        self._connection.execute(
            "UPDATE figure_run SET took_ms = %s WHERE portfolio_id = ANY(%s) AND day = %s "
            "AND pace = %s",
            [took_ms, list(order.ids), order.day, order.pace],
        )

    def _alone(self, order: DayOrder) -> bool:
        """Until the end of the transaction nobody else counts this pace of these portfolios."""
        row = self._connection.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"figures:{order.pace}:{order.ids[0]}"],
        ).fetchone()
        return bool(row and row[0])


@dataclass(frozen=True)
class PooledFigures:
    """A transaction for each count."""

    pool: ConnectionPool

    @contextmanager
    def __call__(self) -> Iterator[FigureRows]:
        """Commits on a clean exit, rolls back otherwise."""
        with self.pool.connection() as connection:
            yield FigureRows(connection)
