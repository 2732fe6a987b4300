"""Names: scripts, company suffixes and masks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank.names import NameMatch, compare, within
from bot.policy.bank import bank_policy

NAMES = bank_policy().names
CHINESE = st.text("王李张刘陈杨赵黄周吴明华丽强敏静军洋勇艳杰娟涛超", min_size=2, max_size=4)


def alike(payer: str, debtor: str) -> NameMatch:
    return compare(NAMES.plain(payer), NAMES.plain(debtor), NAMES)


@pytest.mark.parametrize(
    ("payer", "debtor"),
    [
        ("張麗華", "张丽华"),
        ("上海晨光貿易有限公司", "上海晨光贸易有限公司"),
        ("上海晨光贸易有限责任公司", "上海晨光贸易有限公司"),
        ("上海晨光贸易（浦东）有限公司", "上海晨光贸易(浦东)有限公司"),
        ("ＡＢＣ Trading Co., Ltd.", "abc trading limited"),
        (" 马 敏 ", "马敏"),
    ],
)
def test_one_name_written_in_two_ways_is_equal(payer: str, debtor: str) -> None:
    assert alike(payer, debtor) is NameMatch.EQUAL


@pytest.mark.parametrize(
    ("payer", "debtor", "verdict"),
    [
        ("马*", "马敏", NameMatch.MASKED),
        ("*敏", "马敏", NameMatch.MASKED),
        ("欧阳**", "欧阳明华", NameMatch.MASKED),
        ("马*", "冯敏", NameMatch.NONE),
        ("**", "马敏", NameMatch.NONE),
        ("马敏", "马丽敏", NameMatch.NONE),
        ("晨光贸易", "上海晨光贸易有限公司", NameMatch.SIMILAR),
        ("晨光", "上海晨光贸易有限公司", NameMatch.NONE),
        ("有限公司", "上海晨光贸易有限公司", NameMatch.NONE),
        ("", "马敏", NameMatch.NONE),
    ],
)
def test_names_that_only_resemble_are_told_apart(
    payer: str, debtor: str, verdict: NameMatch
) -> None:
    assert alike(payer, debtor) is verdict


@given(CHINESE)
def test_a_name_equals_itself_and_every_mask_of_it_fits(name: str) -> None:
    assert alike(name, name) is NameMatch.EQUAL
    assert alike(name[0] + "*" * (len(name) - 1), name) is NameMatch.MASKED
    assert alike("*" + name[1:], name) is NameMatch.MASKED


@given(CHINESE, CHINESE)
def test_comparing_plain_names_is_symmetric(one: str, other: str) -> None:
    assert alike(one, other) is alike(other, one)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_makes_comparing_fail(payer: str, debtor: str) -> None:
    assert alike(payer, debtor) in NameMatch


@given(CHINESE, CHINESE, CHINESE)
def test_a_name_within_a_remark_is_among_its_stretches(before: str, name: str, after: str) -> None:
    assert name in set(within(before + name + after))
