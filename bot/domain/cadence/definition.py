"""What a cadence file says, as values. Figures come from the files, never from here.

Days are days past due (DPD): 0 is the due day, negative before it. Cadences, tiers,
touches and windows compare by identity: there is one of each per file, and that makes them quick
to look up by.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from bot.domain.vocabulary import Channel, HandoffReason, Purpose


class Shift(StrEnum):
    """What becomes of a touch whose day is not a working day."""

    NONE = "none"  #: any day will do
    NEXT = "next"  #: the next working day of the tier, else the one before
    PREVIOUS = "previous"  #: the working day before, else the next of the tier
    SKIP = "skip"  #: no touch; for texts that speak of today or tomorrow


class Behaviour(StrEnum):
    """How the debtor paid in the last three months."""

    A = "A"  #: always on time, or nothing known
    B = "B"  #: late once or twice
    C = "C"  #: late every time


_A, _B, _C = Behaviour


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Local wall-clock hours, [opens, closes)."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DueDays:
    """Explicit DPD, ascending; `every` in a file is spelled out by the loader."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkingDaysBefore:
    """Once, from the `first` working day before the due date to the `last` one."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AfterEntry:
    """Once, so many days after the case entered the book."""

    days: int


Pattern = DueDays | WorkingDaysBefore | AfterEntry


@dataclass(frozen=True, slots=True)
class Conditions:
    """Who a touch is meant for; an empty condition holds for everyone."""

    behaviour: frozenset[Behaviour] = frozenset()
    first_instalment: bool | None = None
    entered_from: int | None = None  #: days since entry, inclusive
    entered_to: int | None = None

    @property
    def timed(self) -> bool:
        """Whether they ask for more than the behaviour."""
        asked = (self.first_instalment, self.entered_from, self.entered_to)
        return any(each is not None for each in asked)


@dataclass(frozen=True, slots=True, eq=False)
class Touch:
    """One rule of a tier: on which days, when, how, and with which script.

    `windows` rotate with the pattern day, so that someone who never answers in the morning is
    tried at another hour rather than more often.
    """

    key: str
    purpose: Purpose
    script: str
    pattern: Pattern
    windows: tuple[Window, ...]
    channels: tuple[Channel, ...]
    when: Conditions = Conditions()
    shift: Shift = Shift.NONE
    catch_up_days: int = 2  #: a day missed longer ago than this stays missed
    guarantor: bool = False  #: may fall back to a guarantor's contact point
    source: str = ""

    timed: bool = field(init=False, default=False)  #: the conditions depend on case and day

    def __post_init__(self) -> None:
        object.__setattr__(self, "timed", self.when.timed)


@dataclass(frozen=True, slots=True)
class HandOffRules:
    """When a tier gives the case to a human by itself."""

    human: HandoffReason | None = None  #: the whole tier belongs to humans
    unreachable_after: int | None = None  #: attempts in the tier without any reply
    unreachable_wait_days: int = 2  #: days the last attempt is given to be answered
    broken_promises: int = 2
    no_contact_point: bool = False


@dataclass(frozen=True, slots=True)
class CallRules:
    """What follows a call nobody answered."""

    tries: int = 2  #: calls for one touch, each at another time of day
    apart_minutes: int = 120  #: between two of them at least
    then: str | None = None  #: the text that offers a time once they are used up


@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """A stretch of the DPD axis, both ends included; None is open."""

    key: str
    label_zh: str
    label_en: str
    from_day: int | None
    to_day: int | None
    touches: tuple[Touch, ...]
    recheck_days: int
    furthest_promise_days: int
    hand_off: HandOffRules = HandOffRules()
    source: str = ""
    calls: CallRules = CallRules()

    def holds(self, day: int) -> bool:
        """Whether DPD `day` lies in this tier."""
        return (self.from_day is None or day >= self.from_day) and (
            self.to_day is None or day <= self.to_day
        )


@dataclass(frozen=True, slots=True)
class PromiseTouch:
    """A reminder of a promise, or the follow-up of a broken one."""

    script: str
    window: Window
    channels: tuple[Channel, ...]
    shift: Shift = Shift.NONE
    late_days: int = 0  #: how late it may still go out


@dataclass(frozen=True, slots=True)
class PromiseTouches:
    """What an open and a broken promise set off."""

    day_before: PromiseTouch
    due_day: PromiseTouch
    broken: PromiseTouch


@dataclass(frozen=True, slots=True, eq=False)
class Cadence:
    """One desk's way of reminding. `tiers` tile the DPD axis in ascending order."""

    key: str
    version: str
    label_zh: str
    tiers: tuple[Tier, ...]
    promises: PromiseTouches
    tolerance_minor: Mapping[str, int]  #: per currency; a sum up to it is nobody's debt
    late_for_b: int = 1  #: late this often: behaviour B
    late_for_c: int = 3
    per_day: int = 1  #: proposals a case may get in one day
    per_day_per_purpose: int = 1
    idle_recheck_days: int = 30  #: for cases only an event can wake
    windows: tuple[Window, ...] = ()  #: every window of the file, the earliest first
    _starts: tuple[int, ...] = field(init=False, default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = tuple(t.from_day for t in self.tiers[1:] if t.from_day is not None)
        object.__setattr__(self, "_starts", starts)

    def tier_at(self, day: int) -> Tier:
        """The one tier that holds DPD `day`."""
        return self.tiers[bisect_right(self._starts, day)]

    def behaviour(self, late_count: int | None) -> Behaviour:
        """A, B or C from the times late in the last three months; unknown reads as A."""
        if not late_count or late_count < self.late_for_b:
            return _A
        return _B if late_count < self.late_for_c else _C

    def scripts(self) -> frozenset[str]:
        """Every script id the file names."""
        promises = (self.promises.day_before, self.promises.due_day, self.promises.broken)
        touches = (touch.script for tier in self.tiers for touch in tier.touches)
        after_calls = {tier.calls.then for tier in self.tiers if tier.calls.then}
        return frozenset(touches) | {touch.script for touch in promises} | after_calls
