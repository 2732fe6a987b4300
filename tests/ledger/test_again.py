"""The same file again, newer files, crashes in between, and full-balance files."""

from datetime import date

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_desk import HEADER, Desk

from bot.flows import import_ledger
from bot.store.ledger import LedgerStore

ONE = "HT1,马敏,13800138000,1,2026-03-09,100,,"
TWO = "HT1,马敏,13800138000,2,2026-04-09,100,,"
OTHER = "HT2,苏玲,13800138001,1,2026-03-17,200,50,"

MESS = [
    ONE,
    TWO,
    OTHER,
    ONE,
    OTHER.replace(",200,", ",250,"),
    "HT3,马敏,13800138002,1,2026-03-09,10,,",
    "HT1,马敏,13800138003,3,2026-05-09,100,,",
    "HT1,别人,13800138003,4,2026-05-09,100,,",
    "HT4,贾华,bad,1,2026-05-09,100,,",
    "HT5,贾华,13800138005,1,2026-05-09,100,100,",
]


def test_the_same_file_again_writes_nothing_at_all(desk: Desk) -> None:
    first = desk.load(MESS)
    assert (first.figures.duplicates, first.figures.superseded) == (1, 1)
    before = desk.books()
    desk.later()
    again = desk.load(MESS)
    assert desk.books() == before
    assert (again.figures.new, again.figures.updated, again.import_id) == (0, 0, None)
    assert again.figures.rejected == first.figures.rejected == 2


_phones = st.lists(st.integers(0, 4), min_size=1, max_size=2).map(
    lambda ends: "/".join(f"1380013800{end}" for end in ends)
)
_rows = st.builds(
    "HT{0},人{1},{2},{3},2026-0{4}-09,{5},{6},{7},{8}".format,
    st.integers(1, 4),
    st.integers(1, 2),
    _phones,
    st.integers(1, 3),
    st.integers(3, 5),
    st.sampled_from(["100", "200", "0"]),
    st.sampled_from(["", "0", "50", "100"]),
    st.sampled_from(["", "CNY", "HKD"]),
    st.sampled_from(["", "K1", "K2"]),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(st.lists(_rows, min_size=1, max_size=12), min_size=1, max_size=3))
def test_whatever_the_files_the_last_one_again_changes_nothing_and_sums_hold(
    desk: Desk, files: list[list[str]]
) -> None:
    for table in (
        "entry, allocation, payment, debt_change, case_event, debt, cases, contact_point, debtor",
        "ledger_import",
    ):
        desk.connection.execute(f"TRUNCATE {table} CASCADE")
    header = f"{HEADER},客户编号"
    for rows in files:
        dry = desk.load(rows, header=header, dry_run=True)
        figures = desk.load(rows, header=header).figures
        assert dry.figures == figures
        assert (
            figures.rows
            == len(rows)
            == (
                figures.new
                + figures.updated
                + figures.unchanged
                + figures.duplicates
                + figures.superseded
                + figures.rejected
            )
        )
    before = desk.books()
    again = desk.load(files[-1], header=header)
    assert again.figures.new + again.figures.updated == 0
    assert desk.books() == before
    assert (
        desk.all(
            "SELECT id FROM debt d WHERE paid_minor > amount_minor OR paid_minor <> opening_paid_minor"
            " + (SELECT coalesce(sum(amount_minor), 0) FROM allocation a WHERE a.debt_id = d.id)"
        )
        == []
    )


def test_a_newer_amount_updates_the_debt_and_keeps_what_it_was(desk: Desk) -> None:
    desk.load([ONE])
    desk.connection.execute("UPDATE cases SET next_check_at = next_check_at + interval '9 days'")
    desk.later()
    result = desk.load([ONE.replace(",100,", ",150.50,").replace("03-09", "03-19")])
    assert result.figures.updated == 1
    debt = desk.debt("HT1", "1")
    assert (debt["amount_minor"], debt["due_on"]) == (15050, date(2026, 3, 19))
    before, after = desk.all("SELECT before, after FROM debt_change")[0]
    assert (before["amount_minor"], after["amount_minor"]) == (10000, 15050)
    assert (before["due_on"], after["due_on"]) == ("2026-03-09", "2026-03-19")
    assert desk.one("SELECT next_check_at FROM cases") == desk.at


def test_the_later_of_two_contradictory_rows_wins_with_a_warning(desk: Desk) -> None:
    result = desk.load([ONE, TWO, ONE.replace(",100,", ",90,")])
    assert result.figures.superseded == 1
    assert desk.debt("HT1", "1")["amount_minor"] == 9000
    assert desk.said() == [(2, "superseded", "superseded_row")]
    assert (desk.notes[0].column, desk.notes[0].value) == ("应还金额", "100.00")
    assert desk.one("SELECT count(*) FROM debt_change") == 0


