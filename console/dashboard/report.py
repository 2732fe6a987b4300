"""Everything one view of the dashboard is made from, read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums
from bot.flows.playbook import Playbook, zone_of
from bot.store.figures.reading import DayCount, FigureViews, Row
from console.dashboard.asked import Asked


@dataclass(frozen=True)
class Report:
    """Counts, balances, days and what waits right now."""

    asked: Asked
    playbook: Playbook
    sums: Sums
    stock: Stock
    days: Sequence[DayCount]
    used: Mapping[int, Sums]  #: by portfolio: what its cost is made of
    work: Row
    as_of: datetime | None

    @property
    def currency(self) -> str:
        """The one whose money is shown."""
        return self.asked.currency


def read_report(views: FigureViews, asked: Asked, playbook: Playbook) -> Report:
    """A fixed number of queries, whatever is asked."""
    ids, first, last = asked.ids, asked.first, asked.last
    tomorrow = asked.today + timedelta(days=1)
    until = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone_of(asked.zone))
    return Report(
        asked=asked,
        playbook=playbook,
        sums=views.sums(ids, first, last),
        stock=views.stock(ids, first, last),
        days=views.days(ids, first, last),
        used=views.used(ids, first, last),
        work=views.work(ids, asked.now, asked.today, until),
        as_of=views.as_of(ids),
    )
