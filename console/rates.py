"""How well replies are understood, as the page shows it: every rate with its two numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.figures.ratio import Ratio
from bot.store.rates import IntentCount
from console.words import t, word


@dataclass(frozen=True, slots=True)
class RateLine:
    """One intent, or all of them."""

    name: str
    alone: Ratio
    corrected: Ratio
    meant: str = ""


@dataclass(frozen=True, slots=True)
class RatesView:
    """The page."""

    total: RateLine
    lines: Sequence[RateLine]


def view_rates(counts: Sequence[IntentCount]) -> RatesView:
    """Lines by intent in the order given, and their sum."""
    replies = sum(count.replies for count in counts)
    alone = sum(count.alone for count in counts)
    corrected = sum(count.corrected for count in counts)
    total = RateLine(t("rates.all"), Ratio(alone, replies), Ratio(corrected, replies))
    return RatesView(total, [_line(count) for count in counts])


def _line(count: IntentCount) -> RateLine:
    meant = word("intent", count.meant) if count.meant != count.intent else ""
    return RateLine(
        word("intent", count.intent),
        Ratio(count.alone, count.replies),
        Ratio(count.corrected, count.replies),
        meant,
    )
