"""Every stored value has a Chinese word, so that no page shows a key."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from bot.domain.cadence.decision import Quiet
from bot.domain.case_life import Event
from bot.domain.understanding import Intent
from bot.domain.vocabulary import (
    AttemptState,
    CaseState,
    Channel,
    HandoffReason,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    TouchState,
)
from bot.flows.ports.collectors import Role
from bot.policy.cadence_loader import shipped_cadences
from bot.policy.rulebook import packs, reason_en, routes
from console.story import _TOLD_ELSEWHERE
from console.tiers import label_of
from console.words import WordsError, _add, load_words, pairs, reason_word, rule_word, speak

GROUPS: dict[str, type[Enum]] = {
    "state": CaseState,
    "channel": Channel,
    "purpose": Purpose,
    "touch_state": TouchState,
    "attempt_state": AttemptState,
    "call_attempt": AttemptState,
    "promise_state": PromiseState,
    "owner": Owner,
    "kind": PhoneKind,
    "intent": Intent,
    "event": Event,
    "quiet": Quiet,
    "role": Role,
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_words_is_complete(group: str) -> None:
    wanted = {member.value for member in GROUPS[group]} - _TOLD_ELSEWHERE
    assert wanted <= load_words()[group].keys()


def test_every_reason_for_a_hand_off_has_words() -> None:
    assert all(reason_word(reason.value) for reason in HandoffReason)


def test_a_rule_of_the_gate_speaks_the_language_of_the_page() -> None:
    assert rule_word("cn.sms.frequency.day") == "今日已给该债务人发过1条提醒短信。"
    speak("en")
    try:
        english = [rule_word(rule) for rule in ("cn.sms.frequency.day", "route.nowhere")]
    finally:
        speak("zh-CN")
    assert english[0] == "At most one SMS a day that the desk starts"
    assert not CHINESE_SIGN.search("".join(english))
    assert rule_word("") == ""


def test_every_rule_has_english() -> None:
    for pack in packs().by_id.values():
        assert [rule.id for rule in pack.rules if CHINESE_SIGN.search(reason_en(rule.id))] == []
    for route in routes().routes:
        assert not CHINESE_SIGN.search(reason_en(route.rule_id)), route.rule_id


#: What an action's name ends in where the code puts it together.
ENDS = {
    "live_": ("approved", "declined", "withdrawn"),
    "payment_": ("approved", "declined", "withdrawn"),
    "wording_": ("approved", "declined", "withdrawn"),
    "ledger_": ("mapping", "cancelled"),
}


def actions_on_the_trail() -> Iterator[str]:
    """Every action that the flows and pages write, as it stands in their code."""
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("console/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if call.func.attr != "audit" or len(call.args) < 2:
                continue
            match call.args[1]:
                case ast.Constant(str(action)):
                    yield action
                case ast.JoinedStr([ast.Constant(str(start)), _]):
                    yield from (start + end for end in ENDS[start])


def test_every_action_on_the_trail_has_words() -> None:
    found = set(actions_on_the_trail())
    assert len(found) > 20
    assert [each for each in sorted(found) if each not in load_words()["audit"]] == []


ROOT = Path(__file__).parents[2]
CHINESE_SIGN = re.compile(r"[\u3400-\u9fff]")


def test_every_sentence_that_a_page_asks_for_exists() -> None:
    asked = re.compile(r"""\bt\(\s*["']([\w.]+)["'](?!\s*~)""")
    places = [*ROOT.glob("console/*.py"), *ROOT.glob("console/templates/console/*.html")]
    missing = {
        (place.name, key)
        for place in places
        for key in asked.findall(place.read_text("utf-8"))
        if key not in pairs()["text"]
    }
    assert not missing


def test_english_is_english_but_for_names_of_the_other_language() -> None:
    own = {("text", "other_language"), ("language", "zh-CN")}
    found = {
        (group, key)
        for group, entries in pairs().items()
        for key, (_, english) in entries.items()
        if CHINESE_SIGN.search(english)
    }
    assert found - own == set()


def test_both_languages_fill_the_same_holes() -> None:
    hole = re.compile(r"\{(\w+)\}")
    for group, entries in pairs().items():
        for key, (chinese, english) in entries.items():
            assert set(hole.findall(chinese)) == set(hole.findall(english)), (group, key)


def test_templates_hold_no_words_of_their_own() -> None:
    for place in ROOT.glob("console/templates/console/*.html"):
        text = re.sub(r"\{#.*?#\}", "", place.read_text("utf-8"), flags=re.DOTALL)
        assert not CHINESE_SIGN.search(text), place.name


def test_tiers_have_a_name_in_both_languages() -> None:
    for cadence in shipped_cadences().values():
        for tier in cadence.tiers:
            speak("en")
            english = label_of(tier)
            speak("zh-CN")
            assert not CHINESE_SIGN.search(english), (cadence.key, tier.key)
            assert CHINESE_SIGN.search(label_of(tier)), (cadence.key, tier.key)


def test_a_word_without_its_other_half_is_refused() -> None:
    with pytest.raises(WordsError, match=r"here\.key is no pair"):
        _add({}, {"key": "只有中文"}, "here")
    with pytest.raises(WordsError, match="written twice"):
        _add({"key": ("一", "one")}, {"key": ["一", "one"]}, "here")
