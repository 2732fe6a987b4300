"""What a reply sets in motion, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.case_life import Event
from bot.domain.vocabulary import HandoffReason

Param = str | int
"""A script placeholder's raw value: an ISO day or instant, minor units, or plain text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Our last message, for reading the next reply. `what` and `offered` are the script's."""

    script: str | None = None
    what: str | None = None
    offered: Mapping[str, str] = field(default_factory=dict)  #: key → intent, confirm, correct
    promise: tuple[date, int] | None = None  #: day and minor units that were read back


@dataclass(frozen=True, slots=True)
class Situation:
    """What the responder knows besides the words and the case."""

    today: date  #: in the portfolio's zone
    furthest: date  #: furthest promise date the tier accepts
    choices: tuple[date, date]  #: two near dates to offer in an either/or question
    asked: Asked = Asked()
    earlier_refusals: int = 0
    earlier_offers: int = 0  #: promises beyond the furthest date so far


@dataclass(frozen=True, slots=True)
class Answer:
    """The one message that answers a reply. `promise` is what it reads back, if it does."""

    script: str
    params: Mapping[str, Param] = field(default_factory=dict)
    promise: tuple[date, int] | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """Everything a reply sets in motion. All of it happens in one transaction."""

    answer: Answer | None = None
    promises: tuple[tuple[date, int], ...] = ()  #: day, minor units; the first stops the cadence
    offer: date | None = None  #: a day too far away, recorded but not a promise
    announced: tuple[date, int] | None = None  #: told within a plan that stands, beside it
    events: tuple[Event, ...] = ()
    handoffs: tuple[HandoffReason, ...] = ()
    suppress: bool = False  #: this number on this channel
    stop_all: bool = False  #: no contact at all
    disable_number: str | None = None
    deceased: bool = False
    vulnerable: str | None = None
    attorney: bool = False
    dispute_kind: str | None = None
    dispute_whole: bool = True
    call_back_at: datetime | None = None
    call_back_until: datetime | None = None  #: the end of the span that was named
    unclear: bool = False
