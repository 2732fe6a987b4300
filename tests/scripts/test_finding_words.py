"""What lint says: in Chinese and in English, with the same holes, and nothing left over."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from script_folder import entry, examine, folder

from bot.scripts.findings import messages, told

ROOM = Path(__file__).parents[2] / "bot"
CHINESE_SIGN = re.compile(r"[\u3400-\u9fff]")
TOLD = re.compile(r'\btold\(\s*"([\w.-]+)"')
#: Codes that are values elsewhere: audiences of a trial, what a reminder or a call must hold.
BY_VALUE = {
    "person",
    "company",
    "elements.date",
    "elements.amount",
    "elements.account",
    "said.notice.ai",
    "said.notice.record",
    "said.twice.amount",
    "said.twice.date",
}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_is_said_in_both_languages_with_the_same_holes() -> None:
    for code, (chinese, english) in messages().items():
        assert holes(chinese) == holes(english), code
        words = re.sub(r"“”|「」|【】|\{\w+\}", "", english)
        assert not CHINESE_SIGN.search(words), code
        assert code in {"alone", "forbidden"} or CHINESE_SIGN.search(chinese), code


def test_every_message_that_is_told_is_listed_and_every_listed_one_is_told() -> None:
    used = {code for file in ROOM.rglob("*.py") for code in TOLD.findall(file.read_text("utf-8"))}
    assert used | BY_VALUE == set(messages())


def test_a_message_that_is_not_listed_is_refused() -> None:
    with pytest.raises(LookupError, match=r"add it to findings\.yaml"):
        told("no.such")


def test_a_finding_says_the_same_in_both_languages(tmp_path: Path) -> None:
    long = "【{{signature}}】{{salutation}}您好，" + "请尽快处理。" * 30
    found = examine(folder(tmp_path, entry(cn=long)))
    said = {each.rule: (each.said("zh"), each.said("en")) for each in found}
    assert said["segments"][1] == next(e.message for e in found if e.rule == "segments")
    assert re.search(r"计费 \d 条（个人）；请减少 \d+ 字", said["segments"][0])
    assert said["elements"][0].startswith("提醒里没有")
