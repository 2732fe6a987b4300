"""How far the clock of test-mode portfolios stands from the machine's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

#: SQL: seconds of the test clock; nought when it was never moved.
SHIFT_SECONDS = "coalesce((SELECT offset_seconds FROM test_clock WHERE id = 1), 0)"


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


_SENDING = """
SELECT EXISTS (SELECT FROM attempt a JOIN sender s ON s.id = a.sender_id
    WHERE a.state = 'sending' AND NOT s.livemode AND a.called_at > %s)
"""


def still_sending(connection: Connection[Any], since: datetime) -> bool:
    """Whether a process has attempts of test mode on their way that began after `since` (real)."""
    row = connection.execute(_SENDING, [since]).fetchone()
    return bool(row and row[0])


_NEXT = """
SELECT least(
    (SELECT min(t.due_at) FROM touch t JOIN sender s ON s.id = t.sender_id
     WHERE t.state = 'planned' AND NOT s.livemode AND s.stopped_reason IS NULL),
    (SELECT min(c.next_check_at) FROM cases c JOIN portfolio p ON p.id = c.portfolio_id
     WHERE c.state <> 'closed' AND NOT p.livemode AND NOT p.paused),
    (SELECT min((m.due_on + p.grace_days + 1)::timestamp AT TIME ZONE p.zone)
     FROM promise m JOIN cases c ON c.id = m.case_id JOIN portfolio p ON p.id = c.portfolio_id
     WHERE m.state = 'open' AND NOT p.livemode)
)
"""


def next_instant(connection: Connection[Any]) -> datetime | None:
    """When the next thing of test mode falls due; in the past when it is waiting already."""
    row = connection.execute(_NEXT).fetchone()
    return row[0] if row else None