def test_a_row_that_is_the_same_but_for_the_phone_adds_the_phone(desk: Desk) -> None:
    desk.load([ONE, ONE.replace("8000", "8009")])
    assert desk.one("SELECT count(*) FROM contact_point") == 2


def test_another_phone_in_a_later_file_is_one_more_contact_point(desk: Desk) -> None:
    desk.load([ONE])
    desk.connection.execute("UPDATE contact_point SET disabled = 'wrong_person'")
    result = desk.load([ONE.replace("8000", "8009")])
    assert (result.figures.updated, result.figures.new_phones) == (1, 1)
    assert desk.all("SELECT disabled FROM contact_point ORDER BY id") == [
        ("wrong_person",),
        (None,),
    ]
    desk.load([ONE])
    assert desk.all("SELECT disabled FROM contact_point ORDER BY id") == [
        ("wrong_person",),
        (None,),
    ]


def test_rows_that_disagree_about_the_person_settle_on_the_last(desk: Desk) -> None:
    header = "合同编号,客户姓名,手机号,期次,应还日期,应还金额,发薪日,近三月逾期次数"
    rows = [
        "A,马敏,13800138000,1,2026-03-09,1,5,3",
        "A,马敏,13800138000,2,2026-04-09,1,25,1",
    ]
    desk.load(rows, header=header)
    assert desk.one("SELECT payday FROM debtor") == 25
    assert desk.one("SELECT late_count FROM cases") == 3
    before = desk.books()
    assert desk.load(rows, header=header).figures.unchanged == 2
    assert desk.books() == before
    desk.load([row[:-1] + "0" for row in rows], header=header)
    assert desk.one("SELECT late_count FROM cases") == 0


def test_more_paid_than_we_knew_is_a_payment_of_that_debt_once(desk: Desk) -> None:
    desk.load([ONE, TWO])
    newer = [ONE, TWO.replace(",100,,", ",100,40,")]
    result = desk.load(newer)
    assert (result.figures.payments, result.figures.paid_minor) == (1, {"CNY": 4000})
    debt = desk.debt("HT1", "2")
    assert (debt["paid_minor"], debt["opening_paid_minor"]) == (4000, 0)
    payment = desk.all("SELECT provider, provider_ref, amount_minor, credit_minor FROM payment")
    assert payment == [("ledger", f"{debt['id']}:4000", 4000, 0)]
    assert desk.all("SELECT debt_id, amount_minor FROM allocation") == [(debt["id"], 4000)]
    assert [amount for _, amount in desk.settler.arrived] == [4000]
    desk.load(newer)
    assert desk.one("SELECT count(*) FROM payment") == 1


def test_payments_of_one_case_in_one_file_are_one_payment(desk: Desk) -> None:
    desk.load([ONE, TWO])
    desk.load([ONE.replace(",100,,", ",100,30,"), TWO.replace(",100,,", ",100,40,")])
    assert desk.all("SELECT amount_minor FROM payment") == [(7000,)]
    assert desk.one("SELECT count(*) FROM allocation") == 2


def test_less_paid_than_we_know_keeps_ours_and_warns(desk: Desk) -> None:
    desk.load([OTHER])
    before = desk.books()
    result = desk.load([OTHER.replace(",50,", ",20,")])
    assert desk.said() == [(2, "warning", "paid_less")]
    assert result.figures.unchanged == 1
    assert desk.books() == before


def test_an_amount_below_what_was_paid_is_rejected(desk: Desk) -> None:
    desk.load([OTHER])
    desk.load([OTHER.replace(",200,50,", ",40,,")])
    assert desk.said() == [(2, "rejected", "amount_below_paid")]
    assert desk.debt("HT2", "1")["amount_minor"] == 20000


def test_an_amount_lowered_to_what_was_paid_closes_the_case(desk: Desk) -> None:
    desk.load([OTHER])
    desk.load([OTHER.replace(",200,", ",50,")])
    assert desk.one("SELECT state FROM cases") == "closed"


def test_a_debt_never_changes_its_currency(desk: Desk) -> None:
    desk.load([ONE])
    desk.load([ONE + "HKD"])
    assert desk.said() == [(2, "rejected", "currency_changed")]


def test_a_new_debt_reopens_a_closed_case(desk: Desk) -> None:
    desk.load([ONE.replace(",100,,", ",100,100,")])
    assert desk.one("SELECT state FROM cases") == "closed"
    desk.load([TWO])
    assert desk.one("SELECT state FROM cases") == "active"
    assert desk.all("SELECT event FROM case_event ORDER BY seq") == [
        ("opened",),
        ("settled",),
        ("reopened",),
    ]


