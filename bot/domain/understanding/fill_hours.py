"""What the words of an hour say: parts of the day, clock times as spoken and as written."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.understanding.fill_years import whole
from bot.domain.understanding.frames import Frame, names_a_day
from bot.domain.understanding.tokens import TimeLexicon, Token

_DECIMAL = re.compile("[点][一二三四五六七八九1-9]$")


def fill_part(frame: Frame, token: Token, _now: datetime, lexicon: TimeLexicon) -> bool:
    """早上, 下午, 下班后."""
    frame.part = lexicon.parts.get(token.text)
    return frame.part is not None


def fill_clock(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """三点半, 下午三点十五, 三点三个字, 2点pm."""
    hour, half, *by_five, quarter, minute, second, meridiem = token.groups
    fives = next((name for name in by_five if name), None)
    minutes = 30 if half else 15 * whole(quarter) if quarter else whole(minute)
    if minute and _DECIMAL.search(token.text):
        if frame.part is None and not names_a_day(frame):
            return False  # 三点五 is a figure
        fives = minute  # 下午三点三, said as 三点踏三
    if fives:  # the hand stands on the three
        minutes = 5 * whole(fives)
    frame.clock = (whole(hour), minutes, whole(second))
    frame.clock_grain = "second" if second else "minute" if minutes or minute else "hour"
    frame.literal_clock = "时" in token.text[:3]
    _meridiem(frame, meridiem)
    return minutes < 60


def fill_shortclock(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """差五分三点, 三点差一刻."""
    quarter, minute, hour, hour_too, quarter_too, minute_too = token.groups
    short = 15 if quarter or quarter_too else whole(minute or minute_too)
    full = whole(hour or hour_too)
    frame.clock, frame.clock_grain = ((full - 1) or 12, 60 - short, 0), "minute"
    return 0 < short < 60 and 1 <= full <= 24


def fill_colon(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """15:30, 3:30pm."""
    hour, minute, second, half = token.groups
    frame.clock = (int(hour or 0), int(minute or 0), int(second or 0))
    frame.clock_grain = "second" if second else "minute"
    frame.literal_clock, frame.written_clock = len(hour or "") == 2, True
    _meridiem(frame, half)
    return int(minute or 0) < 60


def fill_ampm(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """3pm, am 9:00."""
    lead, hour, minute, hour_too, tail = token.groups
    frame.clock = (int(hour or hour_too or 0), int(minute or 0), 0)
    frame.clock_grain = "minute" if minute else "hour"
    _meridiem(frame, lead or tail)
    return frame.clock[0] <= 24


def _meridiem(frame: Frame, half: str | None) -> None:
    if half:
        frame.part = (0, 12, "am") if half[0] == "a" else (12, 18, "pm")


def fill_approxhour(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """七八点."""
    ten, first, second = token.groups
    low, high = whole(first), whole(second)
    if high != low + 1:
        return False
    base = 10 if ten else 0
    frame.clock, frame.clock_end = (base + low, 0, 0), base + high
    return base + high <= 24


def fill_hourbare(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """The first hour of 6到7点."""
    frame.clock = (whole(token.groups[0]), 0, 0)
    return True
