"""Guessing at once does not beat the lock."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from psycopg_pool import ConnectionPool

from bot.domain.lockout import OF_ACCOUNT
from bot.flows.collectors import Collectors, LoginError
from bot.store.seal import Seal
from bot.store.session import PooledTransactions


class SlowPasswords:
    """Judges when everybody has been let in; counts what it judged."""

    def __init__(self) -> None:
        self.judged = 0
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password: str, hashed: str | None) -> bool:
        with self._lock:
            self.judged += hashed is not None
        return False


class _RealClock:
    def now(self, *, livemode: bool):  # type: ignore[no-untyped-def]
        from bot.app.clock import system_now

        return system_now()

    def real(self):  # type: ignore[no-untyped-def]
        return self.now(livemode=True)


def test_twenty_guesses_at_once_are_judged_five_times(pool: ConnectionPool) -> None:
    passwords = SlowPasswords()
    seal = Seal([b"0" * 32], b"1" * 32)
    collectors = Collectors(PooledTransactions(pool, seal), _RealClock(), passwords)
    collectors.add("chen", "陈静", "collector", "correct horse battery")

    def guess(number: int) -> str:
        try:
            collectors.log_in("chen", f"guess number {number}")
        except LoginError as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(8) as executor:
        codes = list(executor.map(guess, range(20)))
    assert passwords.judged == OF_ACCOUNT.free + 1  # the next one waits
    assert set(codes) == {"wrong", "locked"}
