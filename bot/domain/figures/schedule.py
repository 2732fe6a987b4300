"""Which days have to be counted again, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

#: A share of one core: counting the running day waits ten times as long as it took the last time.
_REST = 10

#: Reports, corrections and 24-hour answers still arrive for days that are over: product choice.
_SOON, _LATE = 3, 40

#: How far back a desk that was switched on is counted.
FURTHEST = 400


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a day's counts are made anew, by the day's age."""

    name: str
    today: timedelta
    soon: timedelta | None  #: up to three days back; None: once, after the day's end
    late: timedelta | None  #: up to forty days back


QUICK = Pace("quick", timedelta(seconds=15), timedelta(hours=1), timedelta(days=1))
SLOW = Pace("slow", timedelta(hours=1), timedelta(hours=12), None)


class _Done(Protocol):
    @property
    def at(self) -> datetime: ...

    @property
    def took_ms(self) -> int: ...


def is_due(
    pace: Pace, day: date, today: date, ended: datetime, done: _Done | None, now: datetime
) -> bool:
    """Whether `day`, which ended (or will end) at `ended`, has to be counted now.

    A day that was never counted, or only while it ran, is due; so is one counted by a clock that
    stood later than now.
    """
    if done is None or done.at > now:
        return True
    age = (today - day).days
    if age <= 0:
        return now - done.at >= max(pace.today, timedelta(milliseconds=done.took_ms * _REST))
    if done.at < ended:
        return True
    again = pace.soon if age <= _SOON else pace.late if age <= _LATE else None
    return again is not None and now - done.at >= again


def days_back(first: date, today: date) -> Iterator[date]:
    """From today back to the first day, at most `FURTHEST` days."""
    for age in range(min((today - first).days, FURTHEST) + 1):
        yield today - timedelta(days=age)
