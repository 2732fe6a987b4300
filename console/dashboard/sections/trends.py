"""Day by day: what went out, what came back, what was collected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from console.dashboard.charts.columns import columns
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import count, d
from console.showing import money

_COUNTED = ("left", "reply", "promise_made", "handoff")

#: What is drawn: the name of its words, and the measures it adds up.
_DRAWN = ("left", "reply", "collected")


def table(report: Report) -> Table:
    """One line per day, the newest first; drawn on top of the page."""
    counts, money_of = _by_day(report)
    return Table(
        "days",
        d("days"),
        [
            Column(d("day")),
            *(Column(d(f"days.{measure}"), Kind.COUNT) for measure in _COUNTED),
            Column(d("days.collected"), Kind.MONEY),
        ],
        [
            Line(
                (
                    day.isoformat(),
                    *(counts[day, measure] for measure in _COUNTED),
                    money_of[day],
                )
            )
            for day in reversed(_days(report))
        ],
        currency=report.currency,
    )


def drawings(report: Report) -> list[tuple[str, str, Markup]]:
    """(title, total, drawing) of each line over time."""
    counts, money_of = _by_day(report)
    days = _days(report)
    found = []
    for measure in _DRAWN:
        values = [money_of[day] if measure == "collected" else counts[day, measure] for day in days]
        shown = [_shown(measure, value, report.currency) for value in values]
        title = d(f"days.{measure}")
        points = [
            (day, float(value), f"{day.isoformat()}: {told}")
            for day, value, told in zip(days, values, shown, strict=True)
        ]
        most = _shown(measure, max(values, default=0), report.currency)
        total = _shown(measure, sum(values), report.currency)
        found.append((title, total, columns(title, points, most)))
    return found


def _shown(measure: str, value: int, currency: str) -> str:
    return money(value, currency) if measure == "collected" else count(value)


def _days(report: Report) -> Sequence[date]:
    return [report.asked.first + timedelta(days=at) for at in range(report.asked.days)]


def _by_day(report: Report) -> tuple[Mapping[tuple[date, str], int], Mapping[date, int]]:
    counts: dict[tuple[date, str], int] = defaultdict(int)
    money_of: dict[date, int] = defaultdict(int)
    for row in report.days:
        counts[row.day, row.measure] += row.n
        if row.measure == "collected" and row.currency == report.currency:
            money_of[row.day] += row.amount
    return counts, money_of
