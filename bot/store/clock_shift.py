"""How far the clock of test-mode portfolios stands from the machine's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import Connection


def read_shift(connection: Connection[Any]) -> timedelta:
    """The shift; nothing when the clock was never moved."""
    row = connection.execute("SELECT offset_seconds FROM test_clock WHERE id = 1").fetchone()
    return timedelta(seconds=row[0]) if row else timedelta()


def set_shift(connection: Connection[Any], shift: timedelta) -> None:
    """Put the test clock there."""
    connection.execute(
        "INSERT INTO test_clock (id, offset_seconds) VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET offset_seconds = excluded.offset_seconds",
        [int(shift.total_seconds())],
    )
