"""Whatever happens to a case's money, the books balance and say what the debts say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from money_model import PAGE, Model

from bot.domain.allocation import spread, spread_over
from bot.domain.books import (
    RECEIVABLE,
    Account,
    Entry,
    Held,
    Kind,
    PostingError,
    Share,
    credit_left,
    outstanding,
    taken_back,
)
from bot.domain.facts import DebtFacts
from bot.domain.vocabulary import AllocationOrder

amounts = st.integers(1, 5_000)
places = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("charge"), amounts, amounts, amounts, st.integers(0, 5_000)),
    st.tuples(st.just("restate"), places, amounts, st.integers(0, 2_000), st.integers(0, 2_000)),
    st.tuples(st.just("withdraw"), places),
    st.tuples(st.just("pay"), amounts),
    st.tuples(st.just("pay_one"), places, amounts),
    st.tuples(st.just("refund"), places, amounts),
    st.tuples(st.just("undone"), places, amounts),
    st.tuples(st.just("chargeback"), places, amounts),
    st.tuples(st.just("reinstate"), places, amounts),
    st.tuples(st.just("fee"), places, amounts),
    st.tuples(st.just("waive"), places, amounts),
)


def act(model: Model, step: tuple) -> None:
    """One step; what names a debt or payment that is not there does nothing."""
    what, *given_ = step
    if what == "charge":
        amount, interest, charges, opening = given_
        interest = min(interest, amount)
        model.charge(amount, interest, min(charges, amount - interest), min(opening, amount))
    elif what == "pay":
        model.pay(*given_)
    elif what in ("refund", "chargeback", "undone", "reinstate"):
        place, amount = given_
        if model.payments:
            payment = place % len(model.payments) + 1
            if what == "reinstate":
                model.put_back(payment, amount)
            else:
                model.take_back(payment, amount, Kind(what))
    elif what == "pay_one" and model.rows:
        place, amount = given_
        model.pay(amount, place % len(model.rows) + 1)
    elif model.rows and what != "pay_one":
        place, *rest = given_
        getattr(model, what)(place % len(model.rows) + 1, *rest)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(AllocationOrder), st.lists(steps, max_size=25))
def test_any_sequence_leaves_the_books_balanced_and_equal_to_the_debts(order, sequence):
    model = Model(order)
    for step in sequence:
        act(model, step)
        held = model.balances
        assert sum(held.values()) == 0
        for debt_id, owed in model.owed.items():
            assert outstanding(held, debt_id) == owed >= 0
            known = model.known(debt_id)
            assert all(held.get((debt_id, account), 0) >= 0 for account in RECEIVABLE)
            if not known.settled:
                assert known.owed_minor == owed
                assert held.get((debt_id, Account.DEBT_INTEREST), 0) == known.interest_owed_minor
                assert held.get((debt_id, Account.DEBT_FEE), 0) == known.fee_owed_minor
        assert credit_left(held) == sum(p.credit_minor for p in model.payments.values()) >= 0
        kept = sum(p.amount_minor for p in model.payments.values())
        accounts = (Account.RECEIVED, Account.REFUNDED, Account.CHARGED_BACK)
        assert sum(held.get((None, account), 0) for account in accounts) == kept
        if any(model.owed.values()):
            assert not credit_left(held), "credit waits only while nothing is owed"
    keys = [entry.key for entry in model.entries]
    assert len(keys) == len(set(keys))


@given(st.lists(steps, max_size=15), amounts)
def test_a_refund_of_a_whole_payment_leaves_the_debts_as_they_were(sequence, amount):
    model = Model(AllocationOrder.OLDEST_DUE_FIRST)
    for step in sequence:
        act(model, step)
    if not any(model.owed.values()):
        return
    before = dict(model.owed)
    model.pay(amount)
    payment = len(model.payments)
    model.take_back(payment, amount, Kind.REFUND)
    assert model.owed == before
    assert model.payments[payment].amount_minor == 0


@given(st.sampled_from(AllocationOrder), st.lists(steps, max_size=15), places, amounts)
def test_money_for_a_chosen_debt_goes_there_first_and_the_rest_by_the_order(
    order, sequence, place, amount
):
    model = Model(order)
    for step in sequence:
        act(model, step)
    listed = [debt.debt_id for debt in model.facts() if model.owed[debt.debt_id]]
    if not listed:
        return
    chosen, before = listed[place % len(listed)], dict(model.owed)
    others = [debt for debt in model.facts() if debt.debt_id != chosen]
    model.pay(amount, chosen)
    assert before[chosen] - model.owed[chosen] == min(amount, before[chosen])
    left = amount - before[chosen]
    usual = spread(left, others, order).parts if left > 0 else {}
    for debt_id in before.keys() - {chosen}:
        assert before[debt_id] - model.owed[debt_id] == usual.get(debt_id, 0)


@given(st.lists(steps, max_size=15), amounts)
def test_money_that_is_undone_leaves_the_debts_and_what_was_received_as_they_were(sequence, amount):
    model = Model(AllocationOrder.OLDEST_DUE_FIRST)
    for step in sequence:
        act(model, step)
    if not any(model.owed.values()):
        return
    owed, received = dict(model.owed), model.balances.get((None, Account.RECEIVED), 0)
    model.pay(amount)
    model.take_back(len(model.payments), amount, Kind.UNDONE)
    assert model.owed == owed
    assert model.balances.get((None, Account.RECEIVED), 0) == received


@pytest.mark.parametrize("amount", [0, -1])
def test_an_entry_moves_more_than_zero(amount):
    with pytest.raises(PostingError, match="more than zero"):
        Entry(1, 1, Account.RECEIVED, Account.DEBT, amount, "CNY", Kind.PAYMENT, "k")


@pytest.mark.parametrize(
    ("debt_id", "debit", "credit"),
    [
        (1, Account.DEBT, Account.DEBT),
        (1, Account.DEBT, Account.DEBT_FEE),
        (None, Account.RECEIVED, Account.DEBT),
        (1, Account.RECEIVED, Account.CREDIT),
    ],
)
def test_accounts_and_debt_must_agree(debt_id, debit, credit):
    with pytest.raises(PostingError):
        Entry(1, debt_id, debit, credit, 1, "CNY", Kind.PAYMENT, "k")


HELD = Held(
    (Share(1, Account.DEBT_FEE, 30), Share(1, Account.DEBT, 50), Share(2, Account.DEBT, 7)), 5
)


def test_money_is_taken_back_from_the_credit_and_then_from_what_was_paid_last():
    back = taken_back(20, HELD)
    assert back.credit_minor == 5
    assert back.shares == (Share(2, Account.DEBT, 7), Share(1, Account.DEBT, 8))


@pytest.mark.parametrize("amount", [0, -1, 93])
def test_no_more_is_taken_back_than_a_payment_holds(amount):
    with pytest.raises(PostingError):
        taken_back(amount, HELD)


def debts() -> list[DebtFacts]:
    """100 each: the first with 20 interest and 10 fees, the second with 30 and 5."""

    return [
        DebtFacts(1, "a", date(2026, 3, 1), 100, 0, None, 20, 10),
        DebtFacts(2, "b", date(2026, 4, 1), 100, 0, None, 30, 5),
    ]


def paid(amount: int, order: AllocationOrder) -> list[tuple[int, str, int]]:
    """Debt, account and amount, in order."""
    shares = spread(amount, debts(), order).shares
    return [(share.debt_id, share.account.value, share.amount_minor) for share in shares]


def test_oldest_due_first_pays_a_debt_wholly_before_the_next():
    assert paid(115, AllocationOrder.OLDEST_DUE_FIRST) == [
        (1, "debt_interest", 20),
        (1, "debt_fee", 10),
        (1, "debt", 70),
        (2, "debt_interest", 15),
    ]


def test_interest_first_pays_all_interest_then_fees_then_principal():
    assert paid(70, AllocationOrder.INTEREST_FIRST) == [
        (1, "debt_interest", 20),
        (2, "debt_interest", 30),
        (1, "debt_fee", 10),
        (2, "debt_fee", 5),
        (1, "debt", 5),
    ]


def test_fees_first_is_the_order_of_the_civil_code():
    assert paid(40, AllocationOrder.FEE_FIRST) == [
        (1, "debt_fee", 10),
        (2, "debt_fee", 5),
        (1, "debt_interest", 20),
        (2, "debt_interest", 5),
    ]


def test_a_chosen_debt_is_paid_before_older_ones_and_within_itself_by_the_order():
    shares = spread(110, debts(), AllocationOrder.FEE_FIRST, chosen=2).shares
    assert [(share.debt_id, share.account.value, share.amount_minor) for share in shares] == [
        (2, "debt_fee", 5),
        (2, "debt_interest", 30),
        (2, "debt", 65),
        (1, "debt_fee", 10),
    ]


def test_a_chosen_debt_that_is_not_there_changes_nothing():
    assert spread(130, debts(), chosen=9) == spread(130, debts())


def test_what_no_debt_takes_is_credit():
    assert spread(250, debts()).credit_minor == 50


def test_a_single_debt_takes_no_more_than_it_owes():
    with pytest.raises(ValueError, match="owes 100"):
        spread_over(101, debts()[0], AllocationOrder.FEE_FIRST)


def test_a_page_writes_its_own_case_and_currency():
    [entry] = PAGE.entries(Kind.PAYMENT, [Share(3, Account.DEBT, 9)], "payment:1")
    assert (entry.case_id, entry.currency, entry.key) == (1, "CNY", "payment:1:3:debt")
