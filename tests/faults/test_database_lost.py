"""The database drops its connections, idle ones and those in the middle of something."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from desk_kit import DeskInHand, wait_until
from fault_kit import (
    DUE,
    NOON,
    breaches,
    cut_connections,
    due_cases,
    held_writes,
    inbound_form,
    instant,
    per_phone,
    planned,
    settler,
    signed_post,
    states,
    wait_for_waiter,
)

from bot.flows.ports.money import IncomingPayment

FLOWS = "yuehuan-test"


def cut_off(
    desk: DeskInHand, database_url: str, table: str, verb: str, flow: Callable[[], object]
) -> BaseException | None:
    """Run `flow`, and cut its connection while it waits to `verb` into `table`."""
    caught: list[BaseException] = []

    def run() -> None:
        try:
            flow()
        except BaseException as lost:
            caught.append(lost)

    thread = threading.Thread(target=run)
    with held_writes(desk, database_url, table, verb):
        thread.start()
        pid = wait_for_waiter(desk, FLOWS)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        thread.join(120)
        assert not thread.is_alive()
    return caught[0] if caught else None


def test_the_pool_recovers_when_every_idle_connection_is_cut(
    desk: DeskInHand, database_url: str
) -> None:
    portfolio = desk.portfolio()
    case = desk.case(portfolio, due_on=DUE)
    desk.set_now(instant(NOON))
    assert cut_connections(desk, database_url) >= 1
    desk.plan()
    cut_connections(desk, database_url)
    desk.send()
    cut_connections(desk, database_url)
    desk.reply(case, "明天还")
    assert desk.state(case) == "promised"
    assert len(desk.texts(case)) == 2
    assert breaches(desk) == []


def test_a_webhook_that_finds_its_connection_cut_still_stores_the_message(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    cut_connections(desk, database_url)
    form = inbound_form("SM" + "1" * 32, desk.phones[case], "明天还")
    assert signed_post(desk, "sms", form).status_code == 200
    assert desk.one("SELECT count(*) FROM reply") == 1


def test_planning_that_is_cut_off_leaves_nothing_and_is_done_by_the_next_run(
    desk: DeskInHand, database_url: str
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.set_now(instant(NOON))
    lost = cut_off(desk, database_url, "touch", "INSERT", desk.plan)
    assert isinstance(lost, psycopg.OperationalError)
    assert desk.one("SELECT count(*) FROM touch") == 0
    assert desk.one("SELECT count(*) FROM procrastinate_jobs") == 0
    assert desk.one("SELECT next_check_at < %s FROM cases", desk.now)
    desk.plan()
    desk.send()
    assert len(desk.texts(case)) == 1


def test_dispatching_that_is_cut_off_before_its_commit_calls_nobody(
    desk: DeskInHand, database_url: str
) -> None:
    due_cases(desk, 2)
    lost = cut_off(desk, database_url, "attempt", "INSERT", desk.send)
    assert isinstance(lost, psycopg.OperationalError)
    assert per_phone(desk) == {}
    assert planned(desk) == 2
    desk.send()
    assert list(per_phone(desk).values()) == [1, 1]


@pytest.mark.parametrize("callbacks", ["arrive", "are lost"])
def test_dispatching_that_is_cut_off_after_the_calls_repeats_none_of_them(
    desk: DeskInHand, database_url: str, callbacks: str
) -> None:
    due_cases(desk, 2)
    # Callbacks write to the attempt as well: they come when they are called for, or never.
    fault = {"effect": "lose"} if callbacks == "are lost" else {"effect": "late", "seconds": 600}
    desk.sandbox.faults(fault)
    lost = cut_off(desk, database_url, "attempt", "UPDATE", lambda: desk.product.dispatcher.run(1))
    assert isinstance(lost, psycopg.OperationalError)
    desk.sandbox.call("POST", "/flush", {"hurry": True})
    desk.send()
    settler(desk, after=timedelta(minutes=3)).run()
    assert states(desk) == ["delivered"] * 2
    assert list(per_phone(desk).values()) == [1, 1]
    assert breaches(desk) == []


def test_a_reply_whose_reading_is_cut_off_is_read_again_and_answered_once(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    desk.sandbox.say(desk.phones[case], "明天还")
    lost = cut_off(desk, database_url, "promise", "INSERT", desk.read_replies)
    assert isinstance(lost, psycopg.OperationalError)
    assert desk.sql("SELECT state FROM reply") == [("stored",)]
    assert desk.one("SELECT count(*) FROM promise") == 0
    assert desk.state(case) == "active"
    desk.read_replies()
    desk.send()
    assert desk.one("SELECT count(*) FROM promise") == 1
    assert len(desk.texts(case)) == 2
    assert breaches(desk) == []


def test_a_payment_that_is_cut_off_is_applied_whole_when_it_is_repeated(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    payment = IncomingPayment(case, 200_000, "CNY", "bank", "b-1", desk.now)

    def pay() -> bool:
        return desk.product.settler.receive(payment, livemode=False)

    lost = cut_off(desk, database_url, "allocation", "INSERT", pay)
    assert isinstance(lost, psycopg.OperationalError)
    assert desk.one("SELECT count(*) FROM payment") == 0
    assert desk.sql("SELECT paid_minor FROM debt") == [(0,)]
    assert pay()
    assert not pay()
    desk.send()
    assert desk.state(case) == "closed"
    assert len(desk.texts(case)) == 1  # the thank-you, and no reminder
    assert breaches(desk) == []


def test_ten_cuts_while_reminders_go_out_neither_lose_nor_repeat_one(
    desk: DeskInHand, database_url: str
) -> None:
    cases = due_cases(desk, 30)
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            try:
                desk.product.dispatcher.run(1)
            except psycopg.Error:
                continue

    desk.sql("UPDATE sender SET per_second = 5")
    threads = [threading.Thread(target=send) for _ in range(2)]
    desk.set_now(desk.now + timedelta(minutes=2))
    for thread in threads:
        thread.start()
    for sent in range(0, 30, 3):
        wait_until(lambda least=sent: len(per_phone(desk)) >= least)
        cut_connections(desk, database_url)
    wait_until(lambda: desk_is_empty(database_url), 120)
    stop.set()
    for thread in threads:
        thread.join(30)
    desk.sandbox.flush()
    settler(desk, after=timedelta(minutes=3)).run()
    settler(desk, after=timedelta(minutes=20)).run()
    gaps = desk.one("SELECT count(*) FROM attempt WHERE error_code = 'not_at_carrier'")
    assert set(per_phone(desk).values()) == {1}
    assert len(per_phone(desk)) + gaps == len(cases)
    assert breaches(desk) == []


def desk_is_empty(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM touch WHERE state = 'planned'").fetchone()
    return row == (0,)
