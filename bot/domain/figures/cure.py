"""Cure and self-cure (出催率, 自愈率): cases fully current ÷ cases delinquent; without a human."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums


def cure(sums: Sums, stock: Stock, *, alone: bool = False) -> Ratio:
    """Delinquencies that ended ÷ those on the eve of the period and those that began in it.

    A case that falls behind twice counts twice in both numbers.
    """
    ended = sums.n("cured", detail="alone") if alone else sums.n("cured")
    return Ratio(ended, stock.opening.n(overdue=True) + sums.n("fell"))
