"""A frame is what the words of one moment say (year, month, day, part, clock) before it is placed
on the calendar (days.py, clocks.py). All datetimes here are naive local time of the reader's zone."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from bot.domain.understanding.tokens import Festival

DAY = timedelta(days=1)


@dataclass(slots=True)
class Frame:
    """The fields of one moment; None = not said. level: grain of the finest field so far."""

    century: int | None = None
    decade: int | None = None
    year: int | None = None
    years_span: int = 1  # 今明两年
    half: int | None = None
    quarter: tuple[int, int] | None = None  # first, last quarter
    quarter_shift: int | None = None
    season: str | None = None
    month: int | None = None
    month_shift: int | None = None
    lunar: bool = False
    leap: bool = False
    portion: str | None = None  # 初 中 底 of the field above; 上旬 …; 上半 下半
    week_shift: int | None = None
    week_half: int | None = None  # 上半周 1, 下半周 2
    nth: tuple[int, int | None] | None = (
        None  # ordinal (-1 last), weekday or None = week, 8 = weekend
    )
    weekend: bool = False
    weekday: int | None = None
    day: int | None = None
    day_shift: int | None = None
    days_span: int = 1
    nth_day: int | None = None  # 第三天, 最后一天 (-1) of the month or year
    festival: Festival | None = None
    yearturn: str | None = None
    payday: bool = False
    part: tuple[int, int, str] | None = None
    clock: tuple[int, int, int] | None = None
    clock_end: int | None = None  # 七八点: the later hour
    clock_grain: str = "hour"
    literal_clock: bool = False  # 03:30, 3时: the hour as written
    written_clock: bool = False  # 5:00: the hour as written on a named day
    told: bool = False  # 当天, 隔天: counted from the day told before
    level: int = -1
    past: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of local time [start, end) of a grain."""

    start: datetime
    end: datetime
    grain: str


def midnight(day: date) -> datetime:
    """00:00 of a day, naive local."""
    return datetime.combine(day, time())


def days(start: date, end: date, grain: str) -> Place:
    """The days from start up to end (exclusive)."""
    return Place(midnight(start), midnight(end), grain)


def inherit(left: Frame, right: Frame) -> Frame:
    """Fill what the right side of a range leaves out from the left (一月十日到十二日)."""
    top = next(
        (LEVELS[f.name] for f in fields(right) if f.name in LEVELS and _said(right, f.name)), 9
    )
    if any(_said(right, name) for name in ("month_shift", "week_shift", "day_shift")):
        return right
    of_a_week = right.weekday is not None or right.weekend
    for name, level in LEVELS.items():
        if name == "week_shift" and top == LEVELS["day"] and not of_a_week:
            continue  # 下周四到5号
        if level < top and _said(left, name) and not _said(right, name):
            setattr(right, name, getattr(left, name))
    return right


def _said(frame: Frame, name: str) -> bool:
    value = getattr(frame, name)
    return value is not None and value is not False


def names_a_day(frame: Frame) -> bool:
    """Whether anything coarser than a part of the day was said."""
    return any(_said(frame, name) for name, level in LEVELS.items() if level < 7)


LEVELS = {
    "century": 0, "decade": 0, "year": 1, "half": 2, "quarter": 2, "quarter_shift": 2, "season": 2,
    "lunar": 3, "month": 3, "month_shift": 3, "week_shift": 5, "nth": 6, "weekend": 6, "weekday": 6,
    "day": 6, "day_shift": 6, "nth_day": 6, "festival": 6, "payday": 6, "part": 7, "clock": 8,
}  # fmt: skip
