"""Local time at the speed of a table look-up: cached zones, day starts, next wall-clock times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The IANA zone, or None when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown key, bad key, a folder of zones
        return None


@lru_cache(maxsize=4096)
def day_start(where: ZoneInfo, day: date) -> datetime:
    """The first instant (UTC) of a local day; a midnight that is skipped starts later."""
    return datetime.combine(day, time(), where).astimezone(UTC)


@lru_cache(maxsize=4096)
def next_wall_time(after: datetime, where: ZoneInfo, minute: int) -> datetime:
    """The first instant later than `after` (UTC) at which a local day's `minute` strikes.

    A wall time the clocks skip strikes an hour later; one they repeat strikes twice.
    """
    today = after.astimezone(where).date()
    for day in (today, today + _DAY, today + _DAY * 2):
        for fold in (0, 1):
            strike = _at(day, minute, where, fold)
            if strike > after:
                return strike
    raise ArithmeticError("a wall time must strike within two days")


def _at(day: date, minute: int, where: ZoneInfo, fold: int) -> datetime:
    wall = datetime(day.year, day.month, day.day, tzinfo=where, fold=fold)
    return wall.replace(hour=minute // 60, minute=minute % 60).astimezone(UTC)
