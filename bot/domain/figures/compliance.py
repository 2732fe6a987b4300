"""Compliance (合规拦截数, 违规数): touches deferred or denied by rule; attempts outside a rule."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.figures.sums import Sums


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule held back."""

    rule: str
    deferred: int
    denied: int


def held_back(sums: Sums) -> list[Rule]:
    """By rule, most active first."""
    names = {*sums.values("deferred", "detail"), *sums.values("denied", "detail")}
    found = [
        Rule(name, sums.n("deferred", detail=name), sums.n("denied", detail=name)) for name in names
    ]
    return sorted(found, key=lambda rule: (-rule.deferred - rule.denied, rule.rule))


def outside(sums: Sums) -> int:
    """Attempts no rule had let through. Must be 0."""
    return sums.n("outside")
