"""How calls go at this moment and went in the last day: figures without anybody's data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from bot.store.collectors import TAKES_CALLS

#: What is called the last day.
DAY = timedelta(hours=24)

_RUNNING = """
SELECT s.livemode, count(*), count(*) FILTER (WHERE c.transfer = 'queued')
FROM call c JOIN sender s ON s.id = c.sender_id WHERE c.state <> 'ended' GROUP BY 1
"""

_ENDINGS = """
SELECT s.livemode, c.direction, CASE c.state WHEN 'ended' THEN c.outcome ELSE 'running' END, count(*)
FROM call c JOIN sender s ON s.id = c.sender_id WHERE c.called_at > %s GROUP BY 1, 2, 3
"""

# Whoever was given to a collector has one in the row; who met one heard the whisper.
_TRANSFERS = """
SELECT s.livemode, CASE WHEN c.met_at IS NOT NULL THEN 'connected'
    WHEN c.transfer IN ('queued', 'dialing') AND c.state <> 'ended' THEN 'waiting'
    WHEN c.collector_id IS NOT NULL THEN 'not_picked_up' ELSE 'left_the_line' END, count(*)
FROM call c JOIN sender s ON s.id = c.sender_id
WHERE c.transfer IS NOT NULL AND c.direction <> 'desk' AND c.called_at > %s GROUP BY 1, 2
"""

_ON_DUTY = f"SELECT count(*) FROM collector WHERE {TAKES_CALLS}"

_SENDERS = """
SELECT s.code, s.address, s.livemode, array_remove(array_agg(p.id), NULL)
FROM sender s LEFT JOIN portfolio p ON p.sender_id = s.id WHERE s.voice GROUP BY s.id ORDER BY s.code
"""


@dataclass(frozen=True, slots=True)
class Running:
    """Calls on the line now, and those of them that wait for a human."""

    livemode: bool
    calls: int
    in_line: int


@dataclass(frozen=True, slots=True)
class Ending:
    """So many calls of the last day ended (or run) like this."""

    livemode: bool
    direction: str
    outcome: str
    calls: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """So many calls of the last day were put through like this."""

    livemode: bool
    outcome: str
    calls: int


@dataclass(frozen=True, slots=True)
class CallingSender:
    """A number that may place and take calls."""

    code: str
    address: str
    livemode: bool
    portfolios: Sequence[int]


class CallFigures:
    """Reads on one connection; instants are on the real clock."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def running(self) -> list[Running]:
        """By mode."""
        return [Running(*row) for row in self._connection.execute(_RUNNING).fetchall()]

    def endings(self, now: datetime) -> list[Ending]:
        """Of the last day, by mode, direction and outcome."""
        rows = self._connection.execute(_ENDINGS, [now - DAY]).fetchall()
        return [Ending(*row) for row in rows]

    def transfers(self, now: datetime) -> list[Transfers]:
        """Of the last day, by mode and outcome."""
        rows = self._connection.execute(_TRANSFERS, [now - DAY]).fetchall()
        return [Transfers(*row) for row in rows]

    def on_duty(self) -> int:
        """Collectors calls can be put through to."""
        row = self._connection.execute(_ON_DUTY).fetchone()
        return int(row[0]) if row else 0

    def senders(self) -> list[CallingSender]:
        """Numbers that may call, by code."""
        return [CallingSender(*row) for row in self._connection.execute(_SENDERS).fetchall()]
