"""Working days, as far as a cadence needs them. The calendars themselves are policy data."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from bot.domain.cadence.definition import Shift

_DAY = timedelta(days=1)

#: Longest stretch searched for a working day; the longest real one (a Spring Festival joined to
#: two weekends) is under a fortnight.
_SEARCH = 40


class BusinessCalendar(Protocol):
    """Which days are working days somewhere."""

    def is_working(self, day: date) -> bool:
        """True on a working day, make-up working weekends included."""
        ...

    def __hash__(self) -> int:
        """Answers are remembered per calendar; the default identity hash is right."""
        ...


def _towards(calendar: BusinessCalendar, day: date, step: timedelta, limit: date) -> date | None:
    """First working day from `day` in steps of `step`, not beyond `limit`; None if there is none."""
    for _ in range(_SEARCH):
        if day > limit if step > timedelta() else day < limit:
            return None
        if calendar.is_working(day):
            return day
        day += step
    return None


def shifted(
    calendar: BusinessCalendar, day: date, shift: Shift, first: date, last: date
) -> date | None:
    """`day` moved to a working day by `shift`, never out of [first, last].

    Where the wanted direction has no working day left inside, the other one is taken; None when
    there is no working day at all. Order is kept: a later day never moves before an earlier one.
    """
    if shift not in (Shift.NEXT, Shift.PREVIOUS):
        return day
    ahead = _towards(calendar, day, _DAY, last)
    behind = _towards(calendar, day, -_DAY, first)
    return (ahead or behind) if shift is Shift.NEXT else (behind or ahead)


@lru_cache(maxsize=16384)
def working_day_before(calendar: BusinessCalendar, due_on: date, count: int) -> date:
    """The `count`-th working day before `due_on`, the due day itself not counted.

    Raises ValueError when the calendar knows no working days.
    """
    day = due_on
    for _ in range(count):
        found = _towards(calendar, day - _DAY, -_DAY, date.min)
        if found is None:
            raise ValueError(f"no working day in the {_SEARCH} days before {day}")
        day = found
    return day
