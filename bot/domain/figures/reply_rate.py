"""Reply rate (回复率): cases that replied ÷ cases contacted."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def reply_rate(sums: Sums) -> Ratio:
    """In the same period; who replies to last week's message counts in this week's replies."""
    return Ratio(sums.n("replied"), sums.n("contacted"))
