"""What went out by channel and purpose, and what came of it."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d
from console.words import word


def table(report: Report) -> Table:
    """The most used first."""
    sums = report.sums
    places = sorted(
        {(cell.channel, cell.detail) for cell in sums.cells.get("left", ())},
        key=lambda place: (-sums.n("left", channel=place[0], detail=place[1]), place),
    )
    return Table(
        "channels",
        d("channels"),
        [
            Column(d("channel")),
            Column(d("purpose")),
            Column(d("channels.left"), Kind.COUNT, d("channels.left.means")),
            Column(d("channels.reached"), Kind.SHARE, d("channels.reached.means")),
            Column(d("channels.responded"), Kind.SHARE, d("responded.means")),
        ],
        [_line(report, *place) for place in places],
        empty=d("channels.empty"),
    )


def _line(report: Report, channel: str, purpose: str) -> Line:
    sums, where = report.sums, {"channel": channel, "detail": purpose}
    left = sums.n("left", **where)
    return Line(
        (
            word("channel", channel),
            word("purpose", purpose),
            left,
            Ratio(sums.n("reached", **where), left),
            Ratio(sums.n("responded", **where), left),
        )
    )
