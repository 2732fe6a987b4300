"""Rows of statements, as banks write them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank.header import Layout, looks_like_header, parse_mapping, read_header
from bot.domain.bank.lines import BankLine, LineNote
from bot.domain.bank.reading import Setting, bare, read_line
from bot.domain.ledger.header import HeaderError
from bot.policy.bank import bank_policy, bank_sentences

WORDS = bank_policy().words
SETTING = Setting("CNY", date(2026, 3, 10), WORDS)
CREDIT_DEBIT = (
    "交易日期",
    "交易时间",
    "借方发生额（支取）",
    "贷方发生额（收入）",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "附言",
    "交易流水号",
)
SIGNED = ("Date", "Description", "Amount", "Balance")
DIRECTED = ("记账日期", "借贷标志", "交易金额", "对方单位名称", "用途")


def layout(headers: tuple[str, ...]) -> Layout:
    assert looks_like_header(headers, WORDS, {})
    return read_header(1, headers, WORDS, {})


def read(headers: tuple[str, ...], *cells: str) -> BankLine | LineNote:
    return read_line(7, cells, layout(headers), SETTING)


def code(found: BankLine | LineNote) -> str:
    assert isinstance(found, LineNote)
    assert bank_sentences()[found.code].filled({"column": found.column, **found.details}).zh
    return found.code


def test_a_credit_of_a_chinese_bank_is_read_whole() -> None:
    found = read(
        CREDIT_DEBIT, "20260305", "102345", "", "1,200.00", "98,001.50", "马敏", "6222****1234",
        "跨行转入", "还款HT000001", "\t88001\t",
    )  # fmt: skip
    assert found == BankLine(
        7, date(2026, 3, 5), time(10, 23, 45), 120_000, "CNY", "马敏", "6222****1234",
        "还款HT000001 跨行转入", "88001", "98001.50",
    )  # fmt: skip


def test_money_that_went_out_is_passed_over() -> None:
    out = read(CREDIT_DEBIT, "20260305", "", "50.00", "0.00", "1", "", "", "", "", "")
    assert code(out) == "money_out"
    assert code(read(SIGNED, "2026-03-05", "fee", "-3.00", "9")) == "money_out"
    assert code(read(DIRECTED, "2026/3/5", "借", "30.00", "", "")) == "money_out"


def test_signs_and_directions_mean_money_in() -> None:
    signed = read(SIGNED, "2026-03-05 09:01", "Ma Min", "+3.00", "9")
    directed = read(DIRECTED, "2026年3月5日", "贷", "30.00", "马敏", "还款")
    assert isinstance(signed, BankLine)
    assert isinstance(directed, BankLine)
    assert (signed.amount_minor, signed.paid_at) == (300, time(9, 1))
    assert (directed.amount_minor, directed.paid_at) == (3000, None)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("2026-13-05", "", "", "1.00"), "date_impossible"),
        (("soon", "", "", "1.00"), "date_unreadable"),
        (("2026-03-11", "", "", "1.00"), "date_in_future"),
        (("2026-03-05", "late", "", "1.00"), "time_unreadable"),
        (("2026-03-05", "", "", "much"), "amount_unreadable"),
        (("2026-03-05", "", "", "-1.00"), "credit_negative"),
        (("2026-03-05", "", "", "0.001"), "amount_too_fine"),
        (("2026-03-05", "", "", ""), "no_sum"),
        (("合计", "", "", "1.00"), "not_a_payment"),
        (("", "", "", ""), "not_a_payment"),
        (CREDIT_DEBIT, "not_a_payment"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(cells: tuple[str, ...], expected: str) -> None:
    assert code(read(CREDIT_DEBIT, *cells)) == expected


def test_a_direction_nobody_knows_is_told() -> None:
    assert code(read(DIRECTED, "2026/3/5", "？", "30.00", "", "")) == "direction_unreadable"


@pytest.mark.parametrize(
    ("instant", "at"),
    [("20260305102345", time(10, 23, 45)), ("2026-03-05T10:23:45", time(10, 23, 45)), ("20260305", None)],
)  # fmt: skip
def test_a_column_with_the_whole_instant_is_split(instant: str, at: time | None) -> None:
    found = read(("交易时间", "收入金额", "付款人"), instant, "5", "马敏")
    assert isinstance(found, BankLine)
    assert (found.paid_on, found.paid_at) == (date(2026, 3, 5), at)


def test_traditional_headers_are_known() -> None:
    found = read(
        ("交易日期", "存入金額", "匯款人", "備註"),
        "115/03/05".replace("115", "2026"),
        "5",
        "馬敏",
        "",
    )
    assert isinstance(found, BankLine)


def test_a_map_names_what_the_words_do_not_know() -> None:
    mapping = parse_mapping(["进了多少=credit", "哪天=date"])
    found = read_header(3, ("哪天", "进了多少", "谁"), WORDS, mapping)
    assert found.unused == ("谁",)


@pytest.mark.parametrize(
    ("given", "code"),
    [("=credit", "map_malformed"), ("进账", "map_malformed"), ("进账=money", "map_unknown_field")],
)
def test_a_map_that_means_nothing_is_refused(given: str, code: str) -> None:
    with pytest.raises(HeaderError) as refused:
        parse_mapping([given])
    assert refused.value.code == code


def test_a_header_without_a_sum_or_a_day_is_refused() -> None:
    with pytest.raises(HeaderError) as refused:
        read_header(1, ("对方户名", "摘要"), WORDS, {})
    assert refused.value.details["missing"] == "date, credit|amount"


def test_a_title_row_is_no_header() -> None:
    assert not looks_like_header(("中国某银行账户明细", "", ""), WORDS, {})
    assert not looks_like_header(("账号", "户名", "币种"), WORDS, {})


def test_what_exports_wrap_numbers_in_is_taken_off() -> None:
    assert bare('="0088"') == "0088"
    assert bare("\t0088") == "0088"
    assert bare("'0088") == "0088"


@given(st.lists(st.text(max_size=12), max_size=10))
def test_no_row_makes_reading_fail(cells: list[str]) -> None:
    for headers in (CREDIT_DEBIT, SIGNED, DIRECTED):
        found = read(headers, *cells)
        assert isinstance(found, BankLine | LineNote)
