"""Dispute, complaint, opt-out, wrong-number rate (异议率, 投诉率, 退订率, 错号率): ÷ debtors contacted."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums

KINDS = ("disputed", "complained", "opted_out", "wrong_number")


def rate(sums: Sums, kind: str) -> Ratio:
    """Of one of `KINDS`; a debtor is one case of one portfolio and counts once in the period."""
    return Ratio(sums.n(kind), sums.n("contacted"))
