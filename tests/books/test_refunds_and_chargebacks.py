"""Money that leaves again reopens what it had closed, in whatever order it is told."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from desk_kit import shanghai
from paying_desk import (
    CHARGED_BACK,
    FAILED,
    REFUNDED,
    REFUNDED_TO,
    REINSTATED,
    SUCCEEDED,
    PayingDesk,
)


def test_a_refund_reopens_the_case_and_the_debt_is_owed_again(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    assert (paying.desk.state(case), paying.owed(case)) == ("closed", 0)
    assert paying.tell(REFUNDED, reference, 50_000) == "refunded"
    assert (paying.desk.state(case), paying.owed(case)) == ("active", 50_000)
    assert paying.handoffs(case) == []
    assert paying.breaches() == []


def test_a_refund_takes_the_credit_first_and_then_what_was_paid_last(paying: PayingDesk) -> None:
    case = paying.case(100)
    second = paying.desk.debt(case, paying.portfolio, date(2026, 4, 8), 100)
    reference = paying.paid(case, 230)
    assert (paying.owed(case), paying.credit(case)) == (0, 30)
    assert paying.tell(REFUNDED, reference, 50) == "refunded"
    owed = paying.desk.sql("SELECT id, owed_minor FROM debt WHERE owed_minor > 0")
    assert (owed, paying.credit(case)) == ([(second, 20)], 0)
    assert paying.breaches() == []


def test_refunds_told_as_running_totals_are_counted_once(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    told = [
        paying.tell(REFUNDED_TO, reference, total) for total in (30_000, 80_000, 80_000, 30_000)
    ]
    assert told == ["refunded", "refunded", "nothing_new", "nothing_new"]
    assert paying.owed(case) == 80_000
    assert paying.desk.sql("SELECT refunded_minor FROM payment") == [(80_000,)]
    assert paying.breaches() == []


def test_a_chargeback_hands_the_case_to_a_human_and_nothing_goes_out(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    told = paying.tell(CHARGED_BACK, "", 200_000, payment_id=f"pi_{reference}")
    assert told == "charged_back"
    assert (paying.desk.state(case), paying.handoffs(case)) == ("handed_off", ["chargeback"])
    assert paying.owed(case) == 200_000
    for days in range(10):
        paying.desk.step(shanghai("2026-03-10 13:40") + timedelta(days=days))
    assert paying.desk.texts(case) == []
    assert paying.breaches() == []


def test_a_chargeback_that_is_undone_closes_the_case_again(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    paying.tell(CHARGED_BACK, reference, 200_000)
    assert paying.tell(REINSTATED, reference, 200_000) == "reinstated"
    assert (paying.desk.state(case), paying.owed(case)) == ("closed", 0)
    assert paying.handoffs(case) == []
    assert paying.desk.sql("SELECT charged_back_minor, credit_minor FROM payment") == [(0, 0)]
    assert paying.breaches() == []


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_in_which_notices_come_does_not_matter(
    paying: PayingDesk, order: tuple[int, ...]
) -> None:
    case = paying.case()
    reference = paying.checkout(case)
    payment = f"pi_{reference}"
    notices = [
        paying.notice(SUCCEEDED, reference, 200_000),
        paying.notice(REFUNDED_TO, reference, 30_000),
        paying.notice(CHARGED_BACK, "", 170_000, payment_id=payment),
        paying.notice(REINSTATED, "", 170_000, payment_id=payment),
    ]
    for place in order:
        paying.desk.product.settler.notice(notices[place])
    assert paying.owed(case) == 30_000
    figures = paying.desk.sql("SELECT refunded_minor, charged_back_minor FROM payment")
    assert figures == [(30_000, 0)]
    assert paying.desk.sql("SELECT id FROM payment_notice WHERE outcome = 'waiting'") == []
    assert paying.alarms() == []
    assert paying.breaches() == []


def test_a_refund_before_its_payment_waits_and_says_so(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.checkout(case)
    assert paying.tell(REFUNDED, reference, 10_000) == "waiting"
    assert paying.alarms() == [("payment_unmatched", "waiting")]
    assert paying.tell(SUCCEEDED, reference, 200_000) == "applied"
    assert (paying.owed(case), paying.alarms()) == (10_000, [])


def test_a_replayed_notice_does_nothing(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    paying.tell(REFUNDED, reference, 10_000)
    before = paying.desk.sql("SELECT id FROM entry")
    assert [paying.desk.product.settler.notice(n) for n in paying.told] == ["known", "known"]
    assert paying.desk.sql("SELECT id FROM entry") == before


def test_the_same_payment_under_another_event_is_known(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    assert paying.tell(SUCCEEDED, reference, 200_000) == "known_payment"
    assert len(paying.desk.sql("SELECT id FROM payment")) == 1


def test_a_checkout_paid_twice_is_for_a_human(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.paid(case)
    assert paying.tell(SUCCEEDED, reference, 200_000, payment_id="pi_other") == "paid_twice"
    assert paying.alarms() == [("payment_unmatched", "paid_twice")]
    assert paying.breaches() == []


@pytest.mark.parametrize("kind", [REFUNDED, REFUNDED_TO, CHARGED_BACK])
@pytest.mark.parametrize(
    ("changed", "outcome"),
    [({"amount_minor": 200_001}, "more_than_paid"), ({"currency": "USD"}, "currency_differs")],
)
def test_money_that_left_in_a_way_that_does_not_fit_goes_to_a_human(
    paying: PayingDesk, kind, changed, outcome
) -> None:
    case = paying.case()
    reference = paying.paid(case)
    assert paying.tell(kind, reference, 200_000, **changed) == outcome
    assert paying.alarms() == [("payment_unmatched", outcome)]
    assert len(paying.handoffs(case)) == 1
    assert paying.owed(case) == 0
    assert paying.breaches() == []


@pytest.mark.parametrize("kind", [REFUNDED, REFUNDED_TO, CHARGED_BACK, REINSTATED])
@pytest.mark.parametrize("amount", [0, -1])
def test_notices_of_nothing_change_nothing(paying: PayingDesk, kind, amount) -> None:
    case = paying.case()
    reference = paying.paid(case)
    assert paying.tell(kind, reference, amount) == "nothing_new"
    assert (paying.owed(case), paying.desk.state(case)) == (0, "closed")


@pytest.mark.parametrize("kind", [SUCCEEDED, FAILED, REFUNDED, CHARGED_BACK])
def test_a_reference_nobody_gave_is_for_a_human(paying: PayingDesk, kind) -> None:
    assert paying.tell(kind, "made-up", 100) == "unknown_reference"
    assert paying.alarms() == [("payment_unmatched", "unknown_reference")]


def test_a_payment_that_failed_and_then_succeeded_counts(paying: PayingDesk) -> None:
    case = paying.case()
    reference = paying.checkout(case)
    assert paying.tell(FAILED, reference, 200_000) == "failed"
    assert paying.tell(SUCCEEDED, reference, 200_000) == "applied"
    assert paying.tell(FAILED, reference, 200_000) == "failed"
    assert paying.desk.sql("SELECT state FROM checkout") == [("paid",)]
    assert paying.owed(case) == 0


@pytest.mark.parametrize(
    ("days", "kind", "state"),
    [
        (0, REFUNDED, "open"),
        (9, REFUNDED, "superseded"),
        (0, CHARGED_BACK, "open"),
        (9, CHARGED_BACK, "broken"),
    ],
)
def test_a_kept_promise_is_looked_at_once_more(paying: PayingDesk, days, kind, state) -> None:
    case = paying.case()
    paying.promise(case, date(2026, 3, 11), 200_000)
    reference = paying.paid(case)
    assert paying.promises(case) == [("kept", 200_000)]
    paying.desk.set_now(paying.desk.now + timedelta(days=days))
    paying.tell(kind, reference, 200_000)
    assert paying.promises(case) == [(state, 0)]
    assert paying.breaches() == []


def test_a_refund_of_the_part_no_promise_needed_leaves_it_kept(paying: PayingDesk) -> None:
    case = paying.case()
    paying.promise(case, date(2026, 3, 11), 50_000)
    reference = paying.paid(case)
    paying.tell(REFUNDED, reference, 10_000)
    [(state, paid)] = paying.promises(case)
    assert (state, paid) == ("open", 40_000)  # which money was promised is not known: the latest


def test_the_thank_you_for_money_that_went_back_is_not_sent(paying: PayingDesk) -> None:
    case = paying.case()
    paying.desk.set_now(shanghai("2026-03-10 03:00"))  # thanks wait for the morning
    reference = paying.paid(case)
    assert paying.desk.one("SELECT state FROM touch WHERE purpose = 'thanks'") == "planned"
    paying.tell(REFUNDED, reference, 200_000)
    assert paying.desk.one("SELECT state FROM touch WHERE purpose = 'thanks'") == "cancelled"
