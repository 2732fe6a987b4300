"""Arithmetic on days and months, and the days of festivals."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from bot.domain.understanding import lunar


def safe_date(year: int, month: int, day: int) -> date | None:
    """date(...) or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = min(max(index // 12, 1), 9998), index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(day: date) -> date:
    """The last day of the month `day` is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_day_of_month(today: date, day: int, *, past: bool, anchor: date | None) -> date | None:
    """The next such day of the month not yet past (or the latest one, when past).

    anchor: a day named before in the same breath; the search starts there (10号 … 25号)."""
    base = anchor or today
    for ahead in range(12):
        month = add_months(base.replace(day=1), -ahead if past else ahead)
        found = safe_date(month.year, month.month, day)
        if found and (found <= today if past else found >= base):
            return found
    return None


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth (1…, -1 = last) given weekday (0 = Monday) of a month."""
    if nth < 0:
        last = month_end(date(year, month, 1))
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _easter(year: int) -> date:
    """Easter Sunday, the anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@lru_cache(maxsize=512)
def festival_day(rule: tuple[Any, ...], year: int) -> date | None:
    """The festival's day in a solar year (for lunar rules: in the lunar year that begins in it)."""
    kind, *values = rule
    if kind == "s":
        return safe_date(year, *values)
    if kind == "l" and values != [12, 30]:
        return lunar.solar(year, values[0], values[1])
    if kind == "w":
        month, nth, weekday = values
        return nth_weekday(year, month, nth, weekday - 1)
    if kind in ("l", "eve"):  # the last day of the lunar year, or so many days before it
        last = lunar.last_day(year)
        return last - timedelta(days=values[0] if kind == "eve" else 0) if last else None
    if kind == "t":
        return lunar.solar_term(year, values[0])
    return _easter(year) + timedelta(days=values[0])
