"""What a reply is read into: intents, days, sums, windows, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

ENGINE = "yuehuan-1"
"""Version of the reading; stored with every understanding."""

Portion = Literal["half", "full"]
DisputeKind = Literal["amount", "not_mine", "quality", "settled", "fraud"]
WhenKind = Literal["point", "range", "deadline", "after"]
Grain = Literal[
    "second", "minute", "hour", "part", "day", "week", "weekend", "dekad", "month", "quarter", "half",
    "season", "year", "decade", "century"
]  # fmt: skip


class Intent(StrEnum):
    """What the debtor wants or says; a reply may carry several."""

    promise_to_pay = "promise_to_pay"
    already_paid = "already_paid"
    dispute = "dispute"
    wrong_person = "wrong_person"
    call_later = "call_later"
    request_link = "request_link"
    request_installment = "request_installment"
    hardship = "hardship"
    refuse = "refuse"
    opt_out = "opt_out"
    request_human = "request_human"
    complaint = "complaint"
    deceased = "deceased"
    greeting_ack = "greeting_ack"
    question = "question"
    other = "other"


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader knows besides the words.

    now: aware instant the message was sent. zone: the portfolio's zone; every day is read in it.
    offered: bare keys the last message offered, key -> intent name, "confirm" or "correct".
    asked: "promise_date" | "confirm_promise" | "either_or" | "identity" | None.
    pending_promise: (date, minor units) a read-back offered. owed_minor: what is owed, minor units.
    payday: day of the month on file. workday: says whether a day is worked (holiday facts);
    without it Monday to Friday are.
    """

    now: datetime
    zone: ZoneInfo
    channel: str = "sms"
    offered: Mapping[str, str] = field(default_factory=dict)
    asked: str | None = None
    pending_promise: tuple[date, int] | None = None
    owed_minor: int | None = None
    currency: str = "CNY"
    payday: int | None = None
    workday: Callable[[date], bool] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Evidence: [start, end) offsets into the original text, and what it was read as."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Window:
    """From start (inclusive) to end (exclusive; None = open), aware instants."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class When:
    """One date or time expression: [start, end) as aware instants in the context's zone.

    kind: "deadline" is a moment not to be passed (end is the first instant past it),
    "after" begins at start and is open. text: the words as written.
    """

    start: datetime
    end: datetime
    grain: str
    kind: WhenKind
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one reply; intents are never empty, the primary comes first."""

    intents: tuple[Intent, ...]
    promise_date: date | None = None
    promise_deadline: bool = False
    promise_amount_minor: int | None = None
    promise_portion: Portion | None = None
    promise_fraction: Fraction | None = None
    further_promises: tuple[tuple[date | None, int | None], ...] = ()
    callback: Window | None = None
    callback_avoid: tuple[Window, ...] = ()
    dispute_kind: DisputeKind | None = None
    reason: str | None = None
    question_kind: str | None = None
    flags: frozenset[str] = frozenset()
    evidence: tuple[Span, ...] = ()
    when: tuple[When, ...] = ()
    asks_date: bool = False
    confidence: float = 0.0
    engine: str = ENGINE

    @property
    def primary(self) -> Intent:
        """The intent that decides the answer."""
        return self.intents[0]
