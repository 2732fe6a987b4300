"""Refused wording is found however it is written, and lawful wording is left alone."""

from __future__ import annotations

import pytest

from bot.scripts.forbidden import Forbidden, flatten
from bot.scripts.rulebook import load_rulebook
from bot.scripts.wording import scripts_root

PRACTICES = {
    "threat", "legal_action", "unproven_consequence", "insult", "contempt", "authority",
    "third_party", "pretext", "shaming", "bombing", "new_loan", "private_account", "extra_fee",
    "unauthorised_reduction", "reaffirmation",
}  # fmt: skip


@pytest.fixture(scope="module")
def forbidden() -> Forbidden:
    return load_rulebook(scripts_root()).forbidden


def practices(forbidden: Forbidden, text: str) -> set[str]:
    return {hit.practice.id for hit in forbidden.hits(text)}


def test_every_refused_practice_has_patterns_and_names_what_it_breaks(forbidden: Forbidden) -> None:
    assert {practice.id for practice in forbidden.practices} == PRACTICES
    assert all(p.patterns and p.breaks and p.sources and p.remedy for p in forbidden.practices)


def test_every_character_of_the_patterns_is_known_in_traditional_form(forbidden: Forbidden) -> None:
    """A simplified-only character without its traditional twin would let a variant through."""
    folded = set(forbidden.fold.values())
    missing = set()
    for practice in forbidden.practices:
        for char in "".join(p.pattern for p in practice.patterns):
            if "\u3400" <= char <= "\u9fff" and char not in folded:
                try:
                    char.encode("big5")
                except UnicodeEncodeError:
                    missing.add(char)
    assert not missing


@pytest.mark.parametrize(
    ("text", "practice"),
    [
        ("后果自负", "threat"),
        ("後果自負", "threat"),
        ("后 果 自 负", "threat"),
        ("后·果-自_负", "threat"),
        ("后\u200b果，自…负", "threat"),
        ("後　果　自　負！", "threat"),
        ("您的ＥＴＣ失效", "pretext"),
        ("已移交公{# 注 #}安机关", "authority"),
        ("別讓我再打電話", "threat"),
        ("您自己看著辦", "contempt"),
        ("沒錢就直說", "contempt"),
        ("那是您的事", "contempt"),
        ("你懂不懂規矩", "contempt"),
        ("請聯絡您的家人代還", "third_party"),
        ("我们会通知您单位领导", "third_party"),
        ("您可以再借一笔来还", "new_loan"),
        ("请转账到个人账户", "private_account"),
        ("钱打给我", "private_account"),
        ("另收手續費五十元", "extra_fee"),
        ("将影响您的征信", "unproven_consequence"),
        ("本律師事務所", "authority"),
        ("我是银行总行", "authority"),
        ("今天结清可减免罚息", "unauthorised_reduction"),
    ],
)
def test_refused_wording_is_found(forbidden: Forbidden, text: str, practice: str) -> None:
    assert practice in practices(forbidden, f"【{{{{signature}}}}】您好，{text}。")


@pytest.mark.parametrize(
    "text",
    [
        "我们不会要求您转账到个人账户，也不收手续费。",
        "有关信息我们只与本人核对，不会联系其他人。",
        "不必为此另借新债。",
        "已转给专员，会尽快与您联系。",
        "有难处请告诉我们。",
        "您可先拨打合同上的电话核实。",
        "您的投诉已登记。",
        "紧急情况请拨打120或110。",
    ],
)
def test_lawful_wording_is_left_alone(forbidden: Forbidden, text: str) -> None:
    assert practices(forbidden, text) == set()


def test_two_sentences_do_not_make_one_phrase(forbidden: Forbidden) -> None:
    assert practices(forbidden, "请致电公。安排好了吗") == set()


def test_a_hit_points_at_the_words_in_the_original(forbidden: Forbidden) -> None:
    text = "【{{signature}}】您好，後 果 自 負。"
    (hit,) = [each for each in forbidden.hits(text) if each.practice.id == "threat"]
    assert text[hit.start] == "後"


def test_flatten_keeps_one_offset_per_character() -> None:
    flat = flatten("Ａ{{x}}，{% if y %}b！{% endif %}", {})
    assert flat.text == "a#b。"
    assert flat.offsets == (0, 1, 17, 18)
