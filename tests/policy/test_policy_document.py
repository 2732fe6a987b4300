"""The operators' document names the rules there are, all of them and no others."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.gate.rules import EnforcedBy
from bot.policy.rulebook import packs

DOCUMENT = Path(__file__).parents[2] / "docs" / "zh" / "policy.md"


def _named() -> set[str]:
    text = DOCUMENT.read_text("utf-8").replace("routes.yaml", "")
    return set(re.findall(r"\b(?:cn|us|tw|hk|uk)\.[a-z0-9_]+(?:\.[a-z0-9_]+)*", text))


def test_the_document_names_no_rule_that_does_not_exist() -> None:
    there = {rule.id for pack in packs().by_id.values() for rule in pack.rules}
    assert _named() - there == set()


def test_the_document_names_what_the_gate_enforces_and_what_nobody_does() -> None:
    owed = {
        rule.id
        for pack in packs().by_id.values()
        if pack.id != "base"
        for rule in pack.rules
        if {EnforcedBy.GATE, EnforcedBy.NOT_ENFORCED} & set(rule.enforced_by)
    }
    assert owed - _named() == set()
