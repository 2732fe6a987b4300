"""Stops that stand, and the barrier that sending holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg_pool import ConnectionPool

from bot.flows.ports.halting import Halt, HaltKind
from bot.store.release import ReleaseRows

#: Name of the barrier among PostgreSQL's advisory locks: shared by flights, taken by the switch.
_BARRIER = 7302

_STANDING = """
SELECT h.id, p.code, p.name, h.kind, h.reason, u.name, h.halted_at
FROM halt h LEFT JOIN portfolio p ON p.id = h.portfolio_id
LEFT JOIN collector u ON u.id = h.halted_by
WHERE h.lifted_at IS NULL ORDER BY h.portfolio_id IS NOT NULL, p.code
"""


class HaltRows(ReleaseRows):
    """Implements `bot.flows.ports.halting.HaltStore`."""

    def close_barrier(self, *, within: timedelta) -> bool:
        """The barrier, alone, until the transaction ends; False when it was not free in time."""
        try:
            with self._connection.transaction():
                patience = f"{int(within.total_seconds() * 1000)}ms"
                self._connection.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", [_BARRIER])
                self._connection.execute("SELECT set_config('lock_timeout', '0', true)")
        except LockNotAvailable:
            return False
        return True

    def book_id(self, code: str) -> int | None:
        """The portfolio of that code."""
        row = self._connection.execute(
            "SELECT id FROM portfolio WHERE code = %s", [code]
        ).fetchone()
        return row[0] if row else None

    def add_halt(
        self, portfolio_id: int | None, kind: HaltKind, reason: str, by: int | None, *, at: datetime
    ) -> bool:
        """Stop; False when that stands already."""
        return bool(
            self._connection.execute(
                "INSERT INTO halt (portfolio_id, kind, reason, halted_by, halted_at) "
                "VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT (coalesce(portfolio_id, 0)) WHERE lifted_at IS NULL DO NOTHING",
                [portfolio_id, kind.value, reason, by, at],
            ).rowcount
        )

    def lift_halt(self, portfolio_id: int | None, by: int | None, *, at: datetime) -> bool:
        """End a stop; False when none stands."""
        return bool(
            self._connection.execute(
                "UPDATE halt SET lifted_by = %s, lifted_at = %s "
                "WHERE coalesce(portfolio_id, 0) = coalesce(%s, 0) AND lifted_at IS NULL",
                [by, at, portfolio_id],
            ).rowcount
        )

    def halts(self) -> list[Halt]:
        """What stands, the stop of everything first."""
        return standing_halts(self._connection)


def standing_halts(connection: Connection[Any]) -> list[Halt]:
    """What stands, the stop of everything first."""
    return [_halt(row) for row in connection.execute(_STANDING).fetchall()]


def _halt(row: Any) -> Halt:
    halt_id, code, name, kind, reason, by, at = row
    return Halt(halt_id, code, name, HaltKind(kind), reason, by, at)


@dataclass(frozen=True)
class PooledBarrier:
    """Implements `bot.flows.ports.halting.SendBarrier`; its pool serves nothing else.

    Who holds it waits for nobody who wants it: while the switch waits, it is simply not given.
    """

    pool: ConnectionPool

    @contextmanager
    def __call__(self) -> Iterator[bool]:
        """True and held until the end, or False."""
        with self.pool.connection() as connection:
            row = connection.execute(
                "SELECT pg_try_advisory_xact_lock_shared(%s)", [_BARRIER]
            ).fetchone()
            yield bool(row and row[0])
