"""Balances by tier at both ends of the period, and what rolled on."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.domain.figures.roll import rolls
from console.dashboard.charts.bars import stacked
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d
from console.showing import money
from console.tiers import label_of


def table(report: Report) -> Table:
    """In the order of the cadence; portfolios with another cadence follow with their own tiers."""
    lines: list[Line] = []
    labels = _ladders(report)
    for ladder in labels:
        lines += _ladder(report, ladder)
    return Table(
        "tiers",
        d("tiers"),
        [
            Column(d("tier")),
            Column(d("tiers.then"), Kind.COUNT, d("tiers.then.means")),
            Column(d("tiers.then_sum"), Kind.MONEY, d("tiers.then.means")),
            Column(d("tiers.now"), Kind.COUNT, d("tiers.now.means")),
            Column(d("tiers.now_sum"), Kind.MONEY, d("tiers.now.means")),
            Column(d("tiers.roll"), Kind.MONEY_RATIO, d("tiers.roll.means")),
        ],
        lines,
        note=d(
            "tiers.note", first=report.asked.first.isoformat(), last=report.asked.last.isoformat()
        ),
        chart=_chart(report, labels),
        currency=report.currency,
        wide=True,
    )


def _ladders(report: Report) -> list[Sequence[tuple[str, str]]]:
    """(key, label) of each cadence's tiers; tiers two cadences share are shown once."""
    seen: set[str] = set()
    found = []
    for name in dict.fromkeys(book["cadence"] for book in report.asked.books):
        cadence = report.playbook.cadences.get(name)
        tiers = [(tier.key, label_of(tier)) for tier in cadence.tiers] if cadence else []
        found.append([(key, label) for key, label in tiers if key not in seen])
        seen |= {key for key, _ in tiers}
    return [ladder for ladder in found if ladder]


def _ladder(report: Report, ladder: Sequence[tuple[str, str]]) -> list[Line]:
    stock, currency = report.stock, report.currency
    onward = {roll.tier: roll.rate for roll in rolls(stock, [key for key, _ in ladder], currency)}
    return [
        Line(
            (
                label,
                stock.opening.n(tier=key),
                stock.opening.amount(currency, tier=key),
                stock.closing.n(tier=key),
                stock.closing.amount(currency, tier=key),
                onward.get(key, ""),
            )
        )
        for key, label in ladder
    ]


def _chart(report: Report, ladders: Sequence[Sequence[tuple[str, str]]]) -> Markup:
    tiers = [tier for ladder in ladders for tier in ladder]
    parts = [
        (
            f"s{min(at, 6)}",
            float(report.stock.closing.amount(report.currency, tier=key)),
            f"{label} {money(report.stock.closing.amount(report.currency, tier=key), report.currency)}",
        )
        for at, (key, label) in enumerate(tiers)
    ]
    return stacked(d("tiers.now_sum"), parts)
