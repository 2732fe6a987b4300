"""DSO and CEI (应收账款周转天数, 催收有效性指数), for books of trade receivables.

DSO: receivables ÷ average daily credit sales. CEI: (opening + sales − closing) ÷ (opening + sales −
closing current). Sales are the claims the creditor's ledger charged in the period.
"""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums


def sales_outstanding(sums: Sums, stock: Stock, currency: str, days: int) -> Ratio:
    """In days: closing receivables × days ÷ sales of those days."""
    return Ratio(stock.closing.amount(currency) * days, sums.amount("charged", currency=currency))


def effectiveness(sums: Sums, stock: Stock, currency: str) -> Ratio:
    """1 when nothing that was due is left."""
    begun = stock.opening.amount(currency) + sums.amount("charged", currency=currency)
    return Ratio(
        begun - stock.closing.amount(currency),
        begun - stock.closing.amount(currency, overdue=False),
    )
