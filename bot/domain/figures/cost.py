"""Cost to collect (催收成本率): carrier + human cost ÷ collected."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums


@dataclass(frozen=True, slots=True)
class CostRates:
    """Prices in thousandths of a minor unit."""

    segment_milli: int
    minute_milli: int
    handoff_milli: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What was used, and what it cost in minor units."""

    segments: int
    minutes: int
    handoffs: int
    sms_minor: int
    calls_minor: int
    human_minor: int

    @property
    def total(self) -> int:
        """Carrier and human."""
        return self.sms_minor + self.calls_minor + self.human_minor

    def __add__(self, other: Cost) -> Cost:
        """Of two portfolios."""
        return Cost(
            self.segments + other.segments,
            self.minutes + other.minutes,
            self.handoffs + other.handoffs,
            self.sms_minor + other.sms_minor,
            self.calls_minor + other.calls_minor,
            self.human_minor + other.human_minor,
        )


NO_COST = Cost(0, 0, 0, 0, 0, 0)


def cost(sums: Sums, rates: CostRates) -> Cost:
    """SMS segments, started call minutes and hand-offs taken, at the portfolio's prices."""
    segments = sums.amount("left", channel="sms")
    minutes = sums.amount("left", channel="voice")
    handoffs = sums.n("handoff_claimed")
    return Cost(
        segments,
        minutes,
        handoffs,
        round(segments * rates.segment_milli / 1000),
        round(minutes * rates.minute_milli / 1000),
        round(handoffs * rates.handoff_milli / 1000),
    )


def cost_to_collect(spent: Cost, collected_minor: int) -> Ratio:
    """Both in minor units."""
    return Ratio(spent.total, collected_minor)
