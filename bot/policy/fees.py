"""Whether the desk may add a fee of its own to a debt, as the portfolio's packs say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bot.domain.facts import PortfolioFacts
from bot.domain.gate.rules import FeeDuty, Pack, Rule
from bot.policy.rulebook import packs


def refused_fees(portfolio: PortfolioFacts) -> str | None:
    """The rule that refuses fees, an empty string where no pack allows any; None: allowed.

    Raises UnknownPackError.
    """
    return _refused(portfolio.packs, portfolio.collector_kind)


@lru_cache(maxsize=64)
def _refused(pack_ids: tuple[str, ...], collector_kind: str) -> str | None:
    return refused_by(packs().chosen(pack_ids), collector_kind)


def refused_by(chosen: Iterable[Pack], collector_kind: str) -> str | None:
    """One pack that refuses is enough, and one has to allow them: silence is no permission."""
    rules = [rule for pack in chosen for rule in pack.rules if _binds(rule, collector_kind)]
    for rule in rules:
        if rule.fees is FeeDuty.NONE:
            return rule.id
    return None if any(rule.fees is FeeDuty.AGREED for rule in rules) else ""


def _binds(rule: Rule, collector_kind: str) -> bool:
    return collector_kind in rule.scope.collector_kinds
