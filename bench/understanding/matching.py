"""When a read time counts as the expected one. The same rule judges the product and its peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from bench.understanding.rows import Expression

Verdict = Literal["exact", "wrong", "none"]
Times = Sequence[Mapping[str, Any]]
TICK = timedelta(microseconds=1)
CLOCK = ("minute", "hour")


def judge(row: Expression, read: Times) -> Verdict:
    """exact: one acceptable reading is matched time for time; none: nothing was read.

    The same time read twice counts once.
    """
    distinct = list({(w["start"], w["end"]): w for w in read}.values())
    if any(_same(reading, distinct) for reading in row.readings):
        return "exact"
    return "wrong" if read else "none"


def _same(expected: Times, read: Times) -> bool:
    if len(expected) != len(read):
        return False
    left = list(read)
    for want in expected:
        found = next((got for got in left if _matches(want, got)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _matches(want: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    start, end = _instant(got["start"]), _instant(got["end"])
    if want["kind"] == "deadline":
        return _meets_deadline(want, start, end)
    if start is None:
        return False
    if want["kind"] == "after":
        return _begins_after(want, start)
    return _point_or_range(want, start, end)


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _bounds(want: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(want["start"]), datetime.fromisoformat(want["end"])


def _meets_deadline(want: Mapping[str, Any], start: datetime | None, end: datetime | None) -> bool:
    """The deadline's own span, or anything that ends with it; for clock times, at it."""
    first, last = _bounds(want)
    if want["grain"] in CLOCK:
        return start == first or end in (first, first + timedelta(minutes=1), last)
    day = first.date()
    return (start is not None and start.date() == day) or (
        end is not None and (end - TICK).date() == day
    )


def _begins_after(want: Mapping[str, Any], start: datetime) -> bool:
    """25号以后 may begin on the 25th or the day after; a clock time begins at it."""
    first, last = _bounds(want)
    if want["grain"] in CLOCK:
        return start == first
    return start.date() in (first.date(), last.date())


def _point_or_range(want: Mapping[str, Any], start: datetime, end: datetime | None) -> bool:
    first, last = _bounds(want)
    if want["grain"] == "part":
        low, high = (datetime.fromisoformat(v) for v in want["accept_start"])
        return low <= start <= high
    if want["grain"] in CLOCK:
        same_end = want["kind"] == "point" or (
            end is not None and _minute(end) in (last, last + timedelta(minutes=1))
        )
        return _minute(start) == first and same_end
    return start.date() == first.date() and _last_day(start, end) == (last - TICK).date()


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _last_day(start: datetime, end: datetime | None) -> object:
    return start.date() if end is None or end <= start else (end - TICK).date()
