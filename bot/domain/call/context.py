"""What the engine knows of the case in one turn; made anew for each, from the facts of that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.understanding import Context, Understanding

FactKind = Literal["id_last4", "contract_last4"]


@dataclass(frozen=True, slots=True)
class IdentityFact:
    """A fact on file that only the debtor should know; any of `accepts` will do (digits, last X)."""

    kind: FactKind
    accepts: frozenset[str]


class Desk(StrEnum):
    """Who can take a transfer now."""

    ON_DUTY = "on_duty"  #: a collector is free, or will be soon: the call is put through or queued
    CLOSED = "closed"  #: nobody; a call back is offered


@dataclass(frozen=True, slots=True)
class Duties:
    """What the contact rules ask of a call; `bot.policy.calls.duties` reads them from the packs."""

    ai_notice: bool = True
    record_notice: bool = True  #: calls are recorded, and the debtor is told first
    collector_notice: bool = False  #: says that it is a debt collector, once the debtor is known
    voicemail: bool = False  #: a name and a number may be left on a machine


@dataclass(frozen=True, slots=True)
class Spoken:
    """How days, sums and hours are said aloud in the call's language."""

    day: Callable[[date], str]
    money: Callable[[int], str]
    time: Callable[[datetime], str]


@dataclass(frozen=True)
class CallContext:
    """`values` fill the sentences. With `known` False (an incoming call from a number of nobody's)
    there is no case yet: only the desk's own values are there, and the reference is asked for; once
    the digits name a case, the next `hear` gets that case's context, `known` True.

    now: aware. furthest: the last promise day the tier accepts. due_minor: what is to be paid now.
    link: a link can be sent to this number by SMS. identity: the first one is asked for.
    """

    now: datetime
    zone: ZoneInfo
    values: Mapping[str, str]
    spoken: Spoken
    understand: Callable[[str, Context], Understanding]
    owed_minor: int
    due_minor: int
    furthest: date
    currency: str = "CNY"
    identity: tuple[IdentityFact, ...] = ()
    known: bool = True
    duties: Duties = Duties()
    desk: Desk = Desk.CLOSED
    queue: str = "desk"
    link: bool = True
    payday: int | None = None
    workday: Callable[[date], bool] | None = None

    @property
    def today(self) -> date:
        """Today in the portfolio's zone."""
        return self.now.astimezone(self.zone).date()
