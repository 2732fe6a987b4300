"""A ledger becomes debtors, contact points, cases, debts and their first event."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from ledger_desk import SEAL, START, Desk

from bot.flows import import_ledger
from bot.flows.ports.ledger import UnusableFileError

ONE = "HT1,马敏,13800138000,1,2026-03-09,4180.55,,"
TWO = "HT1,马敏,13800138000,2,2026-04-09,4180.55,,"
OTHER = "HT2,苏玲,+852 5123 7530,19,2026-03-17,5997.15,1000,HKD"


def test_a_row_becomes_a_debtor_a_phone_a_case_and_a_debt(desk: Desk) -> None:
    result = desk.load([ONE])
    assert (result.figures.rows, result.figures.new, result.figures.rejected) == (1, 1, 0)
    name, tail, locale = desk.all("SELECT name_sealed, id_tail_sealed, locale FROM debtor")[0]
    assert (SEAL.open(name), tail, locale) == ("马敏", None, "zh-CN")
    phone = desk.all(
        "SELECT phone_sealed, phone_hash, phone_masked, kind, region, zones, owner, disabled "
        "FROM contact_point"
    )[0]
    assert SEAL.open(phone[0]) == "+8613800138000"
    assert phone[1:] == (
        SEAL.index("+8613800138000"),
        "138****8000",
        "mobile",
        "CN",
        ["Asia/Shanghai"],
        "debtor",
        None,
    )
    debt = desk.debt("HT1", "1")
    assert (debt["amount_minor"], debt["paid_minor"], debt["opening_paid_minor"]) == (418055, 0, 0)
    assert (debt["due_on"], debt["sequence"]) == (date(2026, 3, 9), 1)


def test_a_new_case_is_opened_by_its_first_event_and_due_for_a_look(desk: Desk) -> None:
    result = desk.load([ONE])
    case = desk.all("SELECT id, state, entered_at, next_check_at, event_seq, currency FROM cases")[
        0
    ]
    assert case[1:] == ("active", START, START, 1, "CNY")
    event = desk.all(
        "SELECT case_id, seq, event, state_before, state_after, actor, data FROM case_event"
    )
    assert event == [(case[0], 1, "opened", "", "active", "ledger", {"import": result.import_id})]


def test_rows_of_one_contract_are_debts_of_one_case(desk: Desk) -> None:
    desk.load([ONE, TWO])
    assert desk.one("SELECT count(*) FROM debtor") == 1
    assert desk.one("SELECT count(*) FROM cases") == 1
    assert desk.one("SELECT count(*) FROM debt") == 2


def test_a_contract_without_instalments_tells_its_debts_apart_by_due_date(desk: Desk) -> None:
    desk.load([ONE.replace(",1,", ",,"), TWO.replace(",2,", ",,")])
    assert desk.all("SELECT ref FROM debt ORDER BY ref") == [("2026-03-09",), ("2026-04-09",)]


def test_another_currency_is_another_case(desk: Desk) -> None:
    desk.load([ONE, TWO[:-1] + ",HKD"])
    assert desk.all("SELECT currency FROM cases ORDER BY 1") == [("CNY",), ("HKD",)]
    assert desk.one("SELECT count(*) FROM debtor") == 1


def test_what_was_paid_before_we_came_is_opening_balance_and_no_payment(desk: Desk) -> None:
    desk.load([OTHER])
    debt = desk.debt("HT2", "19")
    assert (debt["opening_paid_minor"], debt["paid_minor"]) == (100000, 100000)
    assert desk.one("SELECT count(*) FROM payment") == 0


def test_a_debt_imported_as_paid_closes_its_case(desk: Desk) -> None:
    desk.load([OTHER.replace("1000,", "5997.15,")])
    assert desk.one("SELECT state FROM cases") == "closed"
    assert desk.all("SELECT event FROM case_event ORDER BY seq") == [("opened",), ("settled",)]


def test_the_language_comes_from_the_column_or_the_phones_region(desk: Desk) -> None:
    header = "合同编号,客户姓名,手机号,应还日期,应还金额,语言"
    rows = [
        "A,甲,+852 5123 7530,2026-03-09,1,",
        "B,乙,+886 912 345 468,2026-03-09,1,",
        "C,丙,+852 5123 7531,2026-03-09,1,简体",
        "D,丁,+65 8123 5975,2026-03-09,1,",
    ]
    desk.load(rows, header=header)
    found = {
        SEAL.open(name): locale
        for name, locale in desk.all("SELECT name_sealed, locale FROM debtor")
    }
    assert found == {"甲": "zh-HK", "乙": "zh-TW", "丙": "zh-CN", "丁": "zh-CN"}


def test_payday_late_count_and_the_tail_of_the_identity_number(desk: Desk) -> None:
    header = "合同编号,客户姓名,手机号,应还日期,应还金额,发薪日,近三月逾期次数,身份证号"
    desk.load(["A,甲,13800138000,2026-03-09,1,15,2,11010119900307123X"], header=header)
    payday, tail = desk.all("SELECT payday, id_tail_sealed FROM debtor")[0]
    assert (payday, SEAL.open(tail), desk.one("SELECT late_count FROM cases")) == (15, "123X", 2)


def test_a_landline_is_kept_for_voice_with_its_extension(desk: Desk) -> None:
    desk.load(["HT1,马敏,010-6552 9988 转 203,1,2026-03-09,10,,"])
    assert desk.all("SELECT kind, extension FROM contact_point") == [("landline", "203")]
    assert desk.said() == [(2, "warning", "phone_extension")]


def test_a_customer_number_joins_contracts_whatever_the_phone(desk: Desk) -> None:
    header = "客户编号,合同编号,姓名,手机号,应还日期,应还金额"
    rows = ["K1,A,马敏,13800138000,2026-03-09,1", "K1,B,马敏,13800138001,2026-03-09,1"]
    desk.load(rows, header=header)
    assert desk.one("SELECT count(*) FROM debtor") == 1
    assert desk.one("SELECT count(*) FROM cases") == 1
    assert desk.one("SELECT count(*) FROM contact_point") == 2


def test_two_people_of_one_name_are_told_apart_by_their_phones(desk: Desk) -> None:
    desk.load([ONE, TWO.replace("HT1", "HT3").replace("8000", "8001")])
    assert desk.one("SELECT count(*) FROM debtor") == 2


def test_name_and_any_known_phone_find_the_debtor_again(desk: Desk) -> None:
    desk.load([ONE, TWO.replace("13800138000", "13800138001")])
    assert desk.one("SELECT count(*) FROM contact_point") == 2
    desk.load(["HT9,马敏,13800138001,1,2026-05-09,10,,"])
    assert desk.one("SELECT count(*) FROM debtor") == 1


def test_the_second_phone_of_a_row_finds_the_debtor_too(desk: Desk) -> None:
    desk.load([ONE])
    desk.load(["HT9,马敏,13800138005/13800138000,1,2026-05-09,10,,"])
    assert desk.one("SELECT count(*) FROM debtor") == 1
    assert desk.one("SELECT count(*) FROM contact_point") == 2


def test_the_same_person_at_two_portfolios_of_a_creditor_is_one_debtor(desk: Desk) -> None:
    desk.open_portfolio("cards")
    desk.open_portfolio("elsewhere", creditor_key="another lender")
    desk.load([ONE])
    desk.load([ONE], code="cards")
    assert desk.one("SELECT count(*) FROM debtor") == 1
    assert desk.one("SELECT count(*) FROM cases") == 2
    desk.load([ONE], code="elsewhere")
    assert desk.one("SELECT count(*) FROM debtor") == 2


def test_a_contract_keeps_the_first_name_it_stands_under(desk: Desk) -> None:
    result = desk.load([ONE, TWO.replace("马敏", "苏玲")])
    assert result.figures.rejected == 1
    assert desk.said() == [(3, "rejected", "contract_other_name")]
    assert desk.notes[0].details["other_en"] == "line 2"
    desk.load([TWO.replace("马敏", "苏玲")])
    assert desk.said() == [(2, "rejected", "contract_other_name")]
    assert desk.one("SELECT count(*) FROM debtor") == 1


def test_a_customer_number_keeps_the_first_name_it_stands_under(desk: Desk) -> None:
    header = "客户编号,合同编号,姓名,手机号,应还日期,应还金额"
    rows = ["K1,A,马敏,13800138000,2026-03-09,1", "K1,B,苏玲,13800138001,2026-03-09,1"]
    desk.load(rows, header=header)
    assert desk.said() == [(3, "rejected", "customer_other_name")]
    desk.load(rows[1:], header=header)
    assert desk.said() == [(2, "rejected", "customer_other_name")]


def test_a_contract_belongs_to_one_customer_number(desk: Desk) -> None:
    header = "客户编号,合同编号,姓名,手机号,期次,应还日期,应还金额"
    rows = ["K1,A,马敏,13800138000,1,2026-03-09,1", "K2,A,马敏,13800138000,2,2026-04-09,1"]
    desk.load(rows, header=header)
    assert desk.said() == [(3, "rejected", "contract_other_customer")]


def test_a_bad_row_is_rejected_alone(desk: Desk) -> None:
    result = desk.load([ONE, "HT2,苏玲,12345,1,2026-02-30,-1,,RMBX", OTHER.replace("HT2", "HT3")])
    assert (result.figures.rows, result.figures.new, result.figures.rejected) == (3, 2, 1)
    assert {line for line, *_ in desk.said()} == {3}
    assert desk.one("SELECT count(*) FROM debt WHERE contract = 'HT2'") == 0


def test_nobodys_name_or_phone_rests_in_clear(desk: Desk) -> None:
    desk.load([ONE, TWO.replace("马敏", "苏玲").replace("13800138000", "1380013800")])
    tables = [
        name
        for (name,) in desk.all(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, pg_my_temp_schema())"
        )
    ]
    assert "ledger_stage" in tables
    for table in tables:
        for (text,) in desk.all(f"SELECT t::text FROM {table} t"):
            for secret in (
                "马敏",
                "苏玲",
                "13800138000",
                "马敏".encode().hex(),
                b"13800138000".hex(),
            ):
                assert secret not in text, table


def test_every_row_of_a_name_shares_a_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_ledger, "BATCH", 3)
    rows = [f"HT{n},人{n % 4},1380013800{n % 4},{n},2026-03-09,10,," for n in range(20)]
    assert desk.load(rows, dry_run=True).figures.new_debtors == 4
    result = desk.load(rows)
    assert (result.figures.new, result.figures.new_debtors, result.figures.new_cases) == (20, 4, 4)
    before = desk.books()
    assert desk.load(rows).figures.unchanged == 20
    assert desk.books() == before


def test_an_unknown_portfolio_is_refused(desk: Desk) -> None:
    with pytest.raises(UnusableFileError) as wrong:
        desk.load([ONE], code="nowhere")
    assert wrong.value.code == "portfolio_unknown"


def test_a_header_without_rows_is_refused(desk: Desk) -> None:
    with pytest.raises(UnusableFileError) as wrong:
        desk.load([])
    assert wrong.value.code == "no_rows"


def test_two_imports_of_one_creditor_do_not_run_at_once(desk: Desk, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as other:
        theirs = Desk(other, desk.folder)
        with theirs.kit().books.importing("lender"):
            with pytest.raises(UnusableFileError) as wrong:
                desk.load([ONE])
            assert wrong.value.code == "import_running"
    assert desk.load([ONE]).figures.new == 1


def test_title_rows_stand_above_the_header_and_totals_below(desk: Desk) -> None:
    text = f"三月台账（截止 2026-03-12）,,\n,,\n合同编号,客户姓名,手机号,期次,应还日期,应还金额,已还金额,币种\n{ONE}\n,,,,,,,\n合计,,,,,4180.55,,\n"
    result = desk.load(text)
    assert (result.figures.rows, result.figures.passed_over) == (1, 1)
    assert desk.said() == [(6, "passed_over", "total_row")]


def test_the_report_names_columns_that_were_not_read(desk: Desk) -> None:
    header = "合同编号,客户姓名,手机号,期次,应还日期,应还金额,已还金额,币种,备注,紧急联系人电话"
    result = desk.load([ONE + ",已电联,13800138009"], header=header)
    assert result.layout.unused == ("备注", "紧急联系人电话")
    assert result.refused_columns == ("紧急联系人电话",)
    assert desk.one("SELECT count(*) FROM contact_point") == 1


def test_the_import_leaves_a_record_of_itself(desk: Desk, tmp_path: Path) -> None:
    result = desk.load([ONE])
    found = desk.all("SELECT id, file_name, at, figures->>'new', length(sha256) FROM ledger_import")
    assert found == [(result.import_id, "ledger.csv", START, "1", 64)]


def test_a_contract_never_has_two_debtors_whatever_its_phones_know(desk: Desk) -> None:
    desk.load(["HT1,马敏,13800138000,1,2026-03-09,100,,"])
    rows = [
        "HT2,马敏,13800138001,1,2026-03-09,100,,",
        "HT2,马敏,13800138000,2,2026-04-09,100,,",
    ]
    desk.load(rows)
    assert desk.one("SELECT count(*) FROM debtor") == 1
    before = desk.books()
    assert desk.load(rows).figures.unchanged == 2
    assert desk.books() == before
