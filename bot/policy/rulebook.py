"""The product's contact rules, loaded once per process and compiled once per kind of portfolio."""

from __future__ import annotations

from functools import lru_cache

from bot.domain.facts import PortfolioFacts
from bot.domain.gate import RouteTable, RuleSet, compile_rules
from bot.domain.gate.ruleset import BASE
from bot.domain.vocabulary import SenderKind
from bot.policy.pack_loader import Packs, load_packs
from bot.policy.routes import load_routes


@lru_cache(maxsize=1)
def packs() -> Packs:
    """All packs. Raises DataError when one cannot be used."""
    return load_packs()


@lru_cache(maxsize=1)
def routes() -> RouteTable:
    """The route table. Raises DataError when it cannot be used."""
    return load_routes()


@lru_cache(maxsize=64)
def rules_for(pack_ids: tuple[str, ...], sender_kind: SenderKind) -> RuleSet:
    """The base pack, these packs and the sender's routes. Raises UnknownPackError, DataError."""
    return compile_rules(packs().chosen(pack_ids), routes(), sender_kind)


def rules_of(portfolio: PortfolioFacts) -> RuleSet:
    """The rules one portfolio is judged by. Raises UnknownPackError, DataError."""
    return rules_for(portfolio.packs, portfolio.sender_kind)


@lru_cache(maxsize=1)
def _reasons() -> dict[str, tuple[str, str]]:
    """Chinese and English by rule."""
    rules = (rule for pack in packs().by_id.values() for rule in pack.rules)
    return {rule.id: (rule.reason_zh or rule.title, rule.title) for rule in rules} | {
        row.rule_id: (row.reason_zh, row.reason_en) for row in routes().routes
    }


def reason_zh(rule_id: str) -> str:
    """What the console tells a collector about a verdict's rule; empty for a plain allow."""
    return _reason(rule_id)[0]


def reason_en(rule_id: str) -> str:
    """The same in English: the rule's title, or what its route says."""
    return _reason(rule_id)[1]


def _reason(rule_id: str) -> tuple[str, str]:
    unknown = (rule_id, rule_id)
    fallback = _reasons()[f"{BASE}.route"] if rule_id.startswith("route.") else unknown
    return _reasons().get(rule_id, fallback)
