"""A touch somebody would like to make, before any rule has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.facts import ContactPointFacts
from bot.domain.vocabulary import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Content:
    """What the gate must know about the words of a touch; the words themselves stay out."""

    has_link: bool = False
    names_creditor: bool = True
    opt_out_text: bool = True
    signature_ok: bool = True
    finance: bool = True  #: speaks of money owed (some routes refuse that)
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """One wanted contact. `earliest` ≤ send instant < `latest`, both UTC.

    `key` makes it unique: the same key never becomes two touches.
    """

    key: str
    purpose: Purpose
    channel: Channel
    script: str
    contact_point: ContactPointFacts
    earliest: datetime
    latest: datetime
    tier: str | None = None
    rule: str | None = None  #: the cadence rule's key
    anchor: date | None = None
    day: int | None = None
