"""Which pattern day of a touch counts today, and when to look again."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.cadence.calendar import BusinessCalendar, shifted, working_day_before
from bot.domain.cadence.definition import (
    AfterEntry,
    Cadence,
    DueDays,
    Shift,
    Touch,
    WorkingDaysBefore,
)
from bot.domain.cadence.hours import local_date
from bot.domain.cadence.standing import Standing
from bot.domain.facts import CaseFacts

_DAY = timedelta(days=1)


class Slot(NamedTuple):
    """One pattern day of a touch: `day` in the pattern's count, planned on `on`, dead after `until`."""

    anchor: date
    day: int
    nth: int  #: which pattern day it is; the windows rotate with it
    on: date
    until: date


class Upcoming(NamedTuple):
    """The newest pattern day not after today, and the next date that could bring another."""

    slot: Slot | None
    next_on: date | None


NOTHING = Upcoming(None, None)


@dataclass(frozen=True, slots=True)
class Question:
    """What every rule is asked about: one case on one day."""

    facts: CaseFacts
    cadence: Cadence
    calendar: BusinessCalendar
    today: date
    standing: Standing

    @property
    def entered_on(self) -> date:
        """The day the case entered the book, in the portfolio's zone."""
        return local_date(self.facts.entered_at, self.facts.portfolio.zone)


def upcoming(touch: Touch, asked: Question) -> Upcoming:
    """The slot of `touch` that counts today, conditions and working days considered.

    A slot is returned even when it is too old or already served; the caller decides that.
    """
    if touch.conditional:
        starts = _holds_from(touch, asked)
        if starts is None:
            return NOTHING
        if starts > asked.today:
            return Upcoming(None, starts)
    pattern = touch.pattern
    if isinstance(pattern, DueDays):
        return _on_due_days(touch, pattern, asked)
    if isinstance(pattern, WorkingDaysBefore):
        return _before_due(touch, pattern, asked)
    return _after_entry(touch, pattern, asked)


def _holds_from(touch: Touch, asked: Question) -> date | None:
    """From when the conditions hold: today or earlier, a later date, or None for not any more."""
    when = touch.when
    if when.behaviour and asked.cadence.behaviour(asked.facts.late_count) not in when.behaviour:
        return None
    if when.first_instalment is not None and when.first_instalment is not _first(asked):
        return None
    if when.entered_from is None and when.entered_to is None:
        return asked.today
    entered = asked.entered_on
    if when.entered_to is not None and asked.today > entered + timedelta(days=when.entered_to):
        return None
    return entered + timedelta(days=when.entered_from or 0)


def _first(asked: Question) -> bool:
    anchor = asked.standing.anchor
    return any(
        debt.sequence == 1 and debt.due_on == anchor and debt.outstanding_minor > 0
        for debt in asked.facts.debts
    )


def _on_due_days(touch: Touch, pattern: DueDays, asked: Question) -> Upcoming:
    days = pattern.days
    after = bisect_right(days, asked.standing.dpd)
    if touch.shift in (Shift.NEXT, Shift.PREVIOUS):
        return _on_shifted_days(touch, days, after, asked)
    slot = None
    if after:
        day = days[after - 1]
        on = asked.standing.anchor + timedelta(days=day)
        slot = _slot(touch, asked, asked.standing.anchor, day, after - 1, on)
    following = asked.standing.anchor + timedelta(days=days[after]) if after < len(days) else None
    return Upcoming(slot, following)


def _on_shifted_days(touch: Touch, days: tuple[int, ...], after: int, asked: Question) -> Upcoming:
    """Like plain days, but a day counts from where the calendar moved it (order is kept)."""
    standing = asked.standing
    first, last = standing.begins_on, standing.ends_on

    def moved(index: int) -> date | None:
        nominal = standing.anchor + timedelta(days=days[index])
        return shifted(asked.calendar, nominal, touch.shift, first, last)

    while after and (on := moved(after - 1)) is not None and on > asked.today:
        after -= 1
    while after < len(days) and (on := moved(after)) is not None and on <= asked.today:
        after += 1
    on = moved(after - 1) if after else None
    slot = (
        None if on is None else _slot(touch, asked, standing.anchor, days[after - 1], after - 1, on)
    )
    return Upcoming(slot, moved(after) if after < len(days) else None)


def _before_due(touch: Touch, pattern: WorkingDaysBefore, asked: Question) -> Upcoming:
    anchor = asked.standing.anchor
    on = working_day_before(asked.calendar, anchor, pattern.first)
    if on > asked.today:
        return Upcoming(None, on)
    until = working_day_before(asked.calendar, anchor, pattern.last)
    return Upcoming(Slot(anchor, (on - anchor).days, 0, on, until), None)


def _after_entry(touch: Touch, pattern: AfterEntry, asked: Question) -> Upcoming:
    entered = asked.entered_on
    nominal = entered + timedelta(days=pattern.days)
    on = shifted(asked.calendar, nominal, touch.shift, date.min, date.max)
    if on is None:
        return NOTHING
    if on > asked.today:
        return Upcoming(None, on)
    return Upcoming(_slot(touch, asked, entered, pattern.days, 0, on), None)


def _slot(touch: Touch, asked: Question, anchor: date, day: int, index: int, on: date) -> Slot:
    if touch.shift is Shift.SKIP and not asked.calendar.is_working(on):
        return Slot(anchor, day, index, on, on - _DAY)
    return Slot(anchor, day, index, on, on + timedelta(days=touch.catch_up_days))
