"""Replies by what was read in them, acted on without a human, corrected."""

from __future__ import annotations

from bot.domain.figures.understanding import acted_alone, corrected
from console.dashboard.charts.bars import bar
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d
from console.words import word


def table(report: Report) -> Table:
    """The most frequent intent first, all of them at the end."""
    sums = report.sums
    intents = sums.values("reply", "detail")
    most = max((sums.n("reply", detail=intent) for intent in intents), default=0) or 1
    lines = []
    for intent in intents:
        n, name = sums.n("reply", detail=intent), word("intent", intent or "other")
        lines.append(
            Line(
                (
                    name,
                    bar(n / most, name),
                    n,
                    acted_alone(sums, detail=intent),
                    corrected(sums, detail=intent),
                )
            )
        )
    whole = Line((d("all"), "", sums.n("reply"), acted_alone(sums), corrected(sums)), "total")
    return Table(
        "replies",
        d("replies"),
        [
            Column(d("intent")),
            Column("", Kind.PLACE),
            Column(d("replies.count"), Kind.COUNT),
            Column(d("replies.alone"), Kind.SHARE, d("replies.alone.means")),
            Column(d("replies.corrected"), Kind.SHARE, d("replies.corrected.means")),
        ],
        [*lines, whole] if lines else [],
        empty=d("replies.empty"),
    )
