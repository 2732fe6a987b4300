"""Rate limits of the debtor's page: a token bucket for each link and each address.

They live in the process: with several web processes each allows its own share, which is enough
against machines that hammer one link or try many. Tries to verify are counted in the database.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: How many keys are remembered; the one unused longest is forgotten first.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, then `per_second`."""

    burst: float
    per_second: float


#: One person's clicks. Chosen well above what a page with its pictures needs.
LINK = Rate(40, 1)

#: Many debtors share one address behind a carrier's NAT.
ADDRESS = Rate(300, 10)


class Buckets:
    """One bucket for each key. `monotonic` tells seconds."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Whether one more request of `key` may pass now."""
        now = self._monotonic()
        with self._lock:
            left, at = self._left.pop(key, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
            passes = left >= 1
            self._left[key] = (left - 1 if passes else left, now)
            if len(self._left) > _REMEMBERED:
                self._left.popitem(last=False)
        return passes
