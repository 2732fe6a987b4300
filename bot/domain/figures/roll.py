"""Roll rate (迁徙率): balance now in tier n+1 ÷ balance in tier n last period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock


@dataclass(frozen=True, slots=True)
class Roll:
    """From a tier to the next one; amounts in minor units."""

    tier: str
    onward: str
    rate: Ratio


def rolls(stock: Stock, tiers: Sequence[str], currency: str) -> list[Roll]:
    """For each tier but the last, in the order of the cadence; the period is the one chosen.

    A balance, not a path: what is in the next tier now need not have been in this one then. Where
    the period is longer than a tier, money may have come from an earlier one.
    """
    return [
        Roll(
            tier,
            onward,
            Ratio(
                stock.closing.amount(currency, tier=onward),
                stock.opening.amount(currency, tier=tier),
            ),
        )
        for tier, onward in pairwise(tiers)
    ]
