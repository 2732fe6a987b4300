"""What the contact rules ask of a portfolio's calls."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bot.domain.call.context import Duties
from bot.domain.facts import PortfolioFacts
from bot.domain.gate.rules import CallDuty, Pack
from bot.domain.gate.ruleset import BASE
from bot.policy.rulebook import packs


def duties(portfolio: PortfolioFacts) -> Duties:
    """The duties of a portfolio's calls, the strictest of its packs. Raises UnknownPackError."""
    return _duties(portfolio.packs, portfolio.collector_kind)


@lru_cache(maxsize=64)
def _duties(pack_ids: tuple[str, ...], collector_kind: str) -> Duties:
    return duties_of(packs().chosen(pack_ids), collector_kind)


def leaves_message(portfolio: PortfolioFacts) -> bool:
    """Whether a machine is left a name and a number: the packs allow it, and there is a name."""
    return bool(portfolio.contact_name) and duties(portfolio).voicemail


def duties_of(chosen: Iterable[Pack], collector_kind: str) -> Duties:
    """What any pack asks is asked; a message may be left only where every pack allows it."""
    named = {pack.id: _asked(pack, collector_kind) for pack in chosen}
    everything = frozenset[CallDuty]().union(*named.values())
    own = [asked for pack_id, asked in named.items() if pack_id != BASE]
    return Duties(
        ai_notice=CallDuty.AI_NOTICE in everything,
        record_notice=CallDuty.RECORD_NOTICE in everything,
        collector_notice=CallDuty.COLLECTOR_NOTICE in everything,
        voicemail=bool(own) and all(CallDuty.VOICEMAIL in asked for asked in own),
    )


def _asked(pack: Pack, collector_kind: str) -> frozenset[CallDuty]:
    rules = (rule for rule in pack.rules if collector_kind in rule.scope.collector_kinds)
    return frozenset[CallDuty]().union(*(rule.call for rule in rules))
