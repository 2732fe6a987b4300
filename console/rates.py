"""How well replies are understood, as the page shows it: every rate with its two numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.rates import IntentCount
from console.words import t, word


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole`; `percent` is empty when there is nothing to divide by."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        """`96.0%`."""
        return f"{self.part / self.whole:.1%}" if self.whole else "—"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One intent, or all of them."""

    name: str
    alone: Rate
    corrected: Rate
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
    total = RateLine(t("rates.all"), Rate(alone, replies), Rate(corrected, replies))
    return RatesView(total, [_line(count) for count in counts])


def _line(count: IntentCount) -> RateLine:
    meant = word("intent", count.meant) if count.meant != count.intent else ""
    return RateLine(
        word("intent", count.intent),
        Rate(count.alone, count.replies),
        Rate(count.corrected, count.replies),
        meant,
    )
