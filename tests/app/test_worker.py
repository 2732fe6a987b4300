"""The worker carries out what is queued, with the arguments that were queued."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from bot.app.worker import make_queue, recovery_tick, run_worker
from bot.store.jobs import defer, waiting_jobs

HANGING = """
import sys, threading
from bot.app.logging import configure
from bot.app.worker import make_queue, run_worker
configure("WARNING", "json")
def hang(marker):
    print(marker, flush=True)
    threading.Event().wait()
run_worker(make_queue(sys.argv[1], {"hang": hang}, size=1), concurrency=1)
"""
PATIENT = """
import sys, threading
from bot.app.logging import configure
from bot.app.worker import make_queue, run_worker
configure("WARNING", "json")
def slow(marker):
    print(marker, flush=True)
    threading.Event().wait(0.5)
    print("finished", flush=True)
run_worker(make_queue(sys.argv[1], {"slow": slow}, size=1), concurrency=1)
"""


def _queue(database_url: str, **jobs: object) -> None:
    with psycopg.connect(database_url) as connection:
        for task, args in jobs.items():
            assert isinstance(args, dict)
            defer(connection, task, "sms", args)


def _count(database_url: str, status: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status::text = %s", [status]
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_job_reaches_its_task_with_its_arguments_and_is_gone(database_url: str) -> None:
    calls: list[dict[str, object]] = []
    _queue(database_url, dispatch={"batch": [1, 2], "sender": 7})
    queue = make_queue(database_url, {"dispatch": lambda **args: calls.append(args)}, size=1)
    run_worker(queue, concurrency=1, until_empty=True)
    assert calls == [{"batch": [1, 2], "sender": 7}]
    assert _count(database_url, "succeeded") == 0


def test_a_failing_job_waits_for_its_next_try(database_url: str) -> None:
    def fail() -> None:
        raise OSError("no route")

    _queue(database_url, dispatch={})
    run_worker(
        make_queue(database_url, {"dispatch": fail}, size=1), concurrency=1, until_empty=True
    )
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT status::text, attempts, scheduled_at > now() FROM procrastinate_jobs"
        ).fetchone()
    assert row == ("todo", 1, True)


def test_jobs_run_beside_each_other_up_to_the_limit(database_url: str) -> None:
    together = threading.Barrier(3, timeout=60)
    with psycopg.connect(database_url) as connection:
        for _ in range(3):
            defer(connection, "meet", "sms", {})
    queue = make_queue(database_url, {"meet": together.wait}, size=3)
    run_worker(queue, concurrency=3, until_empty=True)
    assert not together.broken


@contextmanager
def _working(script: str, database_url: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that is in the middle of its job."""
    command = [sys.executable, "-c", script, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        try:
            assert worker.stdout.readline() == "begun\n"
            yield worker
        finally:
            worker.kill()


@pytest.mark.slow
def test_the_job_of_a_killed_worker_is_done_by_the_next(
    database_url: str, pool: ConnectionPool
) -> None:
    _queue(database_url, hang={"marker": "begun"})
    with _working(HANGING, database_url) as worker:
        worker.kill()
    assert _count(database_url, "doing") == 1
    with pool.connection() as connection:  # a minute passes
        connection.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
    recovery_tick(pool).run()
    calls: list[dict[str, object]] = []
    queue = make_queue(database_url, {"hang": lambda **args: calls.append(args)}, size=1)
    run_worker(queue, concurrency=1, until_empty=True)
    assert calls == [{"marker": "begun"}]
    with pool.connection() as connection:
        assert waiting_jobs(connection) == {}


@pytest.mark.slow
def test_a_worker_that_is_asked_to_stop_finishes_its_job(database_url: str) -> None:
    _queue(database_url, slow={"marker": "begun"})
    with _working(PATIENT, database_url) as worker:
        worker.terminate()
        output, _ = worker.communicate(timeout=120)
    assert output == "finished\n"
    assert (_count(database_url, "doing"), _count(database_url, "todo")) == (0, 0)
