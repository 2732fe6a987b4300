"""What contact cost, and what that is of what was collected."""

from __future__ import annotations

from bot.domain.figures.cost import NO_COST, Cost, CostRates, cost, cost_to_collect
from bot.domain.figures.recovery import collected
from bot.store.figures.reading import Row
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d, percent
from console.showing import money


def table(report: Report) -> Table:
    """Portfolios of the currency that is shown, at their own prices."""
    books = [book for book in report.asked.books if book["currency"] == report.currency]
    spent = sum((cost(report.used[book["id"]], _rates(book)) for book in books), NO_COST)
    came = collected(report.sums, report.currency)
    unpriced = [book["name"] for book in books if not any(_prices(book))]
    return Table(
        "cost",
        d("cost"),
        [
            Column(d("cost.what")),
            Column(d("cost.used"), Kind.COUNT),
            Column(d("cost.sum"), Kind.MONEY),
        ],
        _lines(report, spent, came, priced=len(unpriced) < len(books)),
        note=_note(report, spent, came, unpriced, priced=len(unpriced) < len(books)),
        currency=report.currency,
    )


def _lines(report: Report, spent: Cost, came: int, *, priced: bool) -> list[Line]:
    """Without any price nothing is said of the cost: zero would be a lie."""
    human = report.sums.amount("collected", currency=report.currency, detail="human")
    paid = report.sums.n("collected", currency=report.currency)
    return [
        Line((d("cost.segments"), spent.segments, spent.sms_minor if priced else "—")),
        Line((d("cost.minutes"), spent.minutes, spent.calls_minor if priced else "—")),
        Line((d("cost.handoffs"), spent.handoffs, spent.human_minor if priced else "—")),
        Line((d("cost.total"), "", spent.total if priced else "—"), "total"),
        Line((d("cost.collected"), paid, came), hint=d("cost.collected.means")),
        Line((d("cost.with_human"), "", human), hint=d("cost.with_human.means")),
    ]


def _note(report: Report, spent: Cost, came: int, unpriced: list[str], *, priced: bool) -> str:
    lacking = d("cost.unpriced", books="、".join(unpriced))
    if not priced:
        return lacking
    share = cost_to_collect(spent, came)
    told = d(
        "cost.note",
        share=percent(share),
        part=money(share.part, report.currency),
        whole=money(share.whole, report.currency),
    )
    return f"{told} {lacking}" if unpriced else told


def _rates(book: Row) -> CostRates:
    return CostRates(*_prices(book))


def _prices(book: Row) -> tuple[int, int, int]:
    names = ("segment_milli", "minute_milli", "handoff_milli")
    segment, minute, handoff = (book[name] or 0 for name in names)
    return segment, minute, handoff
