"""The sample ledgers, messy on purpose: every kind of mess is imported rightly or rejected."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from ledger_desk import SEAL, Desk

SAMPLES = Path(__file__).parents[2] / "sandbox" / "samples"
LOANS = SAMPLES / "ledger_consumer_loans.csv"
RECEIVABLES = SAMPLES / "ledger_receivables.xlsx"


def test_the_consumer_loans(desk: Desk) -> None:
    figures = desk.load(LOANS).figures
    assert (figures.rows, figures.rejected) == (1269, 22)
    assert (figures.duplicates, figures.superseded, figures.new) == (1, 1, 1245)
    assert Counter((outcome, code) for _, outcome, code in desk.said()) == {
        ("rejected", "missing_value"): 8,
        ("rejected", "phone_invalid"): 2,
        ("rejected", "amount_unreadable"): 2,
        ("rejected", "amount_not_positive"): 4,
        ("rejected", "date_impossible"): 2,
        ("rejected", "currency_unknown"): 2,
        ("rejected", "paid_above_amount"): 2,
        ("warning", "phone_extension"): 2,
        ("warning", "currency_sign"): 9,
        ("duplicate", "duplicate_row"): 1,
        ("superseded", "superseded_row"): 1,
    }
    before = desk.books()
    again = desk.load(LOANS).figures
    assert (again.new, again.updated, again.rejected) == (0, 0, 22)
    assert desk.books() == before


def test_rows_of_the_consumer_loans_are_read_rightly(desk: Desk) -> None:
    desk.load(LOANS)
    assert desk.debt("HT01000007", "21")["amount_minor"] == 432100  # the later of two rows
    assert desk.debt("HT01000018", "18")["due_on"] == date(2026, 2, 20)  # Excel serial 46073
    assert desk.debt("HT01000003", "1")["paid_minor"] == 332337  # 3323.37元
    assert desk.debt("HT01000022", "2")["amount_minor"] == 147716  # "1,477.16"
    assert desk.one("SELECT count(*) FROM debt WHERE contract = 'HT01000000'") == 2
    assert Counter(desk.all("SELECT currency FROM cases")) == {
        ("CNY",): 1013,
        ("HKD",): 51,
        ("TWD",): 42,
        ("SGD",): 44,
        ("USD",): 30,
    }
    phones = [
        SEAL.open(sealed)
        for (sealed,) in desk.all(
            "SELECT p.phone_sealed FROM contact_point p JOIN cases c USING (debtor_id) "
            "JOIN debt d ON d.case_id = c.id WHERE d.contract IN ('HT01000005', 'HT01000078') "
            "ORDER BY d.contract"
        )
    ]
    assert phones == ["+8613800131363", "+861065529988"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_receivables(desk: Desk, dry_run: bool) -> None:
    result = desk.load(RECEIVABLES, dry_run=dry_run)
    assert (result.figures.rows, result.figures.new, result.figures.rejected) == (400, 400, 0)
    assert (result.sheet, result.layout.line) == ("台账", 2)
    assert desk.said() == [(407, "passed_over", "total_row")]


def test_rows_of_the_receivables_are_read_rightly(desk: Desk) -> None:
    desk.load(RECEIVABLES)
    debt = desk.debt("FP200003", "FP200003")
    assert (debt["amount_minor"], debt["opening_paid_minor"]) == (22589495, 9035798)
    assert debt["due_on"] == date(2026, 1, 26)
    assert desk.one("SELECT sum(amount_minor) FROM debt") == 17705983277  # the file's own total
