"""What keys and spoken digits stand for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A day keyed in that lies this short a time back is a slip, not a day of next year.
JUST_PAST = timedelta(days=180)
_DAY = timedelta(days=1)

#: Hours offered by one key, local: (days ahead, from, to). Product choice, inside every pack's hours.
_PARTS = {
    "this_evening": (0, 18, 20),
    "tomorrow_morning": (1, 9, 12),
    "tomorrow_afternoon": (1, 14, 18),
}
CALL_PARTS = frozenset(_PARTS)
"""What a key of a call-time question may offer."""


def fact_of(keys: str) -> str:
    """Keys as the end of an identity number: the star is its X."""
    return keys.replace("*", "X").upper()


def spoken_digits(text: str, digits: Mapping[str, str]) -> str:
    """The digits among the words, `X` included: 尾号幺二三四 → 1234."""
    return "".join(digits.get(char.lower(), "") for char in text)


def day_of(keys: str, today: date) -> date | None:
    """MMDD as the next such day, a day just past as that day; None when there is no such day."""
    if len(keys) != 4 or not keys.isdigit():
        return None
    month, day = int(keys[:2]), int(keys[2:])
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today - JUST_PAST:
            return found
    return None


def minor_of(keys: str, exponent: int) -> int | None:
    """Whole units keyed in, in minor units; None for nothing or zero."""
    if not keys.isdigit() or not int(keys) or len(keys) > 9:
        return None
    scale: int = 10**exponent
    return int(keys) * scale


def call_part(name: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The hours a key offers, as instants; this evening becomes tomorrow's once it has begun."""
    ahead, opens, closes = _PARTS[name]
    local = now.astimezone(zone)
    if ahead == 0 and local.hour >= opens:
        ahead = 1
    day = local.date() + ahead * _DAY
    return (
        datetime.combine(day, time(opens), zone),
        datetime.combine(day, time(closes), zone),
    )
