"""RPC rate (本人接通率): right-party contacts ÷ people reached."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def right_party(sums: Sums) -> Ratio:
    """Cases whose debtor is known to have been there ÷ cases where somebody was reached."""
    return Ratio(sums.n("right_party"), sums.n("met"))
