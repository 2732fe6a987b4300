"""From held to collected, in cases and in money."""

from __future__ import annotations

from bot.domain.figures.funnel import funnel
from bot.domain.figures.recovery import collected
from console.dashboard.charts.bars import bar
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d
from console.showing import money


def table(report: Report) -> Table:
    """One line per step; each case counts once."""
    steps = funnel(report.sums, report.stock)
    return Table(
        "funnel",
        d("funnel"),
        [
            Column(d("funnel.step")),
            Column("", Kind.PLACE),
            Column(d("cases"), Kind.COUNT),
            Column(d("funnel.of_held"), Kind.SHARE, d("funnel.of_held.means")),
            Column(d("funnel.of_before"), Kind.SHARE, d("funnel.of_before.means")),
        ],
        [
            Line(
                (
                    d(f"step.{step.name}"),
                    bar(step.of_held.value or 0, d(f"step.{step.name}")),
                    step.of_held.part,
                    step.of_held,
                    step.of_before,
                ),
                hint=d(f"step.{step.name}.means"),
            )
            for step in steps
        ],
        note=d(
            "funnel.note", money=money(collected(report.sums, report.currency), report.currency)
        ),
    )
