"""Payments nobody expects: each has a clear outcome, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
from desk_kit import shanghai, wait_until
from paying_desk import REFUNDED, SUCCEEDED, PayingDesk

from bot.domain.case_life import Event
from bot.domain.vocabulary import CaseState
from bot.flows.bookkeeping import Adjustment, NotOwedError, charge_fee, waive
from bot.flows.life import take
from bot.flows.notices import Noticing
from bot.flows.ports.money import IncomingPayment
from bot.flows.settle import WrongCurrencyError


def receive(paying: PayingDesk, case: int, amount: int, currency: str = "CNY") -> bool:
    """Money by another way."""
    number = len(paying.desk.sql("SELECT id FROM payment"))
    payment = IncomingPayment(case, amount, currency, "bank", f"b-{number}", paying.desk.now)
    return paying.desk.product.settler.receive(payment, livemode=False)


def move(paying: PayingDesk, case: int, event: Event) -> None:
    """What a collector did."""
    with paying.desk.product.transactions() as store:
        state = CaseState(paying.desk.state(case))
        take(store, case, state, event, at=paying.desk.now, actor="collector:1")


@pytest.mark.parametrize("amount", [0, -1])
def test_a_payment_of_nothing_is_refused_and_leaves_no_trace(paying: PayingDesk, amount) -> None:
    case = paying.case()
    with pytest.raises(ValueError, match="more than zero"):
        receive(paying, case, amount)
    assert paying.desk.sql("SELECT id FROM payment") == []


def test_another_currency_is_refused_by_the_flow_and_by_the_database(paying: PayingDesk) -> None:
    case = paying.case()
    with pytest.raises(WrongCurrencyError, match="USD cannot pay CNY"):
        receive(paying, case, 100, "USD")
    for query in (
        "INSERT INTO payment (case_id, portfolio_id, amount_minor, currency, provider, "
        "provider_ref, paid_at, received_at) SELECT id, portfolio_id, 1, 'USD', 'x', 'x', "
        "entered_at, entered_at FROM cases WHERE id = %s",
        "INSERT INTO entry (case_id, debit, credit, amount_minor, currency, kind, source, key, at) "
        "SELECT id, 'received', 'credit', 1, 'USD', 'payment', 'x', 'x', entered_at FROM cases "
        "WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            paying.desk.sql(query, case)


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("debit, credit, amount_minor", "'received', 'credit', 0"),
        ("debit, credit, amount_minor", "'received', 'credit', -1"),
        ("debit, credit, amount_minor", "'received', 'received', 1"),
        ("debit, credit, amount_minor", "'received', 'debt', 1"),
    ],
)
def test_the_database_refuses_entries_that_no_books_can_hold(
    paying: PayingDesk, columns, values
) -> None:
    case = paying.case()
    with pytest.raises(psycopg.errors.CheckViolation):
        paying.desk.sql(
            f"INSERT INTO entry (case_id, {columns}, currency, kind, source, key, at) "
            f"SELECT id, {values}, 'CNY', 'payment', 'x', 'x', entered_at FROM cases WHERE id = %s",
            case,
        )


def test_an_amount_other_than_the_checkout_s_stays_with_a_human(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.checkout(case)
    assert paying.tell(SUCCEEDED, reference, 199_999) == "amount_differs"
    assert paying.tell(SUCCEEDED, reference, 200_000, currency="HKD") == "amount_differs"
    assert paying.owed(case) == 200_000
    assert [message for _, message in paying.alarms()] == ["amount_differs"] * 2


def test_more_than_is_owed_is_credit_and_a_later_debt_takes_it(paying: PayingDesk) -> None:
    case = paying.case(100)
    receive(paying, case, 130)
    assert (paying.credit(case), paying.desk.state(case)) == (30, "closed")
    desk = paying.desk
    later = desk.debt(case, paying.portfolio, date(2026, 4, 8), 100)
    with desk.product.transactions() as store:
        take(store, case, CaseState.CLOSED, Event.REOPENED, at=desk.now, actor="ledger")
        fee = Adjustment(case, later, 5, "late-1", "collector:1")
        assert charge_fee(store, fee, at=desk.now)
    assert (paying.credit(case), paying.owed(case)) == (0, 75)
    assert paying.breaches() == []


def test_a_payment_on_a_disputed_case_is_taken_and_the_dispute_stays(paying: PayingDesk) -> None:
    case = paying.case()
    move(paying, case, Event.DISPUTE_RAISED)
    receive(paying, case, 50_000)
    assert (paying.desk.state(case), paying.owed(case)) == ("disputed", 150_000)
    receive(paying, case, 150_000)
    assert paying.desk.state(case) == "closed"
    assert paying.breaches() == []


def test_a_payment_on_a_case_a_human_closed_is_taken_and_it_stays_closed(
    paying: PayingDesk,
) -> None:
    case = paying.case()
    move(paying, case, Event.CLOSED)
    receive(paying, case, 50_000)
    assert (paying.desk.state(case), paying.owed(case)) == ("closed", 150_000)
    assert paying.breaches() == []


def test_a_refund_on_a_case_a_human_closed_goes_to_a_human_and_it_stays_closed(
    paying: PayingDesk,
) -> None:
    case = paying.case()
    reference = paying.paid(case, 50_000)
    move(paying, case, Event.CLOSED)
    assert paying.tell(REFUNDED, reference, 50_000) == "refunded"
    assert (paying.desk.state(case), paying.handoffs(case)) == ("closed", ["refund"])
    assert paying.owed(case) == 200_000


def test_two_cases_of_one_debtor_never_pay_for_each_other(paying: PayingDesk) -> None:
    """A payment stays with the case of its checkout, whoever else the debtor owes."""
    debtor = paying.desk.debtor("马敏", "+8613800137801")
    first = paying.case(100, debtor_id=debtor, phone="+8613800137801")
    other = paying.desk.portfolio("more")
    second = paying.desk.case(
        other, due_on=date(2026, 3, 1), amount=100, debtor_id=debtor, phone="+8613800137801"
    )
    receive(paying, first, 150)
    assert (paying.owed(first), paying.credit(first), paying.owed(second)) == (0, 50, 100)


def test_two_payments_at_once_are_both_applied_once(paying: PayingDesk) -> None:
    case = paying.case(200_000)
    references = [paying.checkout(case, 120_000) for _ in range(2)]
    notices = [paying.notice(SUCCEEDED, reference, 120_000) for reference in references] * 4
    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(paying.desk.product.settler.notice, notices))
    assert told == ["applied"] * 2 + ["known"] * 6
    assert (paying.owed(case), paying.credit(case)) == (0, 40_000)
    assert paying.breaches() == []


def test_payment_and_refund_at_once_end_the_same_whichever_is_first(paying: PayingDesk) -> None:
    cases = [paying.case() for _ in range(12)]
    notices = []
    for case in cases:
        reference = paying.checkout(case)
        notices.append(paying.notice(SUCCEEDED, reference, 200_000))
        notices.append(paying.notice(REFUNDED, "", 70_000, payment_id=f"pi_{reference}"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(paying.desk.product.settler.notice, notices))
    assert [paying.owed(case) for case in cases] == [70_000] * 12
    assert paying.alarms() == []
    assert paying.breaches() == []


def test_a_refund_that_comes_while_its_payment_is_being_booked_waits_for_it(
    paying: PayingDesk,
) -> None:
    case, desk = paying.case(), paying.desk
    reference = paying.checkout(case)
    arrived = paying.notice(SUCCEEDED, reference, 200_000)
    refund = paying.notice(REFUNDED, "", 70_000, payment_id=f"pi_{reference}")
    waits = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    settler = desk.product.settler
    with ThreadPoolExecutor(1) as pool, desk.product.transactions() as store:
        store.store_notice(arrived, desk.now)
        assert Noticing(settler, store).take(arrived) == "applied"
        told = pool.submit(settler.notice, refund)
        wait_until(lambda: desk.one(waits) > 0)
        store._connection.commit()
        assert told.result(60) == "refunded"
    assert paying.owed(case) == 70_000


def test_fees_and_waivers_happen_once_and_within_what_is_owed(paying: PayingDesk) -> None:
    case = paying.case(100)
    debt = paying.desk.one("SELECT id FROM debt WHERE case_id = %s", case)
    at = paying.desk.now
    with paying.desk.product.transactions() as store:
        fee = Adjustment(case, debt, 20, "late-1", "collector:1")
        assert [charge_fee(store, fee, at=at) for _ in range(2)] == [True, False]
        waiver = Adjustment(case, debt, 30, "approved-7", "reduction:7")
        assert [waive(store, waiver, at=at) for _ in range(2)] == [True, False]
        for amount in (0, -1, 91):
            with pytest.raises(NotOwedError):
                waive(store, Adjustment(case, debt, amount, "another", "reduction:8"), at=at)
        with pytest.raises(NotOwedError, match="no listed debt"):
            charge_fee(store, Adjustment(case, debt + 1, 1, "x", "collector:1"), at=at)
    figures = "SELECT owed_minor, fee_minor, waived_minor, fee_owed_minor FROM debt WHERE id = %s"
    assert paying.desk.sql(figures, debt) == [(90, 20, 30, 0)]
    assert paying.breaches() == []


def test_a_hundred_payments_between_planning_and_sending_let_no_chaser_out(
    paying: PayingDesk,
) -> None:
    desk = paying.desk
    cases = [paying.case() for _ in range(100)]
    desk.set_now(shanghai("2026-03-10 09:00"))
    desk.plan()
    planned = "SELECT count(*) FROM touch WHERE state = 'planned' AND purpose = 'reminder'"
    assert desk.one(planned) == 100
    for number, case in enumerate(cases):
        desk.set_now(shanghai("2026-03-10 09:00") + timedelta(seconds=60 + number))
        if number % 10 == 0:
            desk.plan()
        paying.paid(case, 200_000 if number % 2 else 50_000)
        left = (
            "SELECT count(*) FROM touch WHERE case_id = %s AND state = 'planned' AND purpose = %s"
        )
        assert desk.sql(left, case, "reminder") == [(0,)]
    desk.set_now(shanghai("2026-03-10 13:40"))
    desk.send()
    chasers = (
        "SELECT count(*) FROM attempt a JOIN payment p ON p.case_id = a.case_id "
        "WHERE a.purpose <> 'thanks' AND a.at >= p.received_at"
    )
    assert desk.one(chasers) == 0
    assert paying.breaches() == []


def test_a_running_call_is_told_in_the_transaction_of_the_payment(paying: PayingDesk) -> None:
    case = paying.case()
    paying.desk.sql(
        "INSERT INTO call (sender_id, case_id, state, placed_at, called_at) "
        "SELECT s.id, %s, state, %s, %s FROM sender s, (VALUES ('talking'), ('ended')) c(state)",
        *(case, paying.desk.now, paying.desk.now),
    )
    paying.paid(case)
    stops = paying.desk.sql("SELECT state, stop FROM call ORDER BY id")
    assert stops == [("talking", "payment"), ("ended", None)]
