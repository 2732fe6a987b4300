"""The day to pay on: which one an expression of time fixes, and whether any was given."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain.understanding.pieces import Found
from bot.domain.understanding.reading import Reading

FURTHEST_MINUTE = 300
"""A minute this far ahead (4月16日14:22, said on the 17th) is one that has passed."""
FURTHEST = 400
"""Days ahead beyond which no day is taken for a promise (2月29号 said in a common year)."""
_WIDE = (
    "week",
    "weekend",
    "dekad",
    "month",
    "quarter",
    "half",
    "season",
    "year",
    "decade",
    "century",
)


def day_of(found: Found, now: datetime) -> tuple[date, bool] | None:  # noqa: PLR0911
    """The one day a date expression fixes and whether it is a deadline; None when it is too wide,
    open-ended or past."""
    place = found.place
    if "soon" in found.tags:
        return now.date(), False
    if place is None or "past" in found.tags or "vague" in found.tags:
        return None
    if "now" in found.tags:
        return now.date(), False
    if found.kind == "after" and "part" not in found.tags and place.grain == "day":
        return None
    last = (place.end - timedelta(microseconds=1)).date()
    if place.grain == "minute" and (last - now.date()).days > FURTHEST_MINUTE:
        return None
    if not 0 <= (last - now.date()).days <= FURTHEST:
        return None
    if found.kind == "deadline":
        clocked = place.grain in ("hour", "minute", "second") and "counted" not in found.tags
        limit = (place.start - timedelta(microseconds=1)).date() if clocked else last
        return (limit, True) if limit >= now.date() else None
    if found.kind == "range" and "range" in found.tags:
        few = place.end - place.start <= timedelta(days=10)
        return (last, last > place.start.date()) if few else None
    if place.grain in _WIDE or place.end - place.start > timedelta(days=1, hours=6):
        return None
    return place.start.date(), False


def some_day(reading: Reading, now: datetime) -> bool:
    """Whether a day to pay on was given, be it today by 马上."""
    return bool(reading.dates) and any(day_of(d.found, now) for d in reading.role("pay", ""))


def firm_day(reading: Reading, now: datetime) -> bool:
    """Whether a day to pay on was given, more than 马上 or 现在."""
    if not reading.dates:
        return False
    dates = [d.found for d in reading.role("pay", "")]
    return any(day_of(found, now) for found in dates if not found.tags & {"soon", "now"})
