"""Loads everything the deciders read: once per process, refused loudly when something is wrong."""

from __future__ import annotations

from functools import lru_cache

from bot.domain.facts import PortfolioFacts
from bot.domain.gate import RuleSet, compile_rules
from bot.domain.vocabulary import SenderKind
from bot.flows.playbook import Playbook
from bot.policy.cadence_loader import shipped_cadences
from bot.policy.calendars import calendar_for
from bot.policy.handoffs import load_handoffs
from bot.policy.pack_loader import load_packs
from bot.policy.routes import load_routes
from bot.scripts.library import load_scripts
from bot.scripts.wording import scripts_root


def load_playbook(link_length: int) -> Playbook:
    """Raises DataError, ScriptError or HandoffPolicyError with file:line and reason."""
    scripts = load_scripts(scripts_root())
    packs, routes = load_packs(), load_routes()

    @lru_cache(maxsize=64)
    def compiled(ids: tuple[str, ...], kind: SenderKind) -> RuleSet:
        return compile_rules(packs.chosen(ids), routes, kind)

    def rules(portfolio: PortfolioFacts) -> RuleSet:
        return compiled(portfolio.packs, portfolio.sender_kind)

    return Playbook(
        cadences=shipped_cadences(frozenset(scripts.ids)),
        calendar=calendar_for,
        rules=rules,
        scripts=scripts,
        handoffs=load_handoffs(),
        link_length=link_length,
    )
