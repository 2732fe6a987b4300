"""Hours within a day: parts of the day, clock times, and which half of the day a bare hour means."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain.understanding.days import day_place
from bot.domain.understanding.frames import Frame, Place, midnight, names_a_day

_STEP = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1), "second": timedelta(seconds=1)}


def resolve(frame: Frame, now: datetime, anchor: date | None = None) -> Place | None:
    """Place a frame on the calendar; None when there is no such moment (31 February)."""
    day = day_place(frame, now, anchor)
    if frame.part is None and frame.clock is None:
        return day
    if day is None and names_a_day(frame):
        return None
    return place_in_day(frame, day, now)


def place_in_day(frame: Frame, day: Place | None, now: datetime) -> Place:
    """Place the part of the day and the clock of `frame` in `day` (None: the next fitting one)."""
    base = day.start if day else midnight(now.date())
    if frame.clock is None:
        assert frame.part is not None
        return _part(frame.part, base, day, now, past=frame.past)
    hour, minute, second = frame.clock
    hour24 = _hour(frame, hour, day, now)
    start = base + timedelta(hours=hour24, minutes=minute, seconds=second)
    step = _STEP[frame.clock_grain]
    if frame.clock_end is not None:
        step = timedelta(hours=(frame.clock_end - hour) % 12 + 1)
    if day is None and not frame.past and start + step <= now:
        start += timedelta(days=1)
    return Place(start, start + step, frame.clock_grain)


def _part(
    part: tuple[int, int, str], base: datetime, day: Place | None, now: datetime, *, past: bool
) -> Place:
    start, end = base + timedelta(hours=part[0]), base + timedelta(hours=part[1])
    if day is None and not past and end <= now:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    return Place(start, end, "part")


def _hour(frame: Frame, hour: int, day: Place | None, now: datetime) -> int:
    """0–30: the hour meant (past 24 belongs to the night after the named day)."""
    if frame.part is not None:
        return _hour_in_part(hour, frame.part)
    if frame.literal_clock or hour > 12 or hour == 0:
        return hour
    if day is None and not frame.past:
        return _next_hour(hour, frame.clock[1] if frame.clock else 0, now)
    return hour + 12 if 1 <= hour <= 6 and not frame.written_clock else hour


def _hour_in_part(hour: int, part: tuple[int, int, str]) -> int:  # noqa: PLR0911  (one per mode)
    """A clock hour inside a part of the day: 晚上12点 is 24, 夜里2点 is 26, 下午3点 is 15."""
    first, _, mode = part
    if hour > 12:
        return hour
    if mode == "am":
        if hour == 12:  # 上午十二点 is noon, 凌晨十二点 midnight
            return 12 if first >= 5 else 0
        return hour + (24 if first >= 24 else 0)
    if first >= 18 and (hour in (0, 12) or hour <= 4):
        return 24 + hour % 12
    if mode == "noon":
        return hour + 12 if hour <= 6 else hour
    if mode == "day":
        return hour + 12 if 1 <= hour <= 6 else hour
    return 12 if hour == 12 else hour + 12


def _next_hour(hour: int, minute: int, now: datetime) -> int:
    """A bare hour today: the next one ahead between 7:00 and 22:00, else the day's usual one."""
    for candidate in (hour, hour + 12):
        if 7 <= candidate <= 22 and (candidate, minute) > (now.hour, now.minute):
            return candidate
    return hour + 12 if 1 <= hour <= 6 else hour
