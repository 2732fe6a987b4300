"""Packs and routes compiled for one portfolio: the strictest of everything, ready to judge by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from bot.domain.gate.frequency import CapCheck
from bot.domain.gate.hours import HoursCheck, InconvenientCheck
from bot.domain.gate.refusals import FACTS, HOUSE_FACTS, lacks
from bot.domain.gate.routes import ELSEWHERE, Route, RouteTable
from bot.domain.gate.rules import (
    COLLECTOR_KINDS,
    Cap,
    ForbidWhen,
    Hours,
    InconvenientHours,
    Pack,
    RequireContent,
    Rule,
)
from bot.domain.gate.sight import Sight
from bot.domain.vocabulary import Channel, Purpose, SenderKind

#: The pack of the product's own rules; part of every rule set.
BASE = "base"

_TURNS = {fact: turn for turn, fact in enumerate(FACTS)}

_Key = tuple[Channel, Purpose, str, str]


class RefusalCheck(NamedTuple):
    """A rule that refuses outright; `test` answers an empty string when it does not."""

    test: Callable[[Sight, Any], str]
    condition: ForbidWhen | RequireContent
    rule: Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """The checks that bind one kind of proposal, in the order in which they are asked."""

    refusals: tuple[RefusalCheck, ...]
    caps: tuple[CapCheck, ...]
    hours: tuple[HoursCheck | InconvenientCheck, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What `judge` judges by, for one portfolio. Made by `compile_rules`."""

    version: str  #: `base@1,cn@2026-03-01,routes@1`
    packs: frozenset[str]
    sender_kind: SenderKind
    livemode: bool
    rules: tuple[Rule, ...]
    routes: Mapping[tuple[str, Channel], Route]
    routes_stamp: str
    us_states: frozenset[str]
    plans: Mapping[_Key, Plan]

    def plan(self, channel: Channel, purpose: Purpose, collector_kind: str, state: str) -> Plan:
        """The checks for one kind of proposal.

        An unknown kind of collector is bound like a third party, by the stricter rules.
        """
        kind = collector_kind if collector_kind in COLLECTOR_KINDS else "third_party"
        return self.plans[channel, purpose, kind, state if state in self.us_states else ""]

    def route(self, region: str, channel: Channel) -> Route | None:
        """The route row for a destination region, None when no row covers it."""
        return self.routes.get((region, channel)) or self.routes.get((ELSEWHERE, channel))


def compile_rules(packs: Iterable[Pack], routes: RouteTable, sender_kind: SenderKind) -> RuleSet:
    """One portfolio's rules: every rule of every pack holds, so the strictest wins.

    Raises ValueError when a rule without which the product is not safe is missing, which means
    that the base pack was left out, or when the sender kind has no routes.
    """
    chosen = tuple(packs)
    rules = tuple(rule for pack in chosen for rule in pack.rules)
    _refuse_unsafe(rules)
    if sender_kind not in routes.livemode:
        raise ValueError(f"sender kind {sender_kind} has no rows in the route table; add them")
    states = frozenset(state for rule in rules for state in rule.scope.us_states)
    return RuleSet(
        version=",".join([*(pack.stamp for pack in chosen), routes.stamp]),
        packs=frozenset(pack.id for pack in chosen),
        sender_kind=sender_kind,
        livemode=routes.livemode[sender_kind],
        rules=rules,
        routes=routes.of(sender_kind),
        routes_stamp=routes.stamp,
        us_states=states,
        plans=_plans(rules, states),
    )


def _refuse_unsafe(rules: tuple[Rule, ...]) -> None:
    stated = {rule.condition.fact for rule in rules if isinstance(rule.condition, ForbidWhen)}
    if missing := HOUSE_FACTS - stated:
        raise ValueError(f"the base pack must be among the packs; missing: {sorted(missing)}")


def _plans(rules: tuple[Rule, ...], states: frozenset[str]) -> dict[_Key, Plan]:
    keys = product(Channel, Purpose, COLLECTOR_KINDS, states | {""})
    return {key: _plan([rule for rule in rules if _binds(rule, *key)]) for key in keys}


def _binds(rule: Rule, channel: Channel, purpose: Purpose, kind: str, state: str) -> bool:
    scope = rule.scope
    here = channel in scope.channels and purpose in scope.purposes
    return (
        here and kind in scope.collector_kinds and (not scope.us_states or state in scope.us_states)
    )


def _plan(rules: list[Rule]) -> Plan:
    caps = (CapCheck(rule, rule.condition) for rule in rules if isinstance(rule.condition, Cap))
    return Plan(
        refusals=_refusals(sorted(rules, key=_turn)),
        caps=tuple(caps),
        hours=tuple(filter(None, map(_hours, rules))),
    )


def _turn(rule: Rule) -> tuple[int, bool]:
    """Facts in the gate's order; of two rules on one fact the jurisdiction's is named."""
    condition = rule.condition
    turn = _TURNS[condition.fact] if isinstance(condition, ForbidWhen) else len(_TURNS)
    return turn, rule.pack.startswith(BASE + "@")


def _refusals(rules: list[Rule]) -> tuple[RefusalCheck, ...]:
    """One check per condition: what one rule has let pass another cannot refuse for the same."""
    checks: dict[ForbidWhen | RequireContent, RefusalCheck] = {}
    for rule in rules:
        condition = rule.condition
        if isinstance(condition, ForbidWhen):
            checks.setdefault(condition, RefusalCheck(FACTS[condition.fact], condition, rule))
        elif isinstance(condition, RequireContent):
            checks.setdefault(condition, RefusalCheck(lacks, condition, rule))
    return tuple(checks.values())


def _hours(rule: Rule) -> HoursCheck | InconvenientCheck | None:
    if isinstance(rule.condition, Hours):
        return HoursCheck(rule, rule.condition)
    if isinstance(rule.condition, InconvenientHours):
        return InconvenientCheck(rule, rule.condition)
    return None
