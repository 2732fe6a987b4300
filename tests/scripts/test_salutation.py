"""Who is addressed, and how much of the name a stranger may see."""

from __future__ import annotations

import pytest

from bot.scripts.names import clean, masked, salutation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("马冬梅", "马先生/女士"),
        ("欧阳明月", "欧阳先生/女士"),
        ("歐陽明月", "歐陽先生/女士"),
        ("东方", "东先生/女士"),  # two characters: surname and given name
        ("马**", "马先生/女士"),
        (" 马 冬梅 ", "马先生/女士"),
        ("", "客户"),
        ("Tan Wei Ming", "客户"),
        ("阿依古丽·买买提", "客户"),
        ("东升五金（集团）有限公司", "东升五金（集团）有限公司"),
        ("老王五金店", "老王五金店"),
        ("深圳市东升五金制品（集团）股份有限公司", "深圳市东升五金制品"),
        ("中国广东省深圳市东升五金制品进出口贸易有限公司", "中国广东省深圳市东升五金制…"),
        ("【东升】有限公司\n", "东升有限公司"),
    ],
)
def test_salutation(name: str, expected: str) -> None:
    assert salutation(name) == expected


def test_a_shortened_company_fits() -> None:
    assert all(len(salutation("东" * n + "有限公司")) <= 14 for n in range(1, 60))


def test_the_neutral_word_follows_the_locale() -> None:
    assert salutation("", "zh-TW") == "客戶"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("马冬梅", "马**"), ("欧阳明月", "欧阳**"), ("马", "马*"), ("老王五金店", "老王五金店")],
)
def test_masked(name: str, expected: str) -> None:
    assert masked(name) == expected


def test_invisible_characters_are_dropped() -> None:
    assert clean("马\u200b冬\u202e梅") == "马冬梅"
