"""Headers are found, rows are read or refused with line, column, value and reason."""

import pytest

from bot.domain.ledger.header import HeaderError, Layout, looks_like_header, read_header
from bot.domain.ledger.mapping import parse_mapping
from bot.domain.ledger.reading import Reading, Setting, read_row
from bot.domain.ledger.rows import Outcome
from bot.domain.ledger.words import Column
from bot.policy.ledger_columns import (
    LedgerWordsError,
    build_words,
    ledger_sentences,
    ledger_words,
)

WORDS = ledger_words()
SETTING = Setting("CN", "CNY", WORDS)
HEADER = ["合同编号", "客户姓名", "手机号", "期次", "应还日期", "应还金额", "已还金额", "币种"]
GOOD = ["HT1", "马敏", "13800138000", "1", "2026-03-09", "4180.55", "", ""]


def layout(header: list[str] | None = None, mapping: tuple[str, ...] = ()) -> Layout:
    return read_header(1, header or HEADER, WORDS, parse_mapping(mapping))


def reading(header: list[str] | None = None, setting: Setting = SETTING, **cells: str) -> Reading:
    """A good row with some cells changed, by Chinese header."""
    names = header or HEADER
    row = dict(zip(HEADER, GOOD, strict=True)) | cells
    return read_row(7, [row.get(name, "") for name in names], layout(names), setting)


def refused(**cells: str) -> list[tuple[str, str, str]]:
    found = reading(**cells)
    assert found.row is None
    return [(note.column, note.value, note.code) for note in found.notes]


def test_a_good_row() -> None:
    row = reading().row
    assert row is not None
    assert (row.contract, row.ref, row.sequence, row.name) == ("HT1", "1", 1, "马敏")
    assert (row.amount_minor, row.paid_minor, row.currency) == (418055, None, "CNY")
    assert (row.line, str(row.due_on), row.phones[0].e164) == (7, "2026-03-09", "+8613800138000")


def test_english_headers() -> None:
    names = ["Contract No.", "Customer Name", "Mobile", "Due Date", "Amount Due"]
    row = read_row(2, ["A1", "马敏", "13800138000", "2026-03-09", "10"], layout(names), SETTING).row
    assert row is not None
    assert row.ref == "2026-03-09"


def test_the_unit_in_a_header_scales_the_amount() -> None:
    header = [*HEADER[:5], "应还金额（万元）", *HEADER[6:]]
    assert (reading(header, **{"应还金额（万元）": "1.5"}).row or 0).amount_minor == 1_500_000  # type: ignore[union-attr]


def test_the_currency_in_a_header_counts() -> None:
    header = [*HEADER[:5], "应还金额(港币)", *HEADER[6:7]]
    row = reading(header, **{"应还金额(港币)": "100"}).row
    assert row is not None
    assert row.currency == "HKD"


def test_an_invoice_is_its_own_contract() -> None:
    header = ["客户名称", "联系电话", "发票号", "到期日", "发票金额（元）"]
    cells = ["东升五金有限公司", "13800138000", "FP1", "2026-03-22", "100"]
    row = read_row(3, cells, layout(header), SETTING).row
    assert row is not None
    assert row.key == ("FP1", "FP1")


def test_invoices_of_one_contract_are_debts_of_it() -> None:
    header = ["合同编号", "客户名称", "联系电话", "发票号", "到期日", "金额"]
    cells = ["C1", "东升五金有限公司", "13800138000", "FP1", "2026-03-22", "100"]
    row = read_row(3, cells, layout(header), SETTING).row
    assert row is not None
    assert row.key == ("C1", "FP1")


def test_map_names_a_column_the_synonyms_do_not_know() -> None:
    header = [*HEADER[:2], "客户热线", *HEADER[3:]]
    found = layout(header, ("客户热线=phone",))
    assert found.place(Column.PHONE) == 2


def test_map_goes_before_the_synonyms() -> None:
    header = [*HEADER, "新合同号"]
    assert layout(header, ("新合同号=contract",)).place(Column.CONTRACT) == 8
    assert Column.PAID not in layout(header, ("已还金额=ignore",)).places


