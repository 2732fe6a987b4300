"""Money adds up to the cent, and promises are judged by payments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allocation import spread
from bot.domain.facts import DebtFacts
from bot.domain.money import CurrencyMismatchError, Money, plain, spoken, to_major, to_minor
from bot.domain.promise_terms import is_over, outcome, promised_minor
from bot.domain.vocabulary import Portion, PromiseState

debts = st.lists(
    st.builds(
        DebtFacts,
        debt_id=st.integers(1, 10**6),
        ref=st.just("r"),
        due_on=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        amount_minor=st.integers(0, 10**7),
        paid_minor=st.integers(0, 10**7),
    ),
    max_size=8,
    unique_by=lambda debt: debt.debt_id,
)


@given(st.integers(1, 10**9), debts)
def test_a_payment_is_spread_to_the_last_cent(amount, owed):
    found = spread(amount, owed)
    assert sum(found.parts.values()) + found.credit_minor == amount
    by_id = {debt.debt_id: debt for debt in owed}
    assert all(0 < part <= by_id[key].outstanding_minor for key, part in found.parts.items())


@given(st.integers(1, 10**9), debts)
def test_a_younger_debt_gets_money_only_when_the_older_ones_are_paid(amount, owed):
    parts = spread(amount, owed).parts
    youngest = max(
        (debt for debt in owed if debt.debt_id in parts),
        key=lambda d: (d.due_on, d.debt_id),
        default=None,
    )
    for debt in owed:
        if youngest and (debt.due_on, debt.debt_id) < (youngest.due_on, youngest.debt_id):
            assert parts.get(debt.debt_id, 0) == debt.outstanding_minor


@pytest.mark.parametrize("amount", [0, -1])
def test_a_payment_of_nothing_is_refused(amount):
    with pytest.raises(ValueError, match="more than zero"):
        spread(amount, [])


@given(
    st.integers(1, 10**9), st.none() | st.integers(-5, 10**10), st.none() | st.sampled_from(Portion)
)
def test_a_promised_sum_lies_between_a_cent_and_what_is_owed(owed, named, portion):
    assert 0 < promised_minor(owed, named, portion) <= owed


def test_a_promise_is_over_the_day_after_its_grace():
    due = date(2026, 2, 28)
    assert not is_over(due, 1, due + timedelta(days=1))
    assert is_over(due, 1, due + timedelta(days=2))


@pytest.mark.parametrize(
    ("paid", "over", "expected"),
    [
        (100, False, PromiseState.KEPT),
        (99, False, PromiseState.OPEN),
        (99, True, PromiseState.PARTIAL),
        (0, True, PromiseState.BROKEN),
        (0, False, PromiseState.OPEN),
    ],
)
def test_payments_decide_a_promise(paid, over, expected):
    assert outcome(100, paid, over=over) is expected


@given(st.integers(-(10**12), 10**12), st.sampled_from(["CNY", "JPY", "KWD", "TWD"]))
def test_minor_units_survive_the_way_to_major_and_back(minor, currency):
    assert to_minor(to_major(minor, currency), currency) == minor


def test_an_amount_finer_than_a_cent_is_refused():
    with pytest.raises(ValueError, match="finer"):
        to_minor(Decimal("1.005"), "CNY")


def test_amounts_read_as_people_write_them():
    assert plain(204_750, "CNY") == "2047.50"
    assert spoken(204_750, "CNY") == "2047.50元"
    assert spoken(200_000, "CNY") == "2000元"
    assert spoken(500, "JPY") == "500日元"


def test_currencies_never_mix():
    with pytest.raises(CurrencyMismatchError):
        Money(1, "CNY") + Money(1, "USD")
