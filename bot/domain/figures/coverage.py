"""Coverage (覆盖率): cases contacted ÷ cases held. Intensity (触达频次): attempts per debtor."""

from __future__ import annotations

from bot.domain.figures.held import held_cases
from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums


def coverage(sums: Sums, stock: Stock) -> Ratio:
    """Cases with at least one attempt ÷ cases held in the period."""
    return Ratio(sums.n("contacted"), held_cases(sums, stock))


def per_day(sums: Sums) -> Ratio:
    """Attempts ÷ days on which a debtor was contacted, summed over debtors."""
    return Ratio(sums.n("left"), sums.n("contact_day"))


def per_week(sums: Sums, days: int) -> Ratio:
    """Attempts per debtor contacted and seven days: attempts × 7 ÷ (debtors × days)."""
    return Ratio(sums.n("left") * 7, sums.n("contacted") * days)
