"""The test clock as the console moves it: in the background, one move at a time."""

from __future__ import annotations

import threading
from datetime import datetime

from bot.app import logging
from bot.app.advance import TestClock
from bot.app.errors import Refusal
from bot.app.product import Product

#: A page waits this long for a move, in seconds; longer ones go on without it.
_PATIENCE = 4.0

#: Names the database lock, so that two web processes do not move the clock at once.
_LOCK = 0x79756875616E  # "yuehuan"

log = logging.get_logger(__name__)


class ClockPanel:
    """Implements `console.parts.TestClock`."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._clock = TestClock(product)
        self._target: datetime | None = None
        self._trouble: str | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Where it stands."""
        return self._clock.now()

    def moving_to(self) -> datetime | None:
        """Where it is on its way to, as far as this process knows."""
        return self._target

    def trouble(self) -> str | None:
        """Why the last move stopped on its way; told once."""
        said, self._trouble = self._trouble, None
        return said

    def advance(self, until: datetime) -> bool:
        """Walk to `until` in a thread; False when a walk is under way."""
        with self._lock:
            if self._target is not None:
                return False
            self._target, self._trouble = until, None
        walk = threading.Thread(target=self._walk, args=[until], name="test-clock", daemon=True)
        walk.start()
        walk.join(_PATIENCE)
        return True

    def _walk(self, until: datetime) -> None:
        try:
            with self._product.pool.connection() as connection:
                query = "SELECT pg_try_advisory_xact_lock(%s)"
                row = connection.execute(query, [_LOCK]).fetchone()
                if row is not None and row[0]:
                    self._walk_alone(until)
                else:
                    self._trouble = "another process moves it"
        except Refusal as stopped:
            self._trouble = str(stopped)
            log.warning("test_clock_stopped", why=str(stopped))
        except Exception as stopped:
            self._trouble = type(stopped).__name__
            log.exception("test_clock_stopped")
        finally:
            self._target = None

    def _walk_alone(self, until: datetime) -> None:
        for instant in self._clock.walk(until):
            log.debug("test_clock_moved", instant=instant.isoformat())
