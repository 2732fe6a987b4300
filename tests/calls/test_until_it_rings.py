"""The test clock stops where a telephone rings, so that a person can pick it up."""

from __future__ import annotations

import threading
from datetime import timedelta

from call_kit import CALL_DAY, CALL_TIME, DUE, act, calls, let_call, shanghai
from desk_kit import DeskInHand, wait_until

from bot.app.advance import TestClock


def test_a_walk_can_stop_at_the_first_ring(desk: DeskInHand) -> None:
    let_call(desk)
    desk.case(desk.portfolio(), due_on=DUE)
    desk.set_now(shanghai(f"{CALL_DAY} 08:00"))
    clock = TestClock(desk.product)
    assert not clock.ringing()
    for _ in clock.walk(shanghai(f"{CALL_DAY} 23:00")):
        if clock.ringing():
            break
    assert timedelta() <= clock.now() - shanghai(CALL_TIME) < timedelta(minutes=1)
    assert act(desk, calls(desk)[0]["sid"], "answer")["status"] == "in-progress"
    assert not clock.ringing()


def test_the_clock_waits_for_what_a_worker_has_on_its_way(desk: DeskInHand) -> None:
    """Else a call that was placed in the evening would ring at midnight."""
    let_call(desk)
    desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.set_now(shanghai(CALL_TIME))
    desk.sandbox.faults({"on": "call", "effect": "hang_after", "seconds": 4})
    worker = threading.Thread(target=desk.product.send, args=[desk.sender()])
    worker.start()
    # 'sending' itself may last some 20 ms: the carrier's word comes before its answer to the request
    wait_until(lambda: desk.one("SELECT count(*) FROM attempt"))
    TestClock(desk.product).send()
    assert desk.sql("SELECT state FROM attempt WHERE state = 'sending'") == []
    assert len(calls(desk)) == 1
    worker.join()
