"""A carrier that errs, hangs, garbles, throttles and refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from desk_kit import DeskInHand, shanghai, wait_until
from fault_kit import (
    DUE,
    breaches,
    dispatcher,
    due_cases,
    per_phone,
    planned,
    settler,
    states,
)

from bot.flows.ports.carrier import Refusal, Refused, SmsOrder
from bot.flows.ports.money import IncomingPayment
from bot.store.clock_shift import next_instant


def sender_id(desk: DeskInHand) -> int:
    return int(desk.one("SELECT id FROM sender"))


def alarms(desk: DeskInHand) -> list[str]:
    return [row[0] for row in desk.sql("SELECT kind FROM alarm WHERE cleared_at IS NULL")]


def settle_and_send_again(desk: DeskInHand) -> None:
    """What the clock does over the next half hour of real time."""
    settler(desk, after=timedelta(minutes=3)).run()
    settler(desk, after=timedelta(minutes=20)).run()
    for minutes in (1, 5, 30):
        dispatcher(desk, after=timedelta(minutes=minutes)).run(sender_id(desk))
    desk.sandbox.flush()


def test_a_500_before_acceptance_is_not_repeated_and_ends_unknown(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": "error_before"})
    desk.send()
    assert states(desk) == ["unknown"]
    desk.sandbox.faults()
    settle_and_send_again(desk)
    assert desk.sql("SELECT state, error_code FROM attempt") == [("unknown", "not_at_carrier")]
    assert per_phone(desk) == {}
    assert breaches(desk) == []


@pytest.mark.parametrize("fault", ["error_after", "garbled"])
def test_an_answer_broken_after_acceptance_is_settled_by_the_callback(
    desk: DeskInHand, fault: str
) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": fault})
    desk.send()
    assert states(desk) == ["delivered"]
    settle_and_send_again(desk)
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


@pytest.mark.parametrize("fault", ["error_after", "garbled"])
def test_an_answer_broken_after_acceptance_is_settled_by_look_up_when_callbacks_are_lost(
    desk: DeskInHand, fault: str
) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": fault}, {"effect": "lose"})
    desk.send()
    assert states(desk) == ["unknown"]
    assert settler(desk, after=timedelta(minutes=3)).run() == 1
    assert states(desk) == ["delivered"]
    settle_and_send_again(desk)
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


def test_a_time_out_after_acceptance_is_settled_and_never_repeated(
    desk: DeskInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_cases(desk, 1)
    with desk.product.transactions() as store:
        carrier = desk.product.dispatcher.carrier_for(store.sender(sender_id(desk)))
    desk.sandbox.faults({"effect": "hang_after", "seconds": 20}, {"effect": "lose"})
    with monkeypatch.context() as impatient:
        impatient.setattr(carrier._client.http_client, "timeout", 0.5)
        assert desk.product.dispatcher.run(sender_id(desk)) == 1
    assert states(desk) == ["unknown"]
    wait_until(lambda: len(per_phone(desk)) == 1)  # it may be slow to take what nobody waits for
    desk.sandbox.faults()
    settle_and_send_again(desk)
    assert states(desk) == ["delivered"]
    assert set(per_phone(desk).values()) == {1}


def test_a_carrier_that_cannot_be_asked_leaves_the_attempt_for_the_next_run(
    desk: DeskInHand,
) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults(
        {"effect": "error_after"},
        {"effect": "lose"},
        {"effect": "error_before", "on": "list", "times": 1},
    )
    desk.send()
    late = settler(desk, after=timedelta(minutes=20))
    assert late.run() == 0
    assert desk.one("SELECT error_code FROM attempt") != "not_at_carrier"
    assert late.run() == 1
    assert states(desk) == ["delivered"]


def test_a_throttled_message_waits_as_long_as_the_carrier_asks_and_goes_out_once(
    desk: DeskInHand,
) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": "rate_limit", "times": 1, "seconds": 90})
    assert dispatcher(desk, after=timedelta()).run(sender_id(desk)) == 1
    assert states(desk) == ["refused"]
    assert planned(desk) == 1

    desk.product.releaser.run(livemode=False)  # the clock's tick must not undo the waiting
    for seconds in (0, 31, 85):
        assert dispatcher(desk, after=timedelta(seconds=seconds)).run(sender_id(desk)) == 0
    assert per_phone(desk) == {}

    assert dispatcher(desk, after=timedelta(seconds=95)).run(sender_id(desk)) == 1
    desk.sandbox.flush()
    assert states(desk) == ["refused", "delivered"]
    settle_and_send_again(desk)
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


def test_throttled_messages_that_were_paid_for_meanwhile_stay_unsent_and_stop_nobody(
    desk: DeskInHand,
) -> None:
    paid, other = due_cases(desk, 2)
    carrier = PaidWhileThrottled(desk, paid)
    replace(desk.product.dispatcher, carrier_for=lambda _: carrier).run(sender_id(desk))
    assert planned(desk) == 3  # both, and the thank-you
    dispatcher(desk, after=timedelta(minutes=1)).run(sender_id(desk))
    desk.sandbox.flush()
    assert len(desk.texts(other)) == 1
    assert ["还款" in text and "收到" in text for text in desk.texts(paid)] == [True]
    assert desk.sql("SELECT state, reason FROM touch WHERE case_id = %s ORDER BY id", paid)[0] == (
        "denied",
        "base.paid",
    )
    assert alarms(desk) == []
    assert breaches(desk) == []


@dataclass
class PaidWhileThrottled:
    """A carrier that says 429 after the debtor has paid."""

    desk: DeskInHand
    case: int

    def send(self, order: SmsOrder) -> Refused:
        if order.to == self.desk.phones[self.case]:
            pay(self.desk, self.case, 200_000)
        return Refused(Refusal.THROTTLED, "20429")


def pay(desk: DeskInHand, case: int, amount: int, reference: str = "bank-1") -> bool:
    payment = IncomingPayment(case, amount, "CNY", "bank", reference, desk.now)
    return desk.product.settler.receive(payment, livemode=False)


def test_a_slow_sender_keeps_one_waking_job_however_often_it_runs(desk: DeskInHand) -> None:
    desk.sender(per_second=1.0)
    due_cases(desk, 12)
    desk.set_now(shanghai("2026-03-10 13:45"))
    for _ in range(6):
        desk.product.dispatcher.run(sender_id(desk))
    assert len(per_phone(desk)) < 12
    later = desk.one(
        "SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock LIKE 'dispatch:%%:later'"
    )
    assert later == 1


def test_a_dead_number_is_disabled_and_the_case_goes_to_a_human(desk: DeskInHand) -> None:
    [case] = due_cases(desk, 1)
    desk.sandbox.faults({"effect": "refuse", "code": 21614})
    desk.send()
    assert states(desk) == ["refused"]
    assert desk.sql("SELECT disabled FROM contact_point") == [("dead",)]
    desk.sandbox.faults()
    desk.plan()
    assert desk.state(case) == "handed_off"
    assert desk.sql("SELECT reason, state FROM handoff") == [("wrong_number", "open")]
    walk(desk, 10)
    assert per_phone(desk) == {}
    assert breaches(desk) == []


def test_a_number_reported_dead_later_gives_way_to_the_debtor_s_other_number(
    desk: DeskInHand,
) -> None:
    [case] = due_cases(desk, 1)
    debtor = desk.one("SELECT debtor_id FROM cases")
    other = "+8613800137999"
    desk.point(debtor, other)
    desk.sandbox.faults({"effect": "undelivered", "code": 30005, "to": desk.phones[case]})
    desk.send()
    assert states(desk) == ["undelivered"]
    assert desk.sql("SELECT disabled FROM contact_point ORDER BY id") == [("dead",), (None,)]
    walk(desk, 10)
    assert desk.state(case) == "active"
    assert per_phone(desk)[desk.phones[case]] == 1
    assert per_phone(desk)[other] >= 1
    assert breaches(desk) == []


def walk(desk: DeskInHand, days: int) -> None:
    """As many days, through every instant at which something falls due."""
    end = desk.now + timedelta(days=days)
    while True:
        with desk.product.pool.connection() as connection:
            soonest = next_instant(connection)
        if soonest is None or soonest >= end:
            return
        desk.step(max(soonest, desk.now + timedelta(minutes=15)))


def test_a_number_the_carrier_blocks_is_suppressed_and_never_tried_again(desk: DeskInHand) -> None:
    [case] = due_cases(desk, 1)
    desk.sandbox.faults({"effect": "refuse", "code": 21610, "times": 1})
    desk.send()
    assert desk.sql("SELECT channel, source FROM suppression") == [("sms", "carrier")]
    assert desk.sql("SELECT disabled FROM contact_point") == [(None,)]
    walk(desk, 10)
    assert desk.texts(case) == []
    assert desk.one("SELECT count(*) FROM attempt") == 1
    assert breaches(desk) == []


@pytest.mark.parametrize("code", [20003, 21408, 21606])
def test_an_account_level_refusal_stops_the_sender_with_one_alarm_and_keeps_touches_planned(
    desk: DeskInHand, code: int
) -> None:
    due_cases(desk, 3)
    desk.sandbox.faults({"effect": "refuse", "code": code})
    desk.send()
    desk.send()
    assert desk.one("SELECT stopped_reason FROM sender") == f"carrier refused: {code}"
    assert alarms(desk) == ["sender_stopped"]
    assert planned(desk) == 3
    assert states(desk) == ["refused"] * 3

    desk.sandbox.faults()
    desk.sql("UPDATE sender SET stopped_reason = NULL, stopped_at = NULL")  # the desk starts it
    desk.send()
    assert planned(desk) == 0
    assert list(per_phone(desk).values()) == [1, 1, 1]
    assert breaches(desk) == []


def test_an_account_suspended_later_stops_the_sender_as_well(desk: DeskInHand) -> None:
    due_cases(desk, 2)
    desk.sandbox.faults({"effect": "undelivered", "code": 30002})
    desk.send()
    assert "30002" in desk.one("SELECT stopped_reason FROM sender")
    assert alarms(desk) == ["sender_stopped"]


def test_a_text_the_carrier_refuses_raises_one_alarm_and_is_not_repeated(desk: DeskInHand) -> None:
    due_cases(desk, 2)
    desk.sandbox.faults({"effect": "refuse", "code": 21617})
    desk.send()
    desk.sandbox.faults()
    settle_and_send_again(desk)
    assert alarms(desk) == ["content_refused"]
    assert states(desk) == ["refused"] * 2
    assert desk.sql("SELECT stopped_reason FROM sender") == [(None,)]
    assert desk.sql("SELECT DISTINCT disabled FROM contact_point") == [(None,)]


def test_a_text_the_network_filters_raises_an_alarm(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": "undelivered", "code": 30007})
    desk.send()
    assert states(desk) == ["undelivered"]
    assert alarms(desk) == ["content_refused"]


def test_a_refusal_that_may_pass_is_tried_again_within_the_window_and_sent_once(
    desk: DeskInHand,
) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": "refuse", "code": 21611, "times": 1})
    desk.send()
    assert planned(desk) == 1
    desk.send()
    assert per_phone(desk) == {}
    desk.step(shanghai("2026-03-10 13:51"))
    assert states(desk) == ["refused", "delivered"]
    assert list(per_phone(desk).values()) == [1]
    assert breaches(desk) == []


def test_a_touch_whose_text_cannot_be_written_is_denied_with_an_alarm_and_stops_no_other(
    desk: DeskInHand,
) -> None:
    spoiled, sound = due_cases(desk, 2)
    desk.sql("UPDATE touch SET script = 'no.such.script' WHERE case_id = %s", spoiled)
    desk.send()
    assert desk.sql("SELECT state, reason FROM touch WHERE case_id = %s", spoiled) == [
        ("denied", "base.fault")
    ]
    assert len(desk.texts(sound)) == 1
    assert alarms(desk) == ["touch_spoiled"]


def test_a_portfolio_that_cannot_be_written_for_raises_alarms_and_stops_no_other(
    desk: DeskInHand,
) -> None:
    spoiled = desk.case(desk.portfolio("bare", phone=""), due_on=DUE)
    sound = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai("2026-03-10 13:40"))
    assert len(desk.texts(sound)) == 1
    assert desk.texts(spoiled) == []
    assert alarms(desk) == ["case_spoiled"]
