"""What a cadence calls its tiers."""

from __future__ import annotations

from bot.domain.cadence import Tier
from bot.flows.playbook import Playbook
from console.words import ENGLISH, language


def tier_label(playbook: Playbook, cadence: str, key: str | None) -> str:
    """`逾期1–5天`, `D1–5 late`; the key itself when the cadence has changed since, empty for none."""
    if key is None or cadence not in playbook.cadences:
        return key or ""
    found = (tier for tier in playbook.cadences[cadence].tiers if tier.key == key)
    return next(map(label_of, found), key)


def label_of(tier: Tier) -> str:
    """In the language of the page."""
    return tier.label_en if language() == ENGLISH else tier.label_zh
