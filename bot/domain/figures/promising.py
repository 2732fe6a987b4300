"""PTP rate (承诺还款率): cases promising ÷ right-party contacts."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def promising(sums: Sums) -> Ratio:
    """Cases, each counted once in the period."""
    return Ratio(sums.n("promised"), sums.n("right_party"))
