"""What the register of complaints needs from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.flows.ports.trail import Trail


class Source(StrEnum):
    """How a complaint reached the desk."""

    BOT = "bot"  #: a reply or a call was read as one
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    VISIT = "visit"
    REGULATOR = "regulator"


class ComplaintKind(StrEnum):
    """What it is about."""

    FREQUENCY = "frequency"
    MANNER = "manner"
    HOURS = "hours"
    THIRD_PARTY = "third_party"
    PRIVACY = "privacy"
    AMOUNT = "amount"
    IDENTITY = "identity"
    SERVICE = "service"
    OTHER = "other"


class Outcome(StrEnum):
    """How it was decided."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Book:
    """The portfolio a complaint is about, as far as the register needs it."""

    portfolio_id: int
    code: str
    packs: Sequence[str]
    zone: str
    livemode: bool
    creditor: str
    signature: str
    phone: str
    complaint_phone: str


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """A complaint to be registered. `complainant` and `summary` may be empty for the bot's own."""

    book: Book
    source: Source
    kind: ComplaintKind
    received_at: datetime
    due_at: datetime
    rule: str
    case_id: int | None = None
    handoff_id: int | None = None
    complainant: str = ""
    summary: str = ""
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A hand-off that is a complaint and not yet registered."""

    handoff_id: int
    case_id: int
    book: Book
    opened_at: datetime
    summary: str  #: what the debtor said, empty where nothing was written


@dataclass(frozen=True, slots=True)
class ComplaintFacts:
    """A complaint while it is decided about. Its row is locked."""

    complaint_id: int
    book: Book
    case_id: int | None
    received_at: datetime
    due_at: datetime
    extended: int
    complainant: str
    locale: str
    outcome: Outcome | None
    told_at: datetime | None


class ComplaintStore(Trail, Protocol):
    """One transaction."""

    def book(self, code: str) -> Book | None:
        """The portfolio of that code."""
        ...

    def book_of_case(self, case_id: int) -> Book | None:
        """The portfolio of a case."""
        ...

    def unregistered(self, *, livemode: bool, limit: int) -> Sequence[Found]:
        """Hand-offs that are complaints and stand in no register."""
        ...

    def add_complaint(self, new: NewComplaint, *, at: datetime) -> int | None:
        """Its number; None when its hand-off is registered already."""
        ...

    def complaint(self, complaint_id: int) -> ComplaintFacts | None:
        """The complaint, locked."""
        ...

    def add_complaint_note(self, complaint_id: int, by: int, text: str, *, at: datetime) -> None:
        """What was found."""
        ...

    def take_complaint(self, complaint_id: int, by: int) -> None:
        """Who looks into it."""
        ...

    def classify_complaint(self, complaint_id: int, kind: ComplaintKind) -> None:
        """What it is about."""
        ...

    def extend_complaint(self, complaint_id: int, due_at: datetime, why: str) -> None:
        """A later deadline, and the reason the complainant is given."""
        ...

    def decide_complaint(
        self, complaint_id: int, outcome: Outcome, letter: str, by: int, *, at: datetime
    ) -> None:
        """The decision with its letter; deciding again before it was told replaces it."""
        ...

    def told_complaint(self, complaint_id: int, how: Source, *, at: datetime) -> None:
        """The complainant was told."""
        ...
