"""The simulated clock: real time plus an offset that the control API moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


def real_now() -> datetime:
    """The machine's time, UTC. The only reading of it in the sandbox."""
    return datetime.now(UTC)  # noqa: TID251


class SimClock:
    """Simulated time: `real() + offset`. All dates in resources and in the log come from here."""

    def __init__(self, real: Callable[[], datetime] = real_now) -> None:
        self.real = real
        self.offset = timedelta(0)
        self.watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Simulated instant, UTC."""
        return self.real() + self.offset

    def set_offset(self, offset: timedelta) -> None:
        """Move the clock; watchers (the schedule of virtual delays) are told."""
        self.offset = offset
        for watcher in self.watchers:
            watcher()

    def set_now(self, instant: datetime) -> None:
        """Make `instant` (aware) the present moment."""
        self.set_offset(instant - self.real())


def iso(instant: datetime) -> str:
    """`2026-03-05T02:30:00.123Z`: how the log and the control API write instants."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """An aware instant from ISO 8601 text; text without a zone is UTC.

    Raises ValueError when it is not ISO 8601.
    """
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def rfc2822(instant: datetime | None) -> str | None:
    """`Thu, 05 Mar 2026 02:30:00 +0000`: how Twilio's 2010 API writes dates."""
    return format_datetime(instant.astimezone(UTC)) if instant else None
