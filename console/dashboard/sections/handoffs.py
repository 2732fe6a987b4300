"""Hand-offs by reason, and whether they were claimed in time."""

from __future__ import annotations

from bot.domain.figures.handoff_sla import claimed_in_time, moot
from console.dashboard.charts.bars import bar
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import count, d
from console.words import reason_word


def table(report: Report) -> Table:
    """The most frequent reason first."""
    sums = report.sums
    reasons = sums.values("handoff", "detail")
    most = max((sums.n("handoff", detail=reason) for reason in reasons), default=0) or 1
    lines = []
    for reason in reasons:
        n, name = sums.n("handoff", detail=reason), reason_word(reason)
        late = sums.n("handoff_late", detail=reason)
        share = claimed_in_time(sums, detail=reason)
        lines.append(Line((name, bar(n / most, name), n, share, late)))
    whole = (d("all"), "", sums.n("handoff"), claimed_in_time(sums), sums.n("handoff_late"))
    return Table(
        "handoffs",
        d("handoffs"),
        [
            Column(d("reason")),
            Column("", Kind.PLACE),
            Column(d("handoffs.opened"), Kind.COUNT),
            Column(d("handoffs.in_time"), Kind.SHARE, d("handoffs.in_time.means")),
            Column(d("handoffs.late"), Kind.COUNT, d("handoffs.late.means")),
        ],
        [*lines, Line(whole, "total")] if lines else [],
        note=d("handoffs.note", moot=count(moot(sums))),
        empty=d("handoffs.empty"),
    )
