"""Contact rate (触达率, 接通率): delivered SMS ÷ sent; answered calls ÷ placed; shown apart."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def contact(sums: Sums, channel: str) -> Ratio:
    """Of one channel, `sms` or `voice`; a message whose fate is unknown counts as sent."""
    return Ratio(sums.n("reached", channel=channel), sums.n("left", channel=channel))
