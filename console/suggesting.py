"""Drafts for an answer, from the scripts, each with what the check says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.facts import CaseFacts
from bot.flows.considering import compose
from bot.flows.playbook import Playbook
from bot.flows.writing import Writing
from bot.scripts.findings import ScriptValueError
from bot.scripts.message import Objection
from bot.scripts.script import Script

_MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A draft. `when` is what the script is for; `objections` what the check says."""

    script: str
    when: str
    text: str
    objections: tuple[Objection, ...]


@cache
def load_suggestions() -> Mapping[str, Sequence[str]]:
    """Intent → scripts."""
    loaded: Mapping[str, Sequence[str]] = yaml.safe_load(
        files("console").joinpath("suggestions.yaml").read_text("utf-8")
    )
    return loaded


def suggest(
    facts: CaseFacts, intents: Sequence[str], playbook: Playbook, writing: Writing, now: datetime
) -> list[Suggestion]:
    """Drafts that answer `intents`, the primary one first."""
    wanted = dict.fromkeys(
        script for intent in intents for script in load_suggestions().get(intent, ())
    )
    found = (_draft(facts, script, playbook, writing, now) for script in wanted)
    return [each for each in found if each is not None][:_MOST]


def _draft(
    facts: CaseFacts, script_id: str, playbook: Playbook, writing: Writing, now: datetime
) -> Suggestion | None:
    script = playbook.script(script_id, facts)
    if script.has_link:
        return None
    try:
        rendered, _ = compose(facts, script_id, {}, playbook, now)
    except ScriptValueError:
        return None
    text = _own_words(rendered.text, script)
    return Suggestion(script_id, script.when, text, tuple(writing.objections(facts, text)))


def _own_words(text: str, script: Script) -> str:
    """Without the signature and the opt-out: every message gets them anyway."""
    body = text.split("】", 1)[-1]
    for phrase in script.opt_out:
        body = body.replace(phrase, "")
    return body.strip().rstrip("，,。") + "。"
