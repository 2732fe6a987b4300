"""Places the day, week, month or longer stretch a frame names on the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain.understanding import lunar
from bot.domain.understanding.calendar import (
    add_months,
    festival_day,
    month_end,
    next_day_of_month,
    nth_weekday,
    safe_date,
)
from bot.domain.understanding.frames import DAY, Frame, Place, days

WEEKEND = 8
"""Stands for 周末 where a weekday number is kept."""


def day_place(frame: Frame, now: datetime, anchor: date | None) -> Place | None:  # noqa: PLR0911  (one return per shape)
    """Place what the frame says of days and longer; None when it says nothing or nonsense."""
    if frame.day_shift is not None:
        return _shifted(frame, anchor or now.date())
    if frame.festival is not None:
        return _festival(frame, now.date())
    if frame.weekday is not None or frame.weekend or frame.nth or frame.week_shift is not None:
        return _weekly(frame, now.date())
    if frame.nth_day is not None:
        return _nth_day(frame, now.date())
    if frame.day is not None or frame.month is not None or frame.month_shift is not None:
        return _monthly(frame, now.date(), anchor)
    if frame.lunar and frame.year is None:
        return None
    return _yearly(frame, now.date())


def _shifted(frame: Frame, base: date) -> Place:
    start = base + timedelta(days=frame.day_shift or 0)
    return days(start, start + timedelta(days=frame.days_span), "day")


def _festival(frame: Frame, today: date) -> Place | None:
    assert frame.festival is not None
    rule = frame.festival.rule
    if frame.year is not None:
        day = festival_day(rule, frame.year)
    else:
        each = [d for y in range(today.year - 1, today.year + 3) if (d := festival_day(rule, y))]
        if frame.past:
            day = max((d for d in each if d <= today), default=None)
        else:
            day = min((d for d in each if d >= today), default=None)
    return days(day, day + DAY, "day") if day else None


def _weekly(frame: Frame, today: date) -> Place | None:
    if frame.nth is not None:
        return _nth(frame, today)
    monday = today - timedelta(days=today.weekday())
    shift = frame.week_shift
    if frame.weekend:
        saturday = monday + timedelta(days=5 + 7 * (shift or 0))
        if frame.past and shift is None and saturday > today:
            saturday -= 7 * DAY
        return days(saturday, saturday + 2 * DAY, "weekend")
    if frame.weekday is None:
        start = monday + timedelta(days=7 * (shift or 0))
        if frame.nth_day is not None:  # 下周第一天
            day = start + (6 if frame.nth_day < 0 else min(frame.nth_day, 7) - 1) * DAY
            return days(day, day + DAY, "day")
        if frame.week_half is not None:
            middle = start + 3 * DAY
            edges = (start, middle) if frame.week_half == 1 else (middle, start + 7 * DAY)
            return days(*edges, "week")
        return days(start, start + 7 * DAY, "week")
    day = monday + timedelta(days=frame.weekday + 7 * (shift or 0))
    if not shift and frame.past:
        day -= 7 * DAY if day > today else 0 * DAY
    elif not shift and day < today:
        day += 7 * DAY
    return days(day, day + frame.days_span * DAY, "day")


def _nth(frame: Frame, today: date) -> Place | None:  # noqa: PLR0911  (one return per shape)
    """The nth weekday, week or weekend of the month named, the nth week of the year."""
    if frame.nth is None:
        return None
    nth, weekday = frame.nth
    if frame.year is not None and frame.month is None and frame.month_shift is None:
        return _week_of_year(frame.year, nth) if weekday is None else None
    month = _month_of(frame, today)
    if month is None:
        return None
    if weekday == WEEKEND:
        saturday = nth_weekday(month.year, month.month, nth, 5)
        return days(saturday, saturday + 2 * DAY, "weekend")
    first = nth_weekday(month.year, month.month, nth, weekday or 0)
    if weekday is not None:
        return days(first, first + DAY, "day")
    if frame.weekday is not None:
        return days(first + frame.weekday * DAY, first + (frame.weekday + 1) * DAY, "day")
    return days(first, first + 7 * DAY, "week")


def _week_of_year(year: int, nth: int) -> Place | None:
    try:
        monday = date.fromisocalendar(year, nth, 1)
    except ValueError:
        return None
    return days(monday, monday + 7 * DAY, "week")


def _nth_day(frame: Frame, today: date) -> Place | None:
    """第三天, 最后一天 of the month or year named."""
    if frame.year is not None and frame.month is None and frame.month_shift is None:
        start, end = date(frame.year, 1, 1), date(frame.year + 1, 1, 1)
    else:
        first = _month_of(frame, today)
        if first is None:
            return None
        start, end = first, month_end(first) + DAY
    assert frame.nth_day is not None
    day = end - DAY if frame.nth_day < 0 else start + (frame.nth_day - 1) * DAY
    return days(day, day + DAY, "day") if start <= day < end else None


def _month_of(frame: Frame, today: date) -> date | None:
    """First day of the solar month the frame names; the current one when it names none."""
    if frame.month_shift is not None:
        base = date(frame.year or today.year, today.month, 1)
        return add_months(base, frame.month_shift)
    if frame.month is None:
        return today.replace(day=1) if frame.year is None else safe_date(frame.year, 1, 1)
    if frame.year is not None:
        return safe_date(frame.year, frame.month, 1)
    year = today.year
    if frame.past:
        year -= frame.month > today.month
    else:
        year += frame.month < today.month
    return date(year, frame.month, 1)


def _monthly(frame: Frame, today: date, anchor: date | None) -> Place | None:
    if frame.lunar:
        return _lunar(frame, today)
    if frame.day is None:
        first = _month_of(frame, today)
        return _month_portion(first, frame.portion) if first else None
    if frame.month is None and frame.month_shift is None and frame.year is None:
        day = next_day_of_month(today, frame.day, past=frame.past, anchor=anchor)
    elif frame.month is not None and frame.year is None:
        day = _next_month_day(today, frame.month, frame.day, past=frame.past)
    else:
        first = _month_of(frame, today)
        day = safe_date(first.year, first.month, frame.day) if first else None
    return days(day, day + frame.days_span * DAY, "day") if day else None


def _next_month_day(today: date, month: int, day: int, *, past: bool) -> date | None:
    years = range(today.year, today.year - 9, -1) if past else range(today.year, today.year + 9)
    for year in years:
        found = safe_date(year, month, day)
        if found and (found <= today if past else found >= today):
            return found
    return None


def _lunar(frame: Frame, today: date) -> Place | None:
    year = frame.year if frame.year is not None else lunar.lunar_year(today)
    years = (
        [year] if frame.year is not None else ([year, year - 1] if frame.past else [year, year + 1])
    )
    if frame.month is None:
        return _lunar_bare(frame, today)
    for candidate in years:
        start = lunar.solar(candidate, frame.month, frame.day or 1, frame.leap)
        if start is None:
            continue
        end = start + DAY if frame.day else _lunar_month_end(frame, candidate, start)
        if frame.year is not None or (start <= today if frame.past else end > today):
            return days(start, end, "day") if frame.day else _lunar_portion(start, end, frame)
    return None


def _lunar_portion(start: date, end: date, frame: Frame) -> Place:
    tenth, twentieth = start + 10 * DAY, start + 20 * DAY
    table = {
        "底": (end - DAY, end, "day"), "初": (start, start + 5 * DAY, "dekad"), "上": (start, tenth, "dekad"),
        "中": (tenth, twentieth, "dekad"), "中旬": (tenth, twentieth, "dekad"), "下": (twentieth, end, "dekad"),
    }  # fmt: skip
    return days(*table.get(frame.portion or "", (start, end, "month")))


def _lunar_month_end(frame: Frame, year: int, start: date) -> date:
    return start + timedelta(days=30 if lunar.solar(year, frame.month or 1, 30, frame.leap) else 29)


def _lunar_bare(frame: Frame, today: date) -> Place | None:
    """初五 with no month: the next such lunar day."""
    if frame.day is None:
        return None
    for year in (lunar.lunar_year(today), lunar.lunar_year(today) + 1):
        for month in range(1, 13):
            for leap in (False, True):
                day = lunar.solar(year, month, frame.day, leap)
                if day and day >= today:
                    return days(day, day + DAY, "day")
    return None


def _month_portion(first: date, portion: str | None) -> Place:
    last = month_end(first)
    table = {
        "底": (last, last + DAY, "day"), "初": (first, first.replace(day=6), "dekad"),
        "中": (first.replace(day=11), first.replace(day=21), "dekad"),
        "上": (first, first.replace(day=11), "dekad"),
        "中旬": (first.replace(day=11), first.replace(day=21), "dekad"),
        "下": (first.replace(day=21), last + DAY, "dekad"),
        "中上": (first, first.replace(day=21), "dekad"), "上中": (first, first.replace(day=21), "dekad"), "中下": (first.replace(day=11), last + DAY, "dekad"),
        "上半": (first, first.replace(day=16), "half"), "下半": (first.replace(day=16), last + DAY, "half"),
    }  # fmt: skip
    return days(*table[portion]) if portion else days(first, last + DAY, "month")


def _yearly(frame: Frame, today: date) -> Place | None:  # noqa: PLR0911  (one return per shape)
    if frame.decade is not None or frame.century is not None:
        return _era(frame, today)
    year = frame.year
    if frame.quarter is not None or frame.quarter_shift is not None:
        return _quarter(frame, today)
    if frame.half is not None:
        start = date(year or today.year, 1 if frame.half == 1 else 7, 1)
        if frame.portion == "底":  # 上半年底
            return days(add_months(start, 6) - DAY, add_months(start, 6), "day")
        return days(start, add_months(start, 6), "half")
    if frame.season is not None:
        return _season(frame.season, year, today, past=frame.past)
    if year is None or not 1 <= year <= 9997:
        return None
    first = date(year, 1, 1)
    portions = {"底": (12, 31, 1, "day"), "初": (1, 1, 31, "month"), "中": (6, 1, 30, "month")}
    if frame.portion in portions:
        month, day, length, grain = portions[frame.portion]
        start = date(year, month, day)
        return days(start, start + timedelta(days=length), grain)
    return days(first, date(year + frame.years_span, 1, 1), "year")


def _era(frame: Frame, today: date) -> Place | None:
    century = frame.century
    if frame.decade is None:
        if century is None:
            return None
        return days(date(century * 100 or 1, 1, 1), date(century * 100 + 100, 1, 1), "century")
    if century is None:
        century = today.year // 100 - (frame.decade > today.year % 100 + 10)
    start = century * 100 + frame.decade
    return days(date(start, 1, 1), date(start + 10, 1, 1), "decade")


def _quarter(frame: Frame, today: date) -> Place:
    year = frame.year or today.year
    if frame.quarter_shift is not None:
        start = add_months(date(year, (today.month - 1) // 3 * 3 + 1, 1), 3 * frame.quarter_shift)
        end = add_months(start, 3)
    else:
        assert frame.quarter is not None
        first, last = frame.quarter
        if frame.year is None and first == last and not frame.past and last * 3 < today.month:
            year += 1
        start, end = date(year, first * 3 - 2, 1), add_months(date(year, last * 3 - 2, 1), 3)
    if frame.portion == "底":
        return days(end - DAY, end, "day")
    if frame.portion == "初":
        return days(start, add_months(start, 1), "month")
    return days(start, end, "quarter")


_SEASONS = {"春": (3, 3), "夏": (6, 3), "秋": (9, 3), "冬": (12, 3), "暑": (7, 2), "寒": (1, 2)}


def _season(season: str, year: int | None, today: date, *, past: bool) -> Place:
    month, length = _SEASONS[season[0]]
    start = date(year or today.year, month, 1)
    if year is None and not past and add_months(start, length) <= today:
        start = add_months(start, 12)
    return days(start, add_months(start, length), "season")
