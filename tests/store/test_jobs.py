"""Jobs live and die with the transaction that writes them."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import dict_row

from bot.store.jobs import Job, defer, defer_all, retry_stalled, waiting_jobs

AT = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_job_appears_when_its_transaction_commits(database_url: str) -> None:
    with psycopg.connect(database_url) as writer, psycopg.connect(database_url) as reader:
        defer(writer, "dispatch", "sms", {"batch": [1, 2]}, schedule_at=AT, lock="sender-1")
        reader.autocommit = True
        assert waiting_jobs(reader) == {}
        writer.commit()
        assert waiting_jobs(reader) == {"sms": 1}
        reader.row_factory = dict_row
        job = reader.execute("SELECT * FROM procrastinate_jobs").fetchone()
    assert job is not None
    assert (job["task_name"], job["args"]) == ("dispatch", {"batch": [1, 2]})
    assert (job["scheduled_at"], job["lock"], job["priority"]) == (AT, "sender-1", 0)


def test_a_job_vanishes_when_its_transaction_rolls_back(connection: psycopg.Connection) -> None:
    defer(connection, "dispatch", "sms", {})
    connection.rollback()
    assert waiting_jobs(connection) == {}


def test_many_jobs_keep_their_order(connection: psycopg.Connection) -> None:
    ids = defer_all(connection, (Job("dispatch", "sms", {"n": n}) for n in range(50)))
    rows = connection.execute("SELECT id, args->'n' FROM procrastinate_jobs ORDER BY id")
    assert rows.fetchall() == [(job, n) for n, job in enumerate(ids)]


def test_no_jobs_is_no_statement(connection: psycopg.Connection) -> None:
    assert defer_all(connection, []) == []


def test_a_second_job_of_one_queueing_lock_is_passed_over(connection: psycopg.Connection) -> None:
    first = defer(connection, "sweep", "ticks", {}, queueing_lock="sweep")
    assert first is not None
    assert defer(connection, "sweep", "ticks", {}, queueing_lock="sweep") is None
    twins = [Job("plan", "ticks", queueing_lock="plan") for _ in range(2)]
    assert len(defer_all(connection, twins)) == 1


def test_two_transactions_that_queue_the_same_lock_at_once_both_succeed(database_url: str) -> None:
    answers = []
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as two:
        answers.append(defer(one, "sweep", "ticks", {}, queueing_lock="sweep"))
        second = threading.Thread(
            target=lambda: answers.append(defer(two, "sweep", "ticks", {}, queueing_lock="sweep"))
        )
        second.start()
        second.join(0.1)
        assert second.is_alive(), "the second waits for the first to commit"
        one.commit()
        second.join()
    assert answers[0] is not None
    assert answers[1] is None


def _begin(connection: psycopg.Connection, *, heartbeat_age: timedelta) -> None:
    """A worker that took the next job and has been silent for a while."""
    worker = connection.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s) RETURNING id",
        [heartbeat_age],
    ).fetchone()
    assert worker is not None
    connection.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", worker)


def _statuses(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
    return [row[0] for row in rows.fetchall()]


def test_the_job_of_a_silent_worker_is_handed_to_another(connection: psycopg.Connection) -> None:
    defer(connection, "dispatch", "sms", {})
    _begin(connection, heartbeat_age=2 * MINUTE)
    assert retry_stalled(connection, silent_for=MINUTE, give_up_after=5) == (1, 0)
    assert _statuses(connection) == ["todo"]


def test_the_job_of_a_living_worker_is_left_alone(connection: psycopg.Connection) -> None:
    defer(connection, "dispatch", "sms", {})
    _begin(connection, heartbeat_age=MINUTE / 2)
    assert retry_stalled(connection, silent_for=MINUTE, give_up_after=5) == (0, 0)
    assert _statuses(connection) == ["doing"]


def test_a_job_that_keeps_killing_workers_is_given_up(connection: psycopg.Connection) -> None:
    defer(connection, "dispatch", "sms", {})
    for _ in range(2):
        _begin(connection, heartbeat_age=2 * MINUTE)
        last = retry_stalled(connection, silent_for=MINUTE, give_up_after=2)
    assert last == (0, 1)
    assert _statuses(connection) == ["failed"]


def test_a_stalled_job_gives_way_to_its_waiting_twin(connection: psycopg.Connection) -> None:
    defer(connection, "sweep", "ticks", {}, queueing_lock="sweep")
    _begin(connection, heartbeat_age=2 * MINUTE)
    defer(connection, "sweep", "ticks", {}, queueing_lock="sweep")
    assert retry_stalled(connection, silent_for=MINUTE, give_up_after=5) == (1, 0)
    assert _statuses(connection) == ["aborted", "todo"]
