"""Two planners, ten dispatchers, two receivers at once: the same as one."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import psycopg
from desk_kit import DeskInHand
from fault_kit import (
    DUE,
    NOON,
    breaches,
    due_cases,
    instant,
    other_product,
    per_phone,
    states,
)

from bot.flows.ports.money import IncomingPayment


def at_once(runs: Sequence[Callable[[], object]]) -> list[object]:
    """Run all from one starting line; results in order. A failure fails the test."""
    line = threading.Barrier(len(runs))
    results: list[object] = [None] * len(runs)

    def run(index: int) -> None:
        line.wait(60)
        try:
            results[index] = runs[index]()
        except BaseException as failure:
            results[index] = failure

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(runs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    failures = [result for result in results if isinstance(result, BaseException)]
    assert not failures, failures
    return results


def test_two_planners_at_once_plan_what_one_plans(desk: DeskInHand, database_url: str) -> None:
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in range(40)]
    shared = desk.one("SELECT debtor_id FROM cases WHERE id = %s", cases[0])
    second = desk.portfolio("more")
    desk.case(second, due_on=DUE, debtor_id=shared, phone=desk.phones[cases[0]])
    desk.set_now(instant(NOON))
    with other_product(desk, database_url) as other:
        planners = [replace(p.planner, chunk=7) for p in (desk.product, other)]
        results = at_once([lambda p=p: p.run(livemode=False) for p in planners])  # type: ignore[misc]
        desk.plan()  # what both passed over because the other held it
    assert sum(result.planned for result in results) <= 41  # type: ignore[attr-defined]
    keys = desk.sql("SELECT key FROM touch")
    assert len(keys) == len(set(keys)) == 41
    desk.send()
    assert set(per_phone(desk).values()) == {1}  # two cases of one debtor share the cap
    assert breaches(desk) == []


def test_ten_dispatchers_at_once_on_one_sender_send_each_message_once_and_keep_its_rate(
    desk: DeskInHand, database_url: str
) -> None:
    due_cases(desk, 60)
    desk.sql("UPDATE sender SET per_second = 4")
    desk.set_now(instant(NOON) + timedelta(minutes=5))
    with ExitStack() as stack:
        others = [stack.enter_context(other_product(desk, database_url)) for _ in range(2)]
        products = [desk.product, *others]
        before = desk.product.clock.real()
        sent = at_once([lambda p=p: p.dispatcher.run(1) for p in products * 3 + products[:1]])  # type: ignore[misc]
        elapsed = (desk.product.clock.real() - before).total_seconds()
        assert sum(sent) <= 4 * (5 + elapsed) + 1  # type: ignore[arg-type]
        desk.sql("UPDATE sender SET per_second = 1000")
        at_once([lambda p=p: p.dispatcher.run(1) for p in products])  # type: ignore[misc]
        while desk.product.dispatcher.run(1):
            continue
    desk.sandbox.flush()
    assert states(desk) == ["delivered"] * 60
    assert len(per_phone(desk)) == 60
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


def test_two_receivers_at_once_on_one_reply_read_it_once_and_answer_once(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    desk.sandbox.say(desk.phones[case], "明天还两千")
    reply = desk.one("SELECT id FROM reply")
    with other_product(desk, database_url) as other:
        receivers = [p.receiver for p in (desk.product, other, desk.product, other)]
        results = at_once([lambda r=r: r.run(reply) for r in receivers])  # type: ignore[misc]
    assert sorted(map(bool, results)) == [False, False, False, True]
    desk.send()
    assert desk.one("SELECT count(*) FROM promise") == 1
    assert len(desk.texts(case)) == 2
    assert breaches(desk) == []


def test_two_replies_of_one_debtor_at_once_are_read_one_after_the_other(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    desk.sandbox.say(desk.phones[case], "明天还两千")
    desk.sandbox.say(desk.phones[case], "退订")
    replies = [row[0] for row in desk.sql("SELECT id FROM reply ORDER BY id")]
    with other_product(desk, database_url) as other:
        receivers = (desk.product.receiver, other.receiver)
        pairs = list(zip(receivers, replies, strict=True))
        at_once([lambda p=p: p[0].run(p[1]) for p in pairs])  # type: ignore[misc]
    desk.send()
    assert desk.one("SELECT count(*) FROM suppression WHERE lifted_at IS NULL") == 1
    assert breaches(desk) == []


def test_the_same_payment_notified_ten_times_at_once_is_applied_once(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    payment = IncomingPayment(case, 50_000, "CNY", "bank", "b-1", desk.now)
    with other_product(desk, database_url) as other:
        settlers = [desk.product.settler, other.settler] * 5
        results = at_once([lambda s=s: s.receive(payment, livemode=False) for s in settlers])  # type: ignore[misc]
    assert results.count(True) == 1
    assert desk.sql("SELECT paid_minor FROM debt") == [(50_000,)]
    desk.send()
    assert len(desk.texts(case)) == 1  # one thank-you
    assert breaches(desk) == []


def test_a_payment_that_races_with_the_dispatcher_is_never_followed_by_a_reminder(
    desk: DeskInHand,
) -> None:
    """Either the attempt was committed before the payment, or there is none."""
    chance = random.Random(20260310)
    cases = due_cases(desk, 20)
    desk.sql("UPDATE sender SET per_second = 1000")
    order = chance.sample(cases, len(cases))
    reminders = "SELECT count(*) FROM attempt WHERE case_id = %s AND purpose = 'reminder'"
    when_paid = {}

    def pay() -> None:
        for case in order:
            payment = IncomingPayment(case, 200_000, "CNY", "bank", f"b-{case}", desk.now)
            desk.product.settler.receive(payment, livemode=False)
            when_paid[case] = desk.one(reminders, case)

    def send() -> None:
        small = replace(desk.product.dispatcher, batch=2)
        while small.run(1):
            continue

    at_once([pay, send, send])
    desk.send()
    assert {desk.state(case) for case in cases} == {"closed"}
    assert {case: desk.one(reminders, case) for case in cases} == when_paid
    assert breaches(desk) == []


def test_flows_that_meet_on_one_debtor_never_deadlock(desk: DeskInHand, database_url: str) -> None:
    """Two debtors with two cases each share a phone; everything happens to them at once."""
    portfolio, other_book = desk.portfolio(), desk.portfolio("more")
    phone = "+8613800137991"
    debtors = [desk.debtor(name, phone) for name in ("马敏", "李强")]
    cases = [
        desk.case(book, due_on=DUE, debtor_id=debtor, phone=phone)
        for debtor in debtors
        for book in (portfolio, other_book)
    ]
    desk.set_now(instant(NOON))
    for index, words in enumerate(("明天还", "打错了，不认识这个人", "退订", "你好", "金额不对")):
        desk.sandbox.say(phone, words)
        replies = [row[0] for row in desk.sql("SELECT id FROM reply WHERE state = 'stored'")]
        payments = [
            IncomingPayment(case, 1_000, "CNY", "bank", f"b-{index}-{case}", desk.now)
            for case in cases
        ]
        try:
            at_once(
                [
                    desk.plan,
                    lambda: desk.product.dispatcher.run(1),
                    lambda: desk.product.dispatcher.run(1),
                    *(lambda r=r: desk.product.receiver.run(r) for r in replies),  # type: ignore[misc]
                    *(
                        lambda p=p: desk.product.settler.receive(p, livemode=False)  # type: ignore[misc]
                        for p in payments
                    ),
                ]
            )
        except psycopg.errors.DeadlockDetected as deadlock:
            raise AssertionError from deadlock
    desk.send()
    assert breaches(desk) == []
