"""What counting the figures of the desk needs from storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TierRange:
    """The days past due that a cadence's tier spans, both ends included; None is open."""

    cadence: str
    key: str
    from_day: int | None
    to_day: int | None


@dataclass(frozen=True, slots=True)
class Books:
    """Portfolios whose days begin and end together, and the first day any of them has."""

    zone: str
    ids: tuple[int, ...]
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """When a day was last counted and how long that took."""

    at: datetime
    took_ms: int


@dataclass(frozen=True, slots=True)
class DayOrder:
    """One day to count. `since` and `until` are its bounds, `now` the portfolios' clock."""

    zone: str
    ids: tuple[int, ...]
    day: date
    since: datetime
    until: datetime
    now: datetime
    pace: str  #: quick or slow


class FigureStore(Protocol):
    """The counts of every day."""

    def books(self, *, livemode: bool) -> Sequence[Books]:
        """Portfolios that have cases, by zone."""
        ...

    def counted(self, books: Books, pace: str) -> Mapping[date, Counted]:
        """By day: the oldest count of any of the portfolios; days some of them lack are left out."""
        ...

    def count_day(self, order: DayOrder, tiers: Sequence[TierRange]) -> bool:
        """Count the day anew, in place of what was counted; False when somebody else is at it."""
        ...

    def save_took(self, order: DayOrder, took_ms: int) -> None:
        """How long counting the day took."""
        ...
