"""Cell texts become values or a reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger import cells
from bot.domain.ledger.cells import CellError
from bot.domain.ledger.words import clean
from bot.policy.ledger_columns import ledger_words

WORDS = ledger_words()
DAY = date(2026, 3, 5)


def amount(text: str) -> tuple[Decimal, str | None]:
    return cells.read_amount(clean(text), WORDS)


def code_of(reader: object, *given: object) -> str:
    with pytest.raises(CellError) as refused:
        reader(*given)  # type: ignore[operator]
    return refused.value.code


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026 年 3 月 5 号",
        "20260305",
        "46086",
        "46086.0",
        "46086.75",
        "2026-03-05 00:00:00",
        "2026-03-05T00:00:00",
        "２０２６－０３－０５",
        "民国115年3月5日",
    ],
)
def test_one_day_in_every_dress(text: str) -> None:
    assert cells.read_date(clean(text)) == DAY


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_survives_every_way_of_writing_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str(serial),
    ):
        assert cells.read_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date_impossible"),
        ("20260231", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("3/5/2026", "date_unreadable"),
        ("26-3-5", "date_unreadable"),
        ("月底", "date_unreadable"),
        ("13800138000", "date_unreadable"),
        ("1926-03-05", "date_out_of_range"),
        ("99999", "date_out_of_range"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_reason(text: str, code: str) -> None:
    assert code_of(cells.read_date, text) == code


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("2047.50", "2047.50", None),
        ("2,047.50", "2047.50", None),
        ("￥2,047.50", "2047.50", "CNY"),
        ("￥ 2047.50元", "2047.50", "CNY"),
        ("2047.5元", "2047.5", None),
        ("２０４７．５０", "2047.50", None),
        ("人民币2047.50元整", "2047.50", "CNY"),
        ("1.2万", "12000", None),
        ("1.2万元", "12000", None),
        ("3万美元", "30000", "USD"),
        ("HK$1,000", "1000", "HKD"),
        ("$1,000", "1000", None),
        ("1000 USD", "1000", "USD"),
        ("RMB 88", "88", "CNY"),
        ("-300.00", "-300", None),
        ("¥-300", "-300", "CNY"),
        ("(300.00)", "-300", None),
        ("0", "0", None),
        (".5", "0.5", None),
    ],
)
def test_amounts_with_commas_signs_and_units(text: str, value: str, currency: str | None) -> None:
    assert amount(text) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    ["待核实", "1,23", "12,34,567", "1.2.3", "2047,50", "约2000", "2000左右", "1e5", "#REF!"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert code_of(amount, text) == "amount_unreadable"


@given(st.integers(0, 10**11))
def test_thousands_separators_never_change_an_amount(minor: int) -> None:
    value = Decimal(minor).scaleb(-2)
    assert amount(f"￥{value:,.2f}元")[0] == value


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("13800138000", 1),
        ("13800138000/13800138001", 2),
        ("13800138000、13800138001", 2),
        ("13800138000；13800138001", 2),
        ("010-65529988 13800138000", 2),
        ("+86 13800138000", 1),
        ("+86 138 0013 8000", 1),
        ("138 0013 8000", 1),
    ],
)
def test_one_cell_may_hold_several_phones(text: str, count: int) -> None:
    phones, codes = cells.read_phones(clean(text), "CN")
    assert (len({phone.e164 for phone in phones}), codes) == (count, [])


def test_a_number_cut_by_a_spreadsheet_is_not_guessed() -> None:
    assert code_of(cells.read_number_text, "4.40301E+17") == "number_truncated"
    assert cells.read_phones("1.38E+10", "CN") == ([], ["number_truncated"])


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("3", ("3", 3)),
        ("第3期", ("3", 3)),
        ("03", ("3", 3)),
        ("3/12", ("3", 3)),
        ("尾款", ("尾款", None)),
    ],
)
def test_instalments(text: str, ref: tuple[str, int | None]) -> None:
    assert cells.read_instalment(text) == ref


@pytest.mark.parametrize("text", ["-1", "……", "？" * 41])
def test_what_is_no_instalment_is_refused(text: str) -> None:
    assert code_of(cells.read_instalment, text) == "instalment_unreadable"


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("rmb", "CNY"), ("HKD", "HKD"), ("港币", "HKD"), ("US$", "USD")],
)
def test_currencies_by_every_name(text: str, code: str) -> None:
    assert cells.read_currency(text, WORDS) == code


def test_an_unknown_currency_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(CellError) as refused:
        cells.read_currency("RMBX", WORDS)
    assert refused.value.code == "currency_unknown"
    assert "CNY" in refused.value.details["accepted"]


@pytest.mark.parametrize(
    ("text", "tail"),
    [("9685", "9685"), ("202", "0202"), ("11010119900307123x", "123X"), ("***9685", "9685")],
)
def test_only_the_tail_of_an_identity_number_is_read(text: str, tail: str) -> None:
    assert cells.read_id_tail(text) == tail


@pytest.mark.parametrize(
    ("text", "day"), [("15", 15), ("每月15日", 15), ("15号", 15), ("15.0", 15)]
)
def test_paydays(text: str, day: int) -> None:
    assert cells.read_payday(text) == day


def test_a_payday_outside_the_month_is_refused() -> None:
    assert code_of(cells.read_payday, "32") == "payday_unreadable"


def test_excels_first_day_after_its_imaginary_leap_day() -> None:
    assert cells._EXCEL_ZERO + timedelta(days=61) == date(1900, 3, 1)
