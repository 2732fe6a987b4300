"""What a portfolio must have filled in before its scripts can be sent."""

from __future__ import annotations

from bot.domain.facts import PortfolioFacts
from bot.scripts.render import SIGNATURE_MAX, SIGNATURE_MIN


def missing_from(portfolio: PortfolioFacts) -> tuple[str, ...]:
    """One line per gap, each with its remedy; empty when every script can be filled.

    The repayment account may be missing: the link takes its place where a route allows links.
    """
    gaps = []
    if not SIGNATURE_MIN <= len(portfolio.signature) <= SIGNATURE_MAX or (
        set("【】") & set(portfolio.signature)
    ):
        limits = f"{SIGNATURE_MIN} to {SIGNATURE_MAX} characters without 【】"
        gaps.append(f"signature {portfolio.signature!r}: set one of {limits}")
    for field, why in (
        ("creditor", "a message says who is owed"),
        ("phone", "a debtor must be able to call the desk"),
        ("complaint_phone", "the answer to a complaint names it"),
    ):
        if not getattr(portfolio, field).strip():
            gaps.append(f"{field} is empty: set it, {why}")
    return tuple(gaps)
