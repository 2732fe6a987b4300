"""Promises due in the period: kept, partly kept, broken, still waiting."""

from __future__ import annotations

from bot.domain.figures.keeping_word import ENDED, ended, paid_of_promised, waiting
from bot.domain.figures.ratio import Ratio
from console.dashboard.charts.bars import stacked
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import count, d, percent
from console.showing import money

_TONES = {"kept": "good", "partial": "fair", "broken": "bad", "open": "pale"}


def table(report: Report) -> Table:
    """One line per outcome."""
    sums, currency = report.sums, report.currency
    lines = [_line(report, how) for how in ENDED]
    lines.append(Line((d("promise.open"), waiting(sums), "", _sum(report, "open"), "")))
    made = Line(
        (
            d("promises.made"),
            sums.n("promise_made"),
            "",
            sums.amount("promise_made", currency=currency),
            "",
        ),
        "total",
    )
    whole = paid_of_promised(sums, currency)
    parts = [(how, ended(sums, how).part) for how in ENDED] + [("open", waiting(sums))]
    return Table(
        "promises",
        d("promises"),
        [
            Column(d("promises.state")),
            Column(d("promises.count"), Kind.COUNT),
            Column(d("promises.share"), Kind.SHARE, d("promises.share.means")),
            Column(d("promises.sum"), Kind.MONEY),
            Column(d("promises.paid"), Kind.MONEY),
        ],
        [*lines, made],
        note=d(
            "promises.note",
            paid=money(whole.part, currency),
            promised=money(whole.whole, currency),
            share=percent(whole),
        ),
        chart=stacked(
            d("promises"),
            [(_TONES[how], n, f"{d(f'promise.{how}')} {count(n)}") for how, n in parts],
        ),
        currency=currency,
    )


def _line(report: Report, how: str) -> Line:
    share: Ratio = ended(report.sums, how)
    paid = report.sums.amount("promise_paid", detail=how, currency=report.currency)
    return Line((d(f"promise.{how}"), share.part, share, _sum(report, how), paid))


def _sum(report: Report, how: str) -> int:
    return report.sums.amount("promise_due", detail=how, currency=report.currency)
