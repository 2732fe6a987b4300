"""A collector's own words: the scripts' refused wording, and no way round the desk."""

from __future__ import annotations

import pytest

from bot.scripts.message import LONGEST, MessageCheck
from bot.scripts.rulebook import load_rulebook
from bot.scripts.wording import scripts_root


@pytest.fixture(scope="module")
def check() -> MessageCheck:
    return MessageCheck(load_rulebook(scripts_root()))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   ", "empty"),
        ("您好" * LONGEST, "too_long"),
        ("【某公司】您好", "brackets"),
        ("请看 https://x.example/abc", "link"),
        ("请打开pay-now.top付款", "link"),
        ("请打 138 0013 8000 找我", "number"),
        ("请转到 6222 0000 1111 2222", "number"),
        ("加我微信谈", "private"),
        ("再不还就让你后悔", "forbidden"),
        ("我们会 告诉你的 家 人", "forbidden"),
    ],
)
def test_what_no_debtor_should_read_is_named(check: MessageCheck, text: str, code: str) -> None:
    assert code in {each.code for each in check.objections(text)}


def test_forbidden_words_come_with_the_practice_and_a_remedy(check: MessageCheck) -> None:
    [found] = [each for each in check.objections("再不还就让你后悔") if each.code == "forbidden"]
    assert found.practice
    assert found.remedy


@pytest.mark.parametrize(
    "text",
    [
        "您好，您说的情况我们核对过了，本期应还2047.50元，3月12日前还即可。",
        "明天下午3点30分再与您联系，可以吗？",
        "不会要求您转到个人账户。",
    ],
)
def test_plain_words_pass(check: MessageCheck, text: str) -> None:
    assert check.objections(text) == []


def test_the_desks_own_number_may_be_told(check: MessageCheck) -> None:
    text = "有事请打400-000-1234"
    assert [each.code for each in check.objections(text)] == ["number"]
    assert check.objections(text, {"4000001234"}) == []
