"""Counts the desk's figures by day, so that the dashboard never reads the history itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.figures.schedule import QUICK, SLOW, Pace, days_back, is_due
from bot.flows.playbook import Playbook, zone_of
from bot.flows.ports.figures import Books, DayOrder, FigureStore, TierRange
from bot.flows.ports.transactions import Clock


@dataclass(frozen=True)
class Figures:
    """One transaction per day and pace: a day is counted as a whole or not at all."""

    transactions: Callable[[], AbstractContextManager[FigureStore]]
    clock: Clock
    playbook: Playbook
    stopwatch: Callable[[], float]  #: seconds

    def run(self, *, livemode: bool) -> int:
        """Count every day that is due, newest first; returns how many counts were made."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            found = store.books(livemode=livemode)
        return sum(self._catch_up(books, pace, now) for books in found for pace in (QUICK, SLOW))

    def recount(self, first: date, last: date, *, livemode: bool) -> int:
        """Count these days anew, whatever was counted before; returns how many counts."""
        now, made = self.clock.now(livemode=livemode), 0
        with self.transactions() as store:
            found = store.books(livemode=livemode)
        for books in found:
            today = now.astimezone(zone_of(books.zone)).date()
            for day in days_back(first, min(last, today)):
                made += sum(self._count(books, pace, day, now) for pace in (QUICK, SLOW))
        return made

    def _catch_up(self, books: Books, pace: Pace, now: datetime) -> int:
        zone = zone_of(books.zone)
        today, first = now.astimezone(zone).date(), books.first_at.astimezone(zone).date()
        with self.transactions() as store:
            done = store.counted(books, pace.name)
        return sum(
            self._count(books, pace, day, now)
            for day in days_back(first, today)
            if is_due(pace, day, today, _begins(day + _DAY, books.zone), done.get(day), now)
        )

    def _count(self, books: Books, pace: Pace, day: date, now: datetime) -> bool:
        since, until = _begins(day, books.zone), _begins(day + _DAY, books.zone)
        order = DayOrder(books.zone, books.ids, day, since, until, now, pace.name)
        began = self.stopwatch()
        with self.transactions() as store:
            if not store.count_day(order, self._tiers()):
                return False
            store.save_took(order, round((self.stopwatch() - began) * 1000))
        return True

    def _tiers(self) -> Sequence[TierRange]:
        return [
            TierRange(name, tier.key, tier.from_day, tier.to_day)
            for name, cadence in self.playbook.cadences.items()
            for tier in cadence.tiers
        ]


_DAY = timedelta(days=1)


def _begins(day: date, zone: str) -> datetime:
    """The instant a day begins where the portfolio is."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))
