"""Principal, interest and fees of a ledger, and money spread over them."""

from __future__ import annotations

import pytest
from ledger_desk import HEADER, SEAL, START, Desk
from psycopg_pool import ConnectionPool

from bot.app.playbook import load_playbook
from bot.app.verify.breach import Evidence
from bot.app.verify.money import books_agree, money_adds_up
from bot.domain.books import Kind
from bot.flows.bookkeeping import take_back
from bot.flows.ports.money import IncomingPayment
from bot.flows.settle import Settler
from bot.store.session import PooledTransactions

PARTS = f"{HEADER},本金,利息,费用"
FIRST = "HT1,马敏,13800138000,1,2026-03-09,100,,,70,20,10"
SECOND = "HT1,马敏,13800138000,2,2026-04-09,100,,,65,30,5"


class StoppedClock:
    """Always the same instant."""

    def now(self, *, livemode: bool):
        return START

    def real(self):
        return START


@pytest.fixture
def parted(desk: Desk, pool: ConnectionPool) -> Desk:
    """A desk whose settler is the real one."""
    desk.settler = Settler(PooledTransactions(pool, SEAL), load_playbook("x" * 40), StoppedClock())
    return desk


def owed(desk: Desk) -> list[tuple[int, int, int]]:
    """Interest, fees and all that each debt owes, by instalment."""
    return desk.all("SELECT interest_owed_minor, fee_owed_minor, owed_minor FROM debt ORDER BY ref")


def breaches(desk: Desk) -> list[str]:
    """What `verify` says of the money."""
    evidence = Evidence(desk.connection, None)
    return [
        f"{b.where} {b.what}" for check in (books_agree, money_adds_up) for b in check(evidence)
    ]


def pay(desk: Desk, amount: int) -> None:
    """Money by another way."""
    case = desk.one("SELECT id FROM cases")
    desk.settler.receive(  # type: ignore[union-attr]
        IncomingPayment(case, amount, "CNY", "bank", f"b-{amount}", START), livemode=False
    )


def test_a_ledger_may_name_the_parts_of_a_debt(desk: Desk) -> None:
    desk.load([FIRST, SECOND], header=PARTS)
    assert owed(desk) == [(2000, 1000, 10_000), (3000, 500, 10_000)]
    accounts = desk.all("SELECT debit, sum(amount_minor)::bigint FROM entry GROUP BY 1 ORDER BY 1")
    assert accounts == [("debt", 13_500), ("debt_fee", 1500), ("debt_interest", 5000)]
    before = desk.books()
    desk.load([FIRST, SECOND], header=PARTS)
    assert desk.books() == before
    assert breaches(desk) == []


def test_what_was_paid_before_went_to_interest_and_then_fees(desk: Desk) -> None:
    desk.load([FIRST.replace(",100,,", ",100,25,")], header=PARTS)
    assert owed(desk) == [(0, 500, 7500)]
    assert breaches(desk) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (FIRST.replace("70,20,10", "70,20,20"), "parts_differ"),
        (FIRST.replace("70,20,10", ",90,20"), "parts_differ"),
        (FIRST.replace("70,20,10", ",-1,"), "parts_differ"),
        (FIRST.replace("70,20,10", "70,20.001,"), "amount_too_fine"),
    ],
)
def test_parts_that_do_not_fit_are_left_out_and_said(desk: Desk, row: str, code: str) -> None:
    desk.load([row], header=PARTS)
    assert desk.said() == [(2, "warning", code)]
    assert owed(desk) == [(0, 0, 10_000)]


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ("oldest_due_first", [(0, 0, 4000), (3000, 500, 10_000)]),
        ("interest_fee_principal", [(0, 0, 7000), (0, 500, 7000)]),
        ("fee_interest_principal", [(0, 0, 7000), (500, 0, 7000)]),
    ],
)
def test_money_is_spread_in_the_portfolio_s_order(
    parted: Desk, order: str, left: list[tuple[int, int, int]]
) -> None:
    parted.connection.execute("UPDATE portfolio SET allocation = %s", [order])
    parted.load([FIRST, SECOND], header=PARTS)
    pay(parted, 6000)
    assert owed(parted) == left
    assert breaches(parted) == []


def test_a_small_payment_takes_all_interest_or_all_fees_first(parted: Desk) -> None:
    parted.load([FIRST, SECOND], header=PARTS)
    parted.connection.execute("UPDATE portfolio SET allocation = 'interest_fee_principal'")
    pay(parted, 4000)
    assert owed(parted) == [(0, 1000, 8000), (1000, 500, 8000)]
    parted.connection.execute("UPDATE portfolio SET allocation = 'fee_interest_principal'")
    pay(parted, 1200)
    assert owed(parted) == [(0, 0, 7000), (1000, 300, 7800)]
    assert breaches(parted) == []


def test_new_terms_keep_what_each_part_has_had_paid(parted: Desk) -> None:
    parted.load([FIRST], header=PARTS)
    pay(parted, 2500)
    parted.load([FIRST.replace("100,,,70,20,10", "120,,,80,30,10")], header=PARTS)
    assert owed(parted) == [(1000, 500, 9500)]
    parted.load([FIRST.replace("100,,,70,20,10", "50,,,50,0,0")], header=PARTS)
    assert owed(parted) == [(0, 0, 2500)]
    assert breaches(parted) == []


def test_a_debt_that_is_withdrawn_and_listed_again_owes_the_same_parts(parted: Desk) -> None:
    other = "HT2,苏玲,13800138001,1,2026-03-17,200,,,200,,"
    parted.load([FIRST, other], header=PARTS)
    parted.load([other], header=PARTS, full_balance=True, settle_missing=True)
    assert parted.debt("HT1", "1")["owed_minor"] == 0
    assert breaches(parted) == []
    parted.load([FIRST, other], header=PARTS)
    assert parted.debt("HT1", "1")["owed_minor"] == 10_000
    assert breaches(parted) == []


def test_credit_is_taken_by_the_next_instalment_that_is_imported(parted: Desk) -> None:
    parted.load([FIRST], header=PARTS)
    pay(parted, 16_000)
    assert parted.one("SELECT state FROM cases") == "closed"
    parted.load([FIRST, SECOND], header=PARTS)
    assert parted.one("SELECT sum(credit_minor)::bigint FROM payment") == 0
    assert parted.debt("HT1", "2")["owed_minor"] == 4000
    assert parted.one("SELECT state FROM cases") == "active"
    assert breaches(parted) == []


def test_a_stale_ledger_does_not_hide_what_was_refunded(parted: Desk) -> None:
    parted.load([FIRST], header=PARTS)
    pay(parted, 10_000)
    with parted.settler.transactions() as store:  # type: ignore[union-attr]
        payment = parted.one("SELECT id FROM payment")
        take_back(store, parted.one("SELECT id FROM cases"), payment, 4000, Kind.REFUND, at=START)
    stale = FIRST.replace(",100,,", ",100,100,")
    parted.load([stale], header=PARTS)
    assert (2, "warning", "paid_given_back") in parted.said()
    assert parted.debt("HT1", "1")["owed_minor"] == 4000
    parted.load([FIRST.replace(",100,,", ",100,60,")], header=PARTS)  # the ledger knows it now
    parted.load([stale], header=PARTS)  # and this is new money
    assert parted.debt("HT1", "1")["owed_minor"] == 0
    assert breaches(parted) == []
