"""A carrier as flows see it, for texts or for calls: an order in, one of a few outcomes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.domain.vocabulary import AttemptState


@dataclass(frozen=True, slots=True)
class SmsOrder:
    """One message to be handed to the carrier. `token` names the attempt in its callbacks."""

    token: str
    to: str  #: E.164
    sender: str  #: E.164, our number
    body: str
    valid_seconds: int  #: 1–36000; the carrier drops it when it is still queued after that


@dataclass(frozen=True, slots=True)
class CallOrder:
    """One call to be placed. `token` names the attempt in every address the carrier will ask."""

    token: str
    to: str  #: E.164
    sender: str  #: E.164, our number
    ring_seconds: int  #: 5–600; the carrier gives up ringing after that
    leaves_message: bool = False  #: tell of a machine when its greeting is over, not at once
    to_collector: bool = False  #: `to` is a collector's, who presses a key to be put through


Order = SmsOrder | CallOrder


class Refusal(StrEnum):
    """What kind of no a carrier's error code is."""

    NUMBER = "number"  #: the number is dead or cannot take it: disable it
    OPTED_OUT = "opted_out"  #: the carrier blocks it until the debtor opts in again
    THROTTLED = "throttled"  #: never processed; safe to try again later
    TEMPORARY = "temporary"  #: may pass another day
    CONTENT = "content"  #: this text, not this number
    ACCOUNT = "account"  #: nothing can be sent: stop the sender and raise an alarm


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has the message."""

    sid: str
    state: AttemptState


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no; nothing left."""

    kind: Refusal
    code: str
    retry_after: float | None = None  #: seconds


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The carrier may have it: a time-out, a 5xx, an unreadable answer."""

    cause: str


Sent = Accepted | Refused | Ambiguous


Order_contra = TypeVar("Order_contra", contravariant=True)


class Carrier(Protocol[Order_contra]):
    """One account at one carrier, for orders of one kind."""

    def send(self, order: Order_contra) -> Sent:
        """Hand over one message or place one call, exactly one try. Never raises."""
        ...

    def look_up(self, order: Order_contra, since: datetime, until: datetime) -> Sequence[Accepted]:
        """Messages or calls at the carrier that match the order's numbers (and text).

        Raises OSError when the carrier cannot be asked now.
        """
        ...


SmsCarrier = Carrier[SmsOrder]
CallCarrier = Carrier[CallOrder]