def test_a_case_a_human_closed_stays_closed_when_nothing_new_is_owed(desk: Desk) -> None:
    desk.load([ONE])
    desk.connection.execute("UPDATE cases SET state = 'closed'")
    desk.load([ONE.replace("03-09", "03-10")])
    assert desk.one("SELECT state FROM cases") == "closed"


def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk) -> None:
    desk.load([OTHER, TWO])
    newer = [*MESS, "HT2,苏玲,13800138001,2,2026-04-17,200,,"]
    before = desk.books()
    dry = desk.load(newer, dry_run=True, full_balance=True)
    said = desk.said()
    assert desk.books() == before
    assert dry.import_id is None
    real = desk.load(newer, full_balance=True)
    assert (dry.figures, said) == (real.figures, desk.said())
    assert desk.books() != before


def test_a_dry_run_waits_for_nobody(desk: Desk, database_url: str) -> None:
    desk.load([ONE])
    desk.connection.execute("SET lock_timeout = '2s'")
    with psycopg.connect(database_url) as busy:
        busy.execute("SELECT FROM debtor FOR UPDATE")
        assert desk.load([ONE.replace(",100,", ",120,")], dry_run=True).figures.updated == 1
        with pytest.raises(psycopg.errors.LockNotAvailable):
            desk.load([ONE.replace(",100,", ",120,")])


def test_a_crash_leaves_whole_batches_and_a_repeat_completes_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_ledger, "BATCH", 2)
    rows = [f"HT{n},人{n},1380013800{n},1,2026-03-09,10,," for n in range(9)]
    written = LedgerStore._write_debts
    calls = []

    def failing(self: LedgerStore, *given: object) -> None:
        calls.append(1)
        written(self, *given)  # type: ignore[arg-type]
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(LedgerStore, "_write_debts", failing)
    with pytest.raises(KeyboardInterrupt):
        desk.load(rows)
    counts = [desk.one(f"SELECT count(*) FROM {t}") for t in ("debtor", "cases", "debt")]
    assert counts == [4, 4, 4]
    monkeypatch.setattr(LedgerStore, "_write_debts", written)
    again = desk.load(rows)
    assert (again.figures.new, again.figures.unchanged) == (5, 4)


def test_missing_debts_are_only_named_without_the_flag(desk: Desk) -> None:
    desk.load([ONE, TWO, OTHER])
    before = desk.books()
    result = desk.load([ONE], full_balance=True)
    assert (result.figures.missing, result.figures.settled) == (2, 0)
    assert [code for *_, code in desk.said()] == ["missing_debt", "missing_debt"]
    assert desk.books() == before
    assert desk.load([ONE]).figures.missing == 0


def test_missing_debts_settle_when_asked_and_come_back_when_listed(desk: Desk) -> None:
    desk.load([ONE, TWO, OTHER])
    result = desk.load([ONE], full_balance=True, settle_missing=True)
    assert (result.figures.missing, result.figures.settled) == (2, 2)
    by = f"ledger:{result.import_id}"
    assert [
        desk.debt(*key)["settled_by"] for key in (("HT1", "1"), ("HT1", "2"), ("HT2", "1"))
    ] == [
        None,
        by,
        by,
    ]
    states = desk.all("SELECT state FROM cases ORDER BY id")
    assert sorted(states) == [("active",), ("closed",)]
    assert desk.one("SELECT count(*) FROM debt_change") == 2
    before = desk.books()
    assert desk.load([ONE], full_balance=True, settle_missing=True).figures.settled == 0
    assert desk.books() == before
    desk.load([ONE, TWO, OTHER])
    assert desk.debt("HT2", "1")["settled_by"] is None
    assert desk.all("SELECT DISTINCT state FROM cases") == [("active",)]


def test_a_rejected_row_still_lists_its_contract(desk: Desk) -> None:
    desk.load([ONE, TWO, OTHER])
    result = desk.load(
        [OTHER, "HT1,马敏,,1,2026-03-09,100,,"], full_balance=True, settle_missing=True
    )
    assert (result.figures.missing, result.figures.settled) == (0, 0)


def test_a_row_under_a_foreign_name_still_lists_its_debt(desk: Desk) -> None:
    desk.load([ONE, OTHER])
    result = desk.load([OTHER, ONE.replace("马敏", "别人")], full_balance=True, settle_missing=True)
    assert result.figures.settled == 0


def test_nothing_settles_while_a_rejected_row_hides_its_contract(desk: Desk) -> None:
    desk.load([ONE, OTHER])
    result = desk.load(
        [ONE, ",苏玲,13800138001,1,2026-03-17,200,50,"], full_balance=True, settle_missing=True
    )
    assert (result.refusal, result.figures.missing, result.figures.settled) == (
        "unnamed_rows",
        1,
        0,
    )
    assert desk.debt("HT2", "1")["settled_by"] is None