def test_the_better_synonym_wins_and_phones_add_up() -> None:
    header = ["客户", "客户姓名", "合同编号", "到期日", "金额", "应还金额", "电话", "手机号"]
    found = layout(header)
    assert found.place(Column.NAME) == 1
    assert found.place(Column.AMOUNT) == 5
    assert found.places[Column.PHONE] == (7, 6)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("客户热线", "map_malformed"),
        ("=phone", "map_malformed"),
        ("客户热线=telegram", "map_unknown_field"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(given: str, code: str) -> None:
    with pytest.raises(HeaderError) as wrong:
        parse_mapping([given])
    assert wrong.value.code == code


def test_map_cannot_name_a_column_that_is_not_there() -> None:
    with pytest.raises(HeaderError) as wrong:
        layout(HEADER, ("客户热线=phone",))
    assert wrong.value.code == "map_unknown_header"


def test_somebody_elses_phone_is_never_read_not_even_by_map() -> None:
    header = [*HEADER, "紧急联系人电话", "配偶手机"]
    assert layout(header).places[Column.PHONE] == (2,)
    with pytest.raises(HeaderError) as wrong:
        layout(header, ("紧急联系人电话=phone",))
    assert wrong.value.code == "third_party_map"


def test_a_header_that_lacks_a_column_names_it() -> None:
    with pytest.raises(HeaderError) as wrong:
        layout(["合同编号", "客户姓名", "手机号", "备注"])
    assert wrong.value.details["missing"] == "due_on, amount"


def test_a_title_is_no_header() -> None:
    assert not looks_like_header(["应收账款台账（截止 2026-03-12）"], WORDS, {})
    assert looks_like_header(HEADER, WORDS, {})


@pytest.mark.parametrize(
    ("cells", "column", "value", "code"),
    [
        ({"合同编号": ""}, "合同编号", "", "missing_value"),
        ({"合同编号": "1.23E+17"}, "合同编号", "1.23E+17", "number_truncated"),
        ({"客户姓名": "  "}, "客户姓名", "", "missing_value"),
        ({"手机号": ""}, "手机号", "", "missing_value"),
        ({"手机号": "无"}, "手机号", "无***", "missing_value"),
        ({"手机号": "12345"}, "手机号", "1***", "phone_invalid"),
        ({"手机号": "138001380001"}, "手机号", "138****01", "phone_invalid"),
        ({"应还日期": "2026-02-30"}, "应还日期", "2026-02-30", "date_impossible"),
        ({"应还日期": ""}, "应还日期", "", "missing_value"),
        ({"应还金额": "待核实"}, "应还金额", "待核实", "amount_unreadable"),
        ({"应还金额": "-300.00"}, "应还金额", "-300.00", "amount_not_positive"),
        ({"应还金额": "0"}, "应还金额", "0", "amount_not_positive"),
        ({"应还金额": "10.005"}, "应还金额", "10.005", "amount_too_fine"),
        ({"应还金额": "13800138000"}, "应还金额", "13800138000", "amount_absurd"),
        ({"已还金额": "-1"}, "已还金额", "-1", "paid_negative"),
        ({"已还金额": "4180.56"}, "已还金额", "4180.56", "paid_above_amount"),
        ({"已还金额": "??"}, "已还金额", "??", "amount_unreadable"),
        ({"币种": "RMBX"}, "币种", "RMBX", "currency_unknown"),
        ({"期次": "-1"}, "期次", "-1", "instalment_unreadable"),
    ],
)
def test_a_bad_cell_rejects_the_row_and_names_the_place(
    cells: dict[str, str], column: str, value: str, code: str
) -> None:
    assert refused(**cells) == [(column, value, code)]


def test_every_problem_of_a_row_is_named_at_once() -> None:
    codes = [code for _, _, code in refused(手机号="", 应还日期="2026-02-30", 应还金额="0")]
    assert codes == ["missing_value", "date_impossible", "amount_not_positive"]


def test_a_rejected_row_still_tells_its_contract() -> None:
    assert reading(应还金额="0").contract == "HT1"


@pytest.mark.parametrize("paid", ["", "-", "—", "无"])
def test_an_empty_paid_cell_says_nothing(paid: str) -> None:
    row = reading(已还金额=paid).row
    assert row is not None
    assert row.paid_minor is None


def test_a_yen_amount_has_no_cents() -> None:
    assert (reading(币种="JPY", 应还金额="100").row or 0).amount_minor == 100  # type: ignore[union-attr]
    assert refused(币种="JPY", 应还金额="100.5")[0][2] == "amount_too_fine"


def test_a_sign_names_the_currency_when_no_column_does() -> None:
    assert (reading(应还金额="HK$100").row or 0).currency == "HKD"  # type: ignore[union-attr]


def test_the_currency_column_goes_before_the_sign_and_says_so() -> None:
    found = reading(币种="HKD", 应还金额="￥100")
    assert found.row is not None
    assert found.row.currency == "HKD"
    assert [note.code for note in found.notes] == ["currency_sign"]


def test_one_usable_phone_is_enough_and_mobiles_come_first() -> None:
    found = reading(手机号="010-65529988/12345/13800138000")
    assert found.row is not None
    assert [phone.e164 for phone in found.row.phones] == ["+8613800138000", "+861065529988"]
    assert [(n.outcome, n.code) for n in found.notes] == [(Outcome.WARNING, "phone_dropped")]


def test_a_bad_optional_cell_is_left_out_with_a_warning() -> None:
    header = [*HEADER, "发薪日", "近三月逾期次数", "语言", "证件尾号"]
    found = reading(header, 发薪日="35", 近三月逾期次数="多", 语言="法语", 证件尾号="未提供资料")
    assert found.row is not None
    assert (found.row.payday, found.row.late_count, found.row.locale) == (None, None, None)
    assert {note.outcome for note in found.notes} == {Outcome.WARNING}
    assert len(found.notes) == 4


def test_cells_beyond_the_header_mean_shifted_columns() -> None:
    found = read_row(4, [*GOOD, "", "余"], layout(), SETTING)
    assert found.row is None
    assert [note.code for note in found.notes] == ["too_many_cells"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["合 计", "", "", "", "", "99.00"], "total_row"),
        (["", "小计：", "", "", "", "99.00"], "total_row"),
        (["Grand Total", "", "", "", "", "99.00"], "total_row"),
        (["制表人：赵", "", "审核：钱"], "title_row"),
        (["以下为三月台账"], "title_row"),
        (HEADER, "header_again"),
    ],
)
def test_rows_that_are_no_debts_are_passed_over(cells: list[str], code: str) -> None:
    found = read_row(4, cells, layout(), SETTING)
    assert (found.row, found.rejected) == (None, False)
    assert [note.code for note in found.notes] == [code]


def test_blank_rows_say_nothing() -> None:
    assert read_row(4, ["", "  ", "\u3000"], layout(), SETTING) == Reading(None)


@pytest.mark.parametrize(
    "cells", [["备注合同", "马敏", "", "1", "", "4180.55"], ["HT01000010", "", "", "", "", ""]]
)
def test_a_broken_debt_is_never_taken_for_a_remark(cells: list[str]) -> None:
    assert read_row(4, cells, layout(), SETTING).rejected


def test_words_that_stand_for_two_things_are_refused() -> None:
    data = {
        "columns": {"name": ["客户"], "phone": ["客 户"]},
        "refused": [],
        "blanks": [],
        "refused_reason": "third_party_column",
        "currencies": {},
        "locales": {},
    }
    with pytest.raises(LedgerWordsError, match="客"):
        build_words(data)


def test_every_sentence_is_complete_in_both_languages() -> None:
    for code, sentence in ledger_sentences().items():
        assert all((sentence.zh, sentence.en, sentence.remedy_zh, sentence.remedy)), code
