"""What waking senders and watching over the work needs from the store."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class ReleaseStore(Protocol):
    """One transaction of the clock."""

    def senders_due(self, *, livemode: bool, now: datetime) -> list[int]:
        """Senders that have something due and are not stopped."""
        ...

    def wake_once(self, sender_id: int) -> None:
        """Queue a dispatch job unless one of the clock's is waiting already."""
        ...

    def forget_calls(self, *, livemode: bool, before: datetime, at: datetime) -> int:
        """End calls that began before the real instant `before` and were never reported over."""
        ...

    def late_touches(self, *, livemode: bool, due_before: datetime, now: datetime) -> int:
        """Planned touches that should have gone out before `due_before` and still could."""
        ...

    def late_replies(self, *, received_before: datetime) -> int:
        """Replies stored before the instant that nobody has read."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...

    def clear_alarm(self, kind: str, subject: str, *, at: datetime) -> None:
        """It is over."""
        ...
