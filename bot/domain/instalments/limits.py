"""What a portfolio allows: periods, sums, the first payment. Data of the portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.domain.instalments.schedule import Part, monthly


@dataclass(frozen=True, slots=True)
class Limits:
    """A portfolio's terms. The defaults grant nothing without a human who may.

    `reduction_minor` and `reduction_percent` are what a collector may waive at once: both bind.
    `fee_minor` is the most the desk may charge in fees on one debt.
    """

    most_periods: int = 0
    least_minor: int = 0  #: of each instalment
    first_within_days: int = 7
    first_percent: int = 0  #: of the whole, with the first instalment
    accept_by_rule: bool = False
    broken_after: int = 2
    reduction_minor: int = 0
    reduction_percent: int = 0
    fee_minor: int = 0

    def may_waive(self, amount_minor: int, owed_minor: int) -> bool:
        """Whether a reduction needs nobody else's approval."""
        share = owed_minor * self.reduction_percent
        return amount_minor <= self.reduction_minor and amount_minor * 100 <= share

    def widest(self, total_minor: int, today: date) -> tuple[Part, ...]:
        """The plan with the most parts that is allowed; empty when none is."""
        for periods in range(self.most_periods, 1, -1):
            parts = self.fitting(total_minor, periods, today)
            if parts:
                return parts
        return ()

    def fitting(self, total_minor: int, periods: int, today: date) -> tuple[Part, ...]:
        """A plan in so many parts as late as allowed; empty when none is."""
        if periods < 2 or total_minor < periods:
            return ()
        first = today + timedelta(days=self.first_within_days)
        asked = -(-total_minor * self.first_percent // 100)
        even = total_minor // periods + total_minor % periods
        wanted = asked if asked > even else None
        if wanted is not None and total_minor - wanted < periods - 1:
            return ()
        parts = monthly(total_minor, periods, first, wanted)
        return () if objections(parts, total_minor, self, today) else parts


def objections(
    parts: Sequence[Part], total_minor: int, limits: Limits, today: date
) -> tuple[str, ...]:
    """Codes of what speaks against a plan: what no plan may be first, then the limits."""
    return tuple(
        dict.fromkeys((*_wrong(parts, total_minor, today), *_beyond(parts, limits, today)))
    )


def impossible(parts: Sequence[Part], total_minor: int, today: date) -> tuple[str, ...]:
    """What no limit could allow: sums that do not add up, days out of order or over."""
    return tuple(dict.fromkeys(_wrong(parts, total_minor, today)))


def _wrong(parts: Sequence[Part], total_minor: int, today: date) -> Iterator[str]:
    if len(parts) < 2:
        yield "too_few"
    if any(part.amount_minor <= 0 for part in parts):
        yield "not_positive"
    if sum(part.amount_minor for part in parts) != total_minor:
        yield "sum_differs"
    if any(later.due_on <= earlier.due_on for earlier, later in pairwise(parts)):
        yield "out_of_order"
    if parts and parts[0].due_on < today:
        yield "in_the_past"


def _beyond(parts: Sequence[Part], limits: Limits, today: date) -> Iterator[str]:
    if len(parts) > limits.most_periods:
        yield "too_many"
    if any(part.amount_minor < limits.least_minor for part in parts):
        yield "below_least"
    if not parts:
        return
    total = sum(part.amount_minor for part in parts)
    if parts[0].due_on > today + timedelta(days=limits.first_within_days):
        yield "first_late"
    if parts[0].amount_minor * 100 < total * limits.first_percent:
        yield "first_small"
