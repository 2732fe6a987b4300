"""Lengths of time (三天, 一个半小时, 两年零三个月) and days reached by counting them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from bot.domain.understanding.calendar import add_months
from bot.domain.understanding.frames import DAY, Place, days
from bot.domain.understanding.numerals import DIGIT, number
from bot.domain.understanding.tokens import Token

Workday = Callable[[date], bool]

_SECONDS = {"秒": 1, "分": 60, "刻": 900, "小": 3600, "钟": 3600, "h": 3600, "min": 60, "s": 1}
_DAYS = {"天": 1, "日": 1, "夜": 1, "晚": 1, "自": 1, "周": 7, "星": 7, "礼": 7}
_MONTHS = {"月": 1, "季": 3, "年": 12}
LIMIT = 400 * 366
"""Longest length counted, in days; beyond it nothing is read."""


@dataclass(frozen=True, slots=True)
class Length:
    """seconds, days, months, workdays counted; vague: 几天, 两三天 (upper bound kept)."""

    seconds: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    months: Fraction = Fraction(0)
    workdays: int = 0
    vague: bool = False

    def __add__(self, other: Length) -> Length:
        return Length(
            self.seconds + other.seconds,
            self.days + other.days,
            self.months + other.months,
            self.workdays + other.workdays,
            self.vague or other.vague,
        )

    @property
    def fine(self) -> bool:
        """Counted in hours or less, so the result is an instant rather than a day."""
        return bool(self.seconds) and not (self.months or self.workdays)


def read_length(token: Token) -> Length | None:
    """The length a `dur` or `approxdur` token says; None when it is absurdly long."""
    if token.kind == "approxdur":
        count, unit = token.groups
        upper = DIGIT.get((count or " ")[-1])
        return _measure(Fraction(upper or 3), (unit or "").lstrip("个"), vague=True)
    count, _, _, half_first, _, unit, half_last, half, half_unit, latin, latin_unit = token.groups
    if half:
        return _measure(Fraction(1, 2), half_unit or "")
    if latin:
        return _measure(Fraction(latin), latin_unit or "")
    value = number(count or "")
    if value is None:
        return None
    if half_first or half_last:
        value += Fraction(1, 2)
    return _measure(value, unit or "")


def _measure(value: Fraction, unit: str, *, vague: bool = False) -> Length | None:
    unit = unit.removeprefix("半") if not unit.startswith("半") else unit
    if unit.startswith("半"):
        value, unit = value + Fraction(1, 2), unit[1:]
    if unit in ("工作日", "交易日"):
        return Length(workdays=int(value), vague=vague) if 1 <= value < 3000 else None
    key = unit if unit in _SECONDS else unit[:1]
    if key in _SECONDS:
        length = Length(seconds=value * _SECONDS[key], vague=vague)
    elif key in _DAYS:
        length = Length(days=value * _DAYS[key], vague=vague)
    elif key in _MONTHS:
        length = Length(months=value * _MONTHS[key], vague=vague)
    else:
        return None
    total = length.seconds / 86400 + length.days + length.months * 30
    return length if total + length.workdays > 0 and total <= LIMIT else None


def shift(base: datetime, length: Length, sign: int, workday: Workday) -> datetime | None:
    """`base` moved by the length (sign +1 or -1); None when it leaves the calendar."""
    try:
        moved = base
        whole = int(length.months)
        if whole:
            moved = datetime.combine(add_months(moved.date(), sign * whole), moved.time())
        rest = (length.months - whole) * 30 + length.days
        moved += sign * timedelta(days=float(rest), seconds=float(length.seconds))
        if length.workdays:
            moved = datetime.combine(
                _workdays(moved.date(), length.workdays, sign, workday), moved.time()
            )
    except (OverflowError, ValueError):
        return None
    return moved if 1 < moved.year < 9998 else None


def _workdays(day: date, count: int, sign: int, workday: Workday) -> date:
    for _ in range(count * 5 + 30):
        if count <= 0:
            break
        day += sign * DAY
        count -= workday(day)
    return day


def reached(base: datetime, length: Length, sign: int, workday: Workday) -> Place | None:
    """The day (or instant, for hours and less) reached by counting from `base`."""
    moved = shift(base, length, sign, workday)
    if moved is None:
        return None
    if length.fine:
        step = timedelta(minutes=1) if length.seconds >= 60 else timedelta(seconds=1)
        return Place(moved, moved + step, "minute" if length.seconds >= 60 else "second")
    return days(moved.date(), moved.date() + DAY, "day")


def stretch(now: datetime, length: Length, sign: int, workday: Workday) -> Place | None:
    """未来三天 (from tomorrow), 近三年 (up to today), 最近一小时 (up to now)."""
    moved = shift(now, length, sign, workday)
    if moved is None:
        return None
    if length.fine:
        return Place(min(now, moved), max(now, moved), "minute")
    today, other = now.date(), moved.date()
    if sign > 0:
        return days(today + DAY, other + DAY, "day")
    return days(other, today, "day")
