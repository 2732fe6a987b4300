"""Kept and broken (承诺兑现率, 跳票率): promises paid in full by date + grace ÷ promises due."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums

#: How a promise can have ended.
ENDED = ("kept", "partial", "broken")


def ended(sums: Sums, how: str) -> Ratio:
    """Promises due in the period that ended so ÷ those that are decided; partials stand apart.

    A promise whose grace still runs is not decided and is shown beside (`waiting`).
    """
    decided = sum(sums.n("promise_due", detail=state) for state in ENDED)
    return Ratio(sums.n("promise_due", detail=how), decided)


def waiting(sums: Sums) -> int:
    """Promises due in the period whose grace still runs."""
    return sums.n("promise_due", detail="open")


def paid_of_promised(sums: Sums, currency: str) -> Ratio:
    """What came in on promises due ÷ what they were for, in minor units."""
    return Ratio(
        sums.amount("promise_paid", currency=currency),
        sums.amount("promise_due", currency=currency),
    )
