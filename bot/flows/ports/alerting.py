"""What telling the desk's messengers needs: what happened, where to, and who carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.flows.ports.trail import Trail


class AddressError(ValueError):
    """A messenger's address cannot be used. `code`: empty, unknown, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes. `shown` covers the secret."""

    url: str
    shown: str


class Messengers(Protocol):
    """The desk's messengers, by one library."""

    def address(self, text: str) -> Address:
        """What a person pasted. Raises AddressError."""
        ...

    def send(self, url: str, title: str, body: str) -> bool:
        """Whether the messenger took it."""
        ...


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to tell, once: `kind` and `subject` name it."""

    kind: str
    subject: str
    livemode: bool
    path: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """A group chat or mailbox. Quiet hours are minutes after midnight in `zone`."""

    channel_id: int
    name: str
    url: str
    shown: str
    kinds: Sequence[str]
    test_too: bool
    quiet_from: int | None
    quiet_to: int | None
    zone: str
    language: str
    off: bool
    trouble: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that waits for one channel."""

    sending_id: int
    channel_id: int
    kind: str
    path: str
    data: Mapping[str, Any]
    tries: int


class AlertStore(Trail, Protocol):
    """One transaction."""

    def happenings(
        self, *, livemode: bool, now: datetime, near: timedelta, since: datetime
    ) -> Sequence[Happening]:
        """What stands now and was not told; hand-offs and complaints opened after `since`."""
        ...

    def add_alert(self, happening: Happening, *, at: datetime) -> int | None:
        """Its id; None when it was told before."""
        ...

    def add_sending(self, alert_id: int, channel_id: int, *, due_at: datetime) -> None:
        """One channel is to be told."""
        ...

    def channels(self) -> Sequence[Channel]:
        """Every channel by name."""
        ...

    def channel(self, channel_id: int) -> Channel | None:
        """One channel."""
        ...

    def save_channel(self, channel: Channel, by: int | None, *, at: datetime) -> bool:
        """Add (id 0) or change a channel; False when the name is taken."""
        ...

    def remove_channel(self, channel_id: int) -> None:
        """It is told nothing any more."""
        ...

    def claim_sendings(self, *, now: datetime, limit: int) -> Sequence[Waiting]:
        """What is due, locked; rows somebody else holds are skipped. Never of a channel put off."""
        ...

    def sent(self, sending_ids: Sequence[int], channel_id: int, *, at: datetime) -> None:
        """The messenger took them."""
        ...

    def not_sent(
        self,
        sending_ids: Sequence[int],
        channel_id: int,
        trouble: str,
        *,
        again_at: datetime | None,
    ) -> None:
        """The messenger did not; another try at `again_at`, or none."""
        ...

    def queue_alerts(self) -> None:
        """The job that sends what is due, unless one waits."""
        ...
