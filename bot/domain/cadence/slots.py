"""Which pattern day of a touch counts today, and in how many days to look again."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.domain.cadence.calendar import BusinessCalendar, shifted, working_day_before
from bot.domain.cadence.definition import (
    AfterEntry,
    Cadence,
    DueDays,
    Shift,
    Tier,
    Touch,
    WorkingDaysBefore,
)
from bot.domain.cadence.history import used
from bot.domain.cadence.hours import local_date, plus
from bot.domain.cadence.standing import Standing
from bot.domain.facts import CaseFacts

#: More days than any re-check interval: no further pattern day is in sight.
NEVER = 1_000_000

_NONE, _SKIP, _MOVING = Shift.NONE, Shift.SKIP, frozenset({Shift.NEXT, Shift.PREVIOUS})


class Question(NamedTuple):
    """What every rule is asked about: one case on one day."""

    facts: CaseFacts
    cadence: Cadence
    calendar: BusinessCalendar
    today: date
    standing: Standing
    served_on: date  #: the latest day anything was planned for; `date.min` when nothing was

    @property
    def entered_on(self) -> date:
        """The day the case entered the book, in the portfolio's zone."""
        return local_date(self.facts.entered_at, self.facts.portfolio.zone)


class Slot(NamedTuple):
    """A pattern day that counts today: `day` in the pattern's count, planned for `on`."""

    touch: Touch
    anchor: date
    day: int
    nth: int  #: which pattern day it is; the windows rotate with it
    on: date


class Upcoming(NamedTuple):
    """The pattern day that counts today, if any, and the days until another one can."""

    slot: Slot | None
    ahead: int


NOTHING = Upcoming(None, NEVER)


def upcoming(touch: Touch, asked: Question) -> Upcoming:
    """The pattern day of `touch` that counts today, conditions and working days considered.

    Only the newest pattern day can count, and only while nothing was planned on or after it and
    it is not older than the catch-up days: so days missed or shared never add up.
    """
    if touch.timed:
        ahead = _days_until_it_holds(touch, asked)
        if ahead:
            return Upcoming(None, ahead)
    pattern = touch.pattern
    if isinstance(pattern, DueDays):
        if touch.shift in _MOVING:
            return _on_moved_days(touch, pattern.days, asked)
        return _on_days(touch, pattern.days, asked)
    if isinstance(pattern, WorkingDaysBefore):
        return _before_due(touch, pattern, asked)
    return _after_entry(touch, pattern, asked)


def _days_until_it_holds(touch: Touch, asked: Question) -> int:
    """0 when the conditions hold today, NEVER when they no longer can."""
    when = touch.when
    if when.first_instalment is not None and when.first_instalment is not _first(asked):
        return NEVER
    if when.entered_from is None and when.entered_to is None:
        return 0
    since = (asked.today - asked.entered_on).days
    if when.entered_to is not None and since > when.entered_to:
        return NEVER
    return max((when.entered_from or 0) - since, 0)


def _first(asked: Question) -> bool:
    anchor = asked.standing.anchor
    for debt in asked.facts.debts:
        if debt.sequence == 1 and debt.due_on == anchor and debt.outstanding_minor > 0:
            return True
    return False


def _on_days(touch: Touch, days: tuple[int, ...], asked: Question) -> Upcoming:
    standing = asked.standing
    after = bisect_right(days, standing.dpd)
    ahead = days[after] - standing.dpd if after < len(days) else NEVER
    if not after or standing.dpd - days[after - 1] > touch.catch_up_days:
        return Upcoming(None, ahead)
    day = days[after - 1]
    on = plus(standing.anchor, day)
    if touch.shift is _SKIP and not asked.calendar.is_working(on):
        return Upcoming(None, ahead)
    return _if_alive(Slot(touch, standing.anchor, day, after - 1, on), ahead, asked)


@lru_cache(maxsize=16384)
def _moved(
    calendar: BusinessCalendar, touch: Touch, days: tuple[int, ...], tier: Tier, anchor: date
) -> tuple[date, ...]:
    """Where the calendar moves the pattern days; in order, none when the tier has no work day."""
    first = date.min if tier.from_day is None else plus(anchor, tier.from_day)
    last = date.max if tier.to_day is None else plus(anchor, tier.to_day)
    moved = (shifted(calendar, plus(anchor, day), touch.shift, first, last) for day in days)
    return tuple(on for on in moved if on is not None)


def _on_moved_days(touch: Touch, days: tuple[int, ...], asked: Question) -> Upcoming:
    """Like plain days, but a day counts from where the calendar moved it (order is kept)."""
    standing = asked.standing
    moved = _moved(asked.calendar, touch, days, standing.tier, standing.anchor)
    after = bisect_right(moved, asked.today)
    ahead = (moved[after] - asked.today).days if after < len(moved) else NEVER
    if not after:
        return Upcoming(None, ahead)
    slot = Slot(touch, standing.anchor, days[after - 1], after - 1, moved[after - 1])
    return _if_alive(slot, ahead, asked)


def _before_due(touch: Touch, pattern: WorkingDaysBefore, asked: Question) -> Upcoming:
    anchor = asked.standing.anchor
    on = working_day_before(asked.calendar, anchor, pattern.first)
    if on > asked.today:
        return Upcoming(None, (on - asked.today).days)
    if asked.today > working_day_before(asked.calendar, anchor, pattern.last):
        return NOTHING
    return _if_alive(Slot(touch, anchor, (on - anchor).days, 0, on), NEVER, asked, late=True)


def _after_entry(touch: Touch, pattern: AfterEntry, asked: Question) -> Upcoming:
    entered = asked.entered_on
    nominal = plus(entered, pattern.days)
    on = shifted(asked.calendar, nominal, touch.shift, date.min, date.max)
    if on is None:
        return NOTHING
    if on > asked.today:
        return Upcoming(None, (on - asked.today).days)
    return _if_alive(Slot(touch, entered, pattern.days, 0, on), NEVER, asked)


def _if_alive(slot: Slot, ahead: int, asked: Question, *, late: bool = False) -> Upcoming:
    """The slot unless it is served, used, too old (`late` lifts that), or today is no work day."""
    touch = slot.touch
    if slot.on <= asked.served_on or used(asked.facts, touch.key, slot.anchor, slot.day):
        return Upcoming(None, ahead)
    if not late and (asked.today - slot.on).days > touch.catch_up_days:
        return Upcoming(None, ahead)
    if touch.shift is not _NONE and not asked.calendar.is_working(asked.today):
        return Upcoming(None, 1)
    return Upcoming(slot, ahead)
