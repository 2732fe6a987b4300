"""Numbers in remarks: contracts, invoices and phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank.numbers import compact, counts, is_phone, numbers_in, phones_in, tail_of

LETTERS = st.text("ABCDEFGHJKLMNP", min_size=1, max_size=4)
DIGITS = st.text("0123456789", min_size=4, max_size=9)
AROUND = st.sampled_from(["还款", "合同号：", "，谢谢", " ", "（代付）", "货款", "#"])


@given(LETTERS, DIGITS, AROUND, AROUND)
def test_a_contract_is_found_between_words_whatever_its_case_and_width(
    letters: str, digits: str, before: str, after: str
) -> None:
    number = letters + digits
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for written in (number, number.lower(), f"{letters}-{digits}", wide):
        assert compact(number) in numbers_in(f"{before}{written}{after}"), written


@pytest.mark.parametrize(
    ("remark", "number"),
    [
        ("HT-2026-000123/第3期", "ht2026000123"),
        ("付HT2026000123货款INV8899", "inv8899"),
        ("13800138000HT2026000123", "ht2026000123"),
        ("HT-2026-000123-3", "ht2026000123"),
        ("HT-2026-000123-3", "ht20260001233"),
    ],
)
def test_numbers_are_found_with_and_without_what_stands_beside_them(
    remark: str, number: str
) -> None:
    assert number in numbers_in(remark)


@pytest.mark.parametrize("remark", ["3月房租", "第12期", "A1", "2026", "谢谢"])
def test_short_figures_name_no_contract(remark: str) -> None:
    assert numbers_in(remark) == set()


@given(st.text(max_size=60))
def test_every_number_found_counts(remark: str) -> None:
    assert all(counts(number) for number in numbers_in(remark))


def test_phones_and_tails_are_told_apart() -> None:
    assert phones_in("13800138000 还款") == ({"13800138000"}, set())
    assert phones_in("张先生，手机尾号 8000") == (set(), {"8000"})
    assert phones_in("第8000笔") == (set(), set())


@pytest.mark.parametrize(
    ("number", "shown", "same"),
    [
        ("13800138000", "138****8000", True),
        ("8613800138000", "138****8000", True),
        ("13900138000", "138****8000", False),
        ("13800138001", "138****8000", False),
        ("2025550101", "+1 202****0101", True),
        ("51234530", "+852 51****30", False),
    ],
)
def test_a_phone_is_recognised_behind_its_mask(number: str, shown: str, same: bool) -> None:
    assert is_phone(number, shown) is same


def test_the_tail_of_a_mask_is_its_last_four_digits() -> None:
    assert tail_of("138****8000") == "8000"
    assert tail_of("+852 51****30") == ""
