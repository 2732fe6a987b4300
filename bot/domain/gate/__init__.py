"""The compliance gate: `judge` says allow, defer until, or deny, and by which rule."""

from bot.domain.gate.judging import FAULT, judge, next_allowed, open_until
from bot.domain.gate.routes import Route, RouteTable
from bot.domain.gate.rules import Pack, Rule
from bot.domain.gate.ruleset import RuleSet, compile_rules

__all__ = [
    "FAULT",
    "Pack",
    "Route",
    "RouteTable",
    "Rule",
    "RuleSet",
    "compile_rules",
    "judge",
    "next_allowed",
    "open_until",
]
