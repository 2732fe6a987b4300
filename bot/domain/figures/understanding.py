"""Understanding (理解率): replies acted on without a human ÷ replies; corrections ÷ replies."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def acted_alone(sums: Sums, **where: object) -> Ratio:
    """Reading them handed nothing over, and no human had the case."""
    return Ratio(sums.n("reply_alone", **where), sums.n("reply", **where))


def corrected(sums: Sums, **where: object) -> Ratio:
    """A collector's correction that says something else stands."""
    return Ratio(sums.n("reply_corrected", **where), sums.n("reply", **where))
