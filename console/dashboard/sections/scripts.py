"""Scripts compared where they stand in for one another, with an honest interval."""

from __future__ import annotations

from bot.domain.figures.scripts import ScriptLine, scripts
from console.dashboard.charts.whisker import whisker
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d, percent
from console.tiers import tier_label
from console.words import word


def table(report: Report) -> Table:
    """Grouped by purpose, tier and channel."""
    found = scripts(report.sums)
    most = max((line.high for line in found if line.verdict != "few"), default=1.0)
    return Table(
        "scripts",
        d("scripts"),
        [
            Column(d("purpose")),
            Column(d("tier")),
            Column(d("channel")),
            Column(d("scripts.script")),
            Column(d("channels.left"), Kind.COUNT, d("channels.left.means")),
            Column(d("channels.reached"), Kind.SHARE, d("channels.reached.means")),
            Column(d("channels.responded"), Kind.SHARE, d("responded.means")),
            Column(d("scripts.interval"), Kind.TEXT, d("scripts.interval.means")),
            Column("", Kind.PLACE),
            Column(d("scripts.verdict"), Kind.TEXT, d("scripts.verdict.means")),
        ],
        [_line(report, line, most) for line in found],
        note=d("scripts.note"),
        empty=d("channels.empty"),
        wide=True,
    )


def _line(report: Report, line: ScriptLine, most: float) -> Line:
    value = line.responded.value or 0.0
    interval = f"{line.low:.1%} – {line.high:.1%}"
    told = f"{percent(line.responded)} ({interval})"
    few = line.verdict == "few"
    return Line(
        (
            word("purpose", line.purpose),
            _tier(report, line.tier),
            word("channel", line.channel),
            line.script,
            line.responded.whole,
            line.reached,
            line.responded,
            interval,
            "" if few else whisker(line.low, value, line.high, most, told),
            d(f"verdict.{line.verdict}"),
        ),
        "pale" if few else "",
    )


def _tier(report: Report, key: str) -> str:
    """The label that any of the portfolios' cadences gives it."""
    for book in report.asked.books:
        label = tier_label(report.playbook, book["cadence"], key)
        if label != key:
            return label
    return key
