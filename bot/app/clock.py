"""The only place that asks the machine what time it is."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.app.errors import Refusal

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def system_now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only ever grow, for measuring how long something took."""
    return time.monotonic()


class ProductClock:
    """Implements `bot.flows.ports.transactions.Clock`.

    Live portfolios live on the machine's time, test-mode ones on that time moved by what
    `yuehuan clock advance` added up. The shift is read anew each time, so that all processes move
    together.
    """

    def __init__(self, shift: Callable[[], timedelta]) -> None:
        self._shift = shift

    def now(self, *, livemode: bool) -> datetime:
        """The instant on one of the two clocks, aware, in UTC."""
        return system_now() if livemode else system_now() + self._shift()

    def real(self) -> datetime:
        """The machine's instant, aware, in UTC."""
        return system_now()


def parse_span(text: str) -> timedelta:
    """Read a span such as `3d`, `12h`, `90m` or `1d12h`.

    Raises:
        Refusal: the text is something else, or adds up to nothing.
    """
    if not re.fullmatch(r"(\d{1,4}[dhm])+", text):
        raise Refusal(f"{text!r} is not a span of time", "write it like 3d, 12h or 1d12h", code=2)
    parts = re.findall(r"(\d+)([dhm])", text)
    span = sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
    if not span:
        raise Refusal("the clock cannot be advanced by nothing", "write it like 3d", code=2)
    return span
