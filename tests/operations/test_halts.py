"""The big switch: nothing goes out once it has committed, and nothing is lost by it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pytest
from console_browser import add_person
from desk_kit import DeskInHand, shanghai, wait_until

from bot.domain.vocabulary import AttemptState
from bot.flows.halts import HaltError
from bot.flows.ports.carrier import Accepted, Sent, SmsOrder

#: A server's locks are those of all tests that run just now.
HERE = "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
PLANNED = "SELECT count(*) FROM touch WHERE state = 'planned'"


@dataclass
class SlowCarrier:
    """Takes everything, but only as long as the test lets it."""

    let: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    orders: list[str] = field(default_factory=list)

    def send(self, order: SmsOrder) -> Sent:
        assert self.let.acquire(timeout=120)
        self.orders.append(order.to)
        return Accepted(f"SM{len(self.orders):032d}", AttemptState.ACCEPTED)

    def look_up(self, order: SmsOrder, since: datetime, until: datetime) -> Sequence[Accepted]:
        raise AssertionError("nobody asks here")


def due(desk: DeskInHand, count: int, portfolio: int | None = None) -> int:
    portfolio = portfolio or desk.portfolio()
    desk.set_now(shanghai("2026-03-10 00:10"))
    for _ in range(count):
        desk.case(portfolio, due_on=date(2026, 3, 8))
    desk.plan()
    desk.set_now(shanghai("2026-03-10 14:00"))
    return portfolio


def stop(desk: DeskInHand, code: str | None = None) -> bool:
    return desk.product.halts.stop(code, None, "短信模板有误")


def test_nothing_goes_out_once_the_switch_has_committed(desk: DeskInHand) -> None:
    due(desk, 9)
    carrier = SlowCarrier()
    slow = replace(desk.product.dispatcher, carrier_for=lambda _: carrier, batch=3)
    run = threading.Thread(target=slow.run, args=(desk.sender(),))
    run.start()
    carrier.let.release(1)
    wait_until(lambda: len(carrier.orders) == 1)
    at_commit: list[int] = []
    switch = threading.Thread(target=lambda: at_commit.append(stop(desk) and len(carrier.orders)))
    switch.start()
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted {HERE}"
    wait_until(lambda: desk.one(waiting) == 1)
    carrier.let.release(50)
    switch.join(120)
    run.join(120)
    assert at_commit == [len(carrier.orders)]
    assert len(carrier.orders) < 9
    assert desk.one(PLANNED) == 9 - len(carrier.orders)
    assert desk.send() == 0
    assert desk.sandbox.messages() == []
    desk.product.halts.lift(None, None)
    assert desk.send() == 9 - len(carrier.orders)


def test_a_stopped_portfolio_is_neither_planned_nor_sent_and_others_go_on(
    desk: DeskInHand,
) -> None:
    first = due(desk, 2)
    other = desk.portfolio("other", creditor_key="other")
    stop(desk, "loans")
    case = desk.case(first, due_on=date(2026, 3, 8))
    moving = desk.case(other, due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 14:30"))
    assert desk.one("SELECT count(*) FROM touch WHERE case_id = %s", case) == 0
    assert len(desk.sandbox.messages()) == len(desk.texts(moving)) == 1
    desk.product.halts.lift("loans", None)
    desk.step(shanghai("2026-03-10 14:40"))
    assert len(desk.sandbox.messages()) == 4


def test_a_stop_of_everything_waits_for_no_job_and_wakes_nobody(desk: DeskInHand) -> None:
    due(desk, 1)
    stop(desk)
    assert desk.product.releaser.run(livemode=False) == 0
    assert desk.plan().checked == 0
    desk.product.halts.lift(None, None)
    assert desk.product.releaser.run(livemode=False) == 1


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [(None, "  ", "no_reason"), (None, "x" * 201, "long_reason"), ("nowhere", "why", "unknown")],
)
def test_a_stop_without_a_reason_or_a_book_is_refused(
    desk: DeskInHand, code: str | None, reason: str, told: str
) -> None:
    with pytest.raises(HaltError) as refused:
        desk.product.halts.stop(code, None, reason)
    assert refused.value.code == told


def test_a_stop_stands_once_and_is_lifted_once(desk: DeskInHand) -> None:
    who = add_person(desk, role="admin")
    assert desk.product.halts.stop(None, who, "演练")
    with pytest.raises(HaltError, match="stands"):
        stop(desk)
    (halt,) = desk.product.halts.standing()
    assert (halt.code, halt.reason, halt.by) == (None, "演练", "陈静")
    desk.product.halts.lift(None, who)
    with pytest.raises(HaltError, match="lifted"):
        desk.product.halts.lift(None, who)
    trail = desk.sql("SELECT action, data->>'portfolio' FROM audit WHERE collector_id = %s", who)
    assert trail == [("halt", "*"), ("halt_lifted", "*")]


def test_a_carrier_that_does_not_answer_cannot_keep_the_switch_from_working(
    desk: DeskInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.store.halts.HaltRows.close_barrier", lambda self, within: False, raising=True
    )
    assert stop(desk) is False
    assert len(desk.product.halts.standing()) == 1
