"""`kill -9` of a real worker before, during and after the carrier call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_kit import DeskInHand, wait_until
from fault_kit import (
    HELD,
    NOON,
    applied,
    breaches,
    due_cases,
    environment,
    held_row,
    held_writes,
    instant,
    jobs_in_hand,
    per_phone,
    planned,
    process_of,
    recover,
    settler,
    states,
    wait_for_waiter,
    wait_until_gone,
)

from bot.store.jobs import retry_stalled

WORKER = "yuehuan-worker"


def test_a_worker_killed_before_its_attempts_are_committed_loses_nothing(
    desk: DeskInHand, database_url: str
) -> None:
    due_cases(desk, 5)
    env = environment(desk, database_url)
    with (
        held_row(database_url, "SELECT 1 FROM sender FOR UPDATE"),
        process_of(env, "worker") as worker,
    ):
        wait_for_waiter(desk, WORKER)
        worker.kill()
    wait_until_gone(desk, WORKER)
    assert states(desk) == []
    assert planned(desk) == 5
    recover(desk, env)
    assert states(desk) == ["delivered"] * 5
    assert set(per_phone(desk).values()) == {1}
    assert len(per_phone(desk)) == 5
    assert breaches(desk) == []


def test_a_worker_killed_during_the_calls_repeats_none_of_them(
    desk: DeskInHand, database_url: str
) -> None:
    """One call reaches nobody, one reaches the carrier whose answer hangs, three are through."""
    cases = due_cases(desk, 5)
    lost, taken = desk.phones[cases[0]], desk.phones[cases[1]]
    desk.sandbox.faults(
        {"effect": "hang_before", "to": lost, "seconds": HELD},
        {"effect": "hang_after", "to": taken, "seconds": HELD},
    )
    env = environment(desk, database_url)
    with process_of(env, "worker") as worker:
        wait_until(lambda: applied(desk) == 2 and len(per_phone(desk)) == 4)
        worker.kill()
    desk.sandbox.faults()
    recover(desk, env)
    assert states(desk) == ["sending", *["delivered"] * 4]
    assert per_phone(desk) == {desk.phones[case]: 1 for case in cases[1:]}

    assert settler(desk, after=timedelta(minutes=3)).run() == 0  # its list may not be complete yet
    assert settler(desk, after=timedelta(minutes=20)).run() == 1
    assert desk.sql("SELECT state, error_code FROM attempt WHERE state <> 'delivered'") == [
        ("unknown", "not_at_carrier")
    ]
    recover(desk, env)
    assert lost not in per_phone(desk)
    assert breaches(desk) == []


@pytest.mark.parametrize("callbacks", ["arrive", "are lost"])
def test_a_worker_killed_after_the_calls_leaves_attempts_that_callback_or_look_up_settle(
    desk: DeskInHand, database_url: str, callbacks: str
) -> None:
    due_cases(desk, 4)
    if callbacks == "are lost":
        desk.sandbox.faults({"effect": "lose"})
    env = environment(desk, database_url)
    with (
        held_writes(desk, database_url, "attempt", "UPDATE"),
        process_of(env, "worker") as worker,
    ):
        wait_for_waiter(desk, WORKER)
        wait_until(lambda: len(per_phone(desk)) == 4)
        worker.kill()
    wait_until_gone(desk, WORKER)
    recover(desk, env)
    settled = {"arrive": "delivered", "are lost": "sending"}[callbacks]
    assert states(desk) == [settled] * 4
    moved = settler(desk, after=timedelta(minutes=3)).run()
    assert moved == {"arrive": 0, "are lost": 4}[callbacks]
    assert states(desk) == ["delivered"] * 4
    assert desk.one("SELECT count(DISTINCT provider_sid) FROM attempt") == 4
    recover(desk, env)
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


def test_workers_killed_again_and_again_while_they_send_lose_and_repeat_nothing(
    desk: DeskInHand, database_url: str
) -> None:
    """A slow sender, so that each worker dies between two batches or inside one."""
    desk.sender(per_second=2.0)
    count = 24
    due_cases(desk, count)
    desk.set_now(instant(NOON) + timedelta(minutes=2))  # the planner spread them over half a minute
    env = environment(desk, database_url, WORKER_CONCURRENCY="2")
    for wanted in (8, 14):
        with process_of(env, "worker") as worker:
            wait_until(lambda least=wanted: len(per_phone(desk)) >= least, 120)
            worker.kill()
        wait_until_gone(desk, WORKER)
        with desk.product.pool.connection() as connection:
            retry_stalled(connection, silent_for=timedelta(), give_up_after=10)
        desk.product.releaser.run(livemode=False)
    with process_of(env, "worker"):
        wait_until(lambda: planned(desk) == 0 and jobs_in_hand(desk) == 0, 120)
        desk.sandbox.flush()
        settler(desk, after=timedelta(minutes=3)).run()
        settler(desk, after=timedelta(minutes=20)).run()
        wait_until(lambda: set(states(desk)) <= {"delivered", "unknown"})
    assert set(per_phone(desk).values()) == {1}
    unsent = desk.one("SELECT count(*) FROM attempt WHERE error_code = 'not_at_carrier'")
    assert len(per_phone(desk)) + unsent == count
    assert breaches(desk) == []
