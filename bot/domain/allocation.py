"""How a payment is spread over debts: oldest due first, the rest is credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.facts import DebtFacts


@dataclass(frozen=True, slots=True)
class Spread:
    """`parts` maps debt ids to minor units > 0; `credit_minor` is what no debt took."""

    parts: dict[int, int]
    credit_minor: int


def oldest_first(amount_minor: int, debts: Sequence[DebtFacts]) -> Spread:
    """Spread `amount_minor` over `debts`. Raises ValueError for amounts of zero or less."""
    if amount_minor <= 0:
        raise ValueError("a payment is more than zero")
    parts: dict[int, int] = {}
    left = amount_minor
    for debt in sorted(debts, key=lambda debt: (debt.due_on, debt.debt_id)):
        share = min(left, debt.outstanding_minor)
        if share:
            parts[debt.debt_id] = share
            left -= share
    return Spread(parts, left)
