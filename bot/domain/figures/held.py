"""Cases held: those open on the eve of the period and those that came in it."""

from __future__ import annotations

from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums


def held_cases(sums: Sums, stock: Stock) -> int:
    """How many."""
    return stock.opening.n() + sums.n("entered")
