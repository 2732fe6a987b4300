"""Average days to collect (平均催收天数): from entry to payment, amount-weighted."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


def collect_days(sums: Sums, currency: str) -> Ratio:
    """Amount × days since the case came ÷ amount; refunds are not taken off."""
    return Ratio(
        sums.amount("collected_days", currency=currency),
        sums.amount("collected", currency=currency),
    )
