"""Hand-off SLA (转人工时效): claimed within the deadline ÷ opened."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def claimed_in_time(sums: Sums, **where: object) -> Ratio:
    """Of hand-offs opened in the period; those whose deadline is still ahead count as opened."""
    return Ratio(sums.n("handoff_in_time", **where), sums.n("handoff", **where))


def moot(sums: Sums) -> int:
    """Closed before anybody had to take them: the case was paid, for example."""
    return sums.n("handoff_moot")
