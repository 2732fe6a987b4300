"""Recovery rate (回款率): collected ÷ outstanding at entry."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums


def collected(sums: Sums, currency: str) -> int:
    """What came in, less what went back in the same period, in minor units."""
    return sums.amount("collected", currency=currency) - sums.amount("returned", currency=currency)


def recovery(sums: Sums, stock: Stock, currency: str) -> Ratio:
    """Collected ÷ (outstanding on the eve of the period + claims that came in it)."""
    came = sums.amount("charged", currency=currency) - sums.amount("paid_before", currency=currency)
    return Ratio(collected(sums, currency), stock.opening.amount(currency) + came)
