"""When the debtor asked to be called, and when not."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.understanding.reading import Dated, Reading
from bot.domain.understanding.values import Window

_LONGEST = timedelta(days=7)
"""明年再说 names no time to call."""


def aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """A naive local moment as an instant of the zone."""
    return moment.replace(tzinfo=zone)


def call_dates(reading: Reading) -> list[Dated]:
    """Dates that are for a call: those of a calling verb, else hours nothing else claims."""
    called = [d for d in reading.role("call") if _usable(d)]
    if called:
        last = called[-1].found.end
        closer = [
            d for d in reading.role("") if _usable(d) and _an_hour(d) and d.found.start > last
        ]
        return closer or called  # 五一之后再说, 6号上午
    return [d for d in reading.role("", "event", "income") if _usable(d)]


def _an_hour(dated: Dated) -> bool:
    return "part" in dated.found.tags


def _usable(dated: Dated) -> bool:
    found = dated.found
    if found.place is None or found.tags & {"past", "now", "vague"}:
        return False
    return found.place.end - found.place.start <= _LONGEST


def read_callback(reading: Reading, now: datetime, zone: ZoneInfo) -> Window | None:
    """The window asked for: [start, end); end None when only a beginning was said.

    下午 is 12:00–18:00, 晚上 18:00–24:00 and so on (times.yaml); a clock time is one hour long,
    半小时后 and 八点以后 are open at the end; a whole day is that day."""
    dates = call_dates(reading)
    if not dates:
        return None
    found = dates[-1].found
    assert found.place is not None
    start, end = found.place.start, found.place.end
    if end <= now:
        return None
    between = _between(dates)
    if between is not None:
        return Window(aware(between[0], zone), aware(between[1], zone))
    if found.kind == "deadline":
        return Window(aware(now, zone), aware(start if "part" in found.tags else end, zone))
    open_ended = found.kind == "after" or (
        "counted" in found.tags and found.place.grain in ("minute", "second")
    )
    if found.place.grain == "minute" and not open_ended and found.kind != "range":
        end = start + timedelta(hours=1)
    return Window(aware(start, zone), None if open_ended else aware(end, zone))


def _between(dates: list[Dated]) -> tuple[datetime, datetime] | None:
    """9点以后, 12点以前: the last two make one window."""
    if len(dates) < 2:
        return None
    one, two = dates[-2].found, dates[-1].found
    if one.place is None or two.place is None or (one.kind, two.kind) != ("after", "deadline"):
        return None
    start, end = one.place.start, two.place.start
    return (start, end) if start < end <= start + timedelta(days=1) else None


def read_avoid(reading: Reading, now: datetime, zone: ZoneInfo) -> tuple[Window, ...]:
    """Times at which the debtor does not want to be called."""
    out = []
    for dated in reading.role("avoid"):
        place = dated.found.place
        if place is not None and place.end > now and not dated.found.tags & {"past", "now"}:
            out.append(Window(aware(place.start, zone), aware(place.end, zone)))
    return tuple(out)
