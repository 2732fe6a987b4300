"""Loads everything the deciders read: once per process, refused loudly when something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app import logging
from bot.flows.own_scripts import OwnScripts
from bot.flows.playbook import Playbook
from bot.flows.ports.wording import ReadOwn
from bot.policy.cadence_loader import shipped_cadences
from bot.policy.calendars import calendar_for
from bot.policy.handoffs import load_handoffs
from bot.policy.rulebook import packs, routes, rules_of
from bot.scripts.calls.library import load_calls
from bot.scripts.findings import Finding
from bot.scripts.library import load_scripts
from bot.scripts.own import OwnText, OwnWords
from bot.scripts.wording import scripts_root

log = logging.get_logger(__name__)


def load_playbook(link_sample: str, read_own: ReadOwn | None = None) -> Playbook:
    """Everything; portfolios' own wording by `read_own`, without it none has any.

    Raises DataError, ScriptError or HandoffPolicyError with file:line and reason.
    """
    scripts = load_scripts(scripts_root())
    packs(), routes()  # read now, so that a bad file stops the start and not a case
    return Playbook(
        cadences=shipped_cadences(frozenset(scripts.ids)),
        calendar=calendar_for,
        rules=rules_of,
        scripts=scripts,
        handoffs=load_handoffs(),
        calls=load_calls(scripts_root()),
        link_sample=link_sample,
        own=OwnScripts(OwnWords(scripts_root()), read_own, _refused) if read_own else None,
    )


def _refused(own: OwnText, errors: Sequence[Finding]) -> None:
    log.error(
        "own_wording_refused",
        script=own.script,
        version=own.version,
        rules=sorted({each.rule for each in errors}),
    )
