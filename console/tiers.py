"""What a cadence calls its tiers."""

from __future__ import annotations

from bot.flows.playbook import Playbook


def tier_label(playbook: Playbook, cadence: str, key: str | None) -> str:
    """`逾期1–5天`; the key itself when the cadence has changed since, empty for none."""
    if key is None or cadence not in playbook.cadences:
        return key or ""
    labels = {tier.key: tier.label_zh for tier in playbook.cadences[cadence].tiers}
    return labels.get(key, key)
