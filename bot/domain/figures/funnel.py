"""The way from held to collected, in cases; each counted once in the period."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.figures.held import held_cases
from bot.domain.figures.ratio import Ratio
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums

#: What can happen to a case on the way, in order; `met` is reached.
STEPS = ("contacted", "met", "right_party", "promised", "paid")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: of all cases held, and of those of the step before."""

    name: str
    of_held: Ratio
    of_before: Ratio


def funnel(sums: Sums, stock: Stock) -> list[Step]:
    """From held to paid. Some pay unasked, so a later step can hold more than the one before."""
    held = held_cases(sums, stock)
    steps, before = [Step("held", Ratio(held, held), Ratio(held, held))], held
    for name in STEPS:
        count = sums.n(name)
        steps.append(Step(name, Ratio(count, held), Ratio(count, before)))
        before = count
    return steps
