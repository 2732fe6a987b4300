"""The clock calls on time, survives what it calls, and stops cleanly."""

import threading
from datetime import timedelta

from prometheus_client import REGISTRY

from bot.app.ticker import Tick, make_scheduler, run_once

HOUR = timedelta(hours=1)


def _runs(name: str, outcome: str) -> float:
    labels = {"kind": "tick", "name": name, "outcome": outcome}
    return REGISTRY.get_sample_value("yuehuan_run_seconds_count", labels) or 0


def test_every_tick_runs_at_once_when_the_clock_starts() -> None:
    ran = {name: threading.Event() for name in ("plan", "sweep")}
    scheduler = make_scheduler([Tick(name, HOUR, event.set) for name, event in ran.items()])
    scheduler.start()
    try:
        assert all(event.wait(60) for event in ran.values())
    finally:
        scheduler.shutdown()


def test_a_tick_comes_again() -> None:
    thrice = threading.Semaphore(0)
    scheduler = make_scheduler([Tick("plan", timedelta(milliseconds=20), thrice.release)])
    scheduler.start()
    try:
        assert all(thrice.acquire(timeout=60) for _ in range(3))
    finally:
        scheduler.shutdown()


def test_a_missed_tick_is_made_up_once_and_never_runs_beside_itself() -> None:
    [job] = make_scheduler([Tick("plan", HOUR, lambda: None)]).get_jobs()
    assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)


def test_a_failing_tick_is_counted_and_comes_again() -> None:
    def fail() -> None:
        raise ValueError("broken")

    failed, done = _runs("broken", "failed"), _runs("broken", "done")
    assert run_once(Tick("broken", HOUR, fail)) is False
    assert run_once(Tick("broken", HOUR, lambda: None)) is True
    assert (_runs("broken", "failed"), _runs("broken", "done")) == (failed + 1, done + 1)
