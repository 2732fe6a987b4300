"""What the database tells the desk (`NOTIFY desk`), kept for the pages that are open.

One connection per web process listens, from the first page that asks until the process ends. Every
note gets a number; a page says which number it knows and is told whether anything has happened
since. Nobody waits here: a thread that waits for news is a thread that answers nobody, and a web
process has five (docs/desk.md has the measurement). So pages ask again every two seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

import psycopg
from psycopg_pool import ConnectionPool

from bot.app.logging import get_logger

log = get_logger(__name__)

#: Notes remembered; whoever is further behind is told that something happened.
KEPT = 2000

_CHANNEL = "desk"
_RETRY = 2.0  # seconds


class Pulse:
    """Numbers of notes and the cases they were about. Safe to ask from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: deque[tuple[int, int]] = deque(maxlen=KEPT)
        self._last = 0

    @property
    def last(self) -> int:
        """The number of the newest note."""
        return self._last

    def note(self, cases: Iterable[int]) -> None:
        """Something happened to these cases; 0 is all of them."""
        for case_id in cases:
            with self._lock:
                self._last += 1
                self._notes.append((self._last, case_id))

    def since(self, number: int, case_id: int | None = None) -> bool:
        """Whether anything happened after `number` (to that case)."""
        with self._lock:
            if case_id is None or number > self._last:
                return number != self._last
            forgotten = bool(self._notes) and number + 1 < self._notes[0][0]
            return forgotten or any(
                at > number and about in {case_id, 0} for at, about in self._notes
            )


class DeskPulse(Pulse):
    """A pulse fed by the database; it begins to listen when it is first asked."""

    def __init__(self, pool: ConnectionPool) -> None:
        super().__init__()
        self._pool = pool
        self._begin = threading.Lock()
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Begin, unless it has begun."""
        with self._begin:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="desk-listener", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._pool.closed:
            try:
                self._hear()
            except psycopg.Error as lost:
                log.warning("desk_listener_lost", error=type(lost).__name__)
                threading.Event().wait(_RETRY)

    def _hear(self) -> None:
        with psycopg.connect(
            _address(self._pool),
            autocommit=True,
            application_name="yuehuan-desk",
            connect_timeout=10,
        ) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            self.note([0])  # what happened while nobody listened is not known
            while not self._pool.closed:
                self.note(_cases(connection))


def _address(pool: ConnectionPool) -> str:
    """Where the pool connects to; it may be asked for anew each time."""
    return pool.conninfo if isinstance(pool.conninfo, str) else pool.conninfo()


def _cases(connection: psycopg.Connection) -> Iterable[int]:
    """The cases told of within a second, or as soon as one is."""
    return (int(told.payload or 0) for told in connection.notifies(timeout=1.0, stop_after=1))
