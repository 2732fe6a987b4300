"""Jobs of the queue (Procrastinate), written on the connection of the state they act on.

Nothing is queued unless the caller's transaction commits, and nothing commits without its job.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import tuple_row

# Field order of the type procrastinate_job_to_defer_v1 (procrastinate/sql/schema.sql, 3.x).
DEFER = """
SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW(queue, task, priority, lock, queueing_lock, args, scheduled_at)::procrastinate_job_to_defer_v1
    ORDER BY position))
FROM jsonb_to_recordset(%s::jsonb) AS job(
    position int, queue text, task text, priority int, lock text, queueing_lock text,
    args jsonb, scheduled_at timestamptz)
WHERE queueing_lock IS NULL OR NOT EXISTS (
    SELECT FROM procrastinate_jobs AS waiting
    WHERE waiting.queueing_lock = job.queueing_lock AND waiting.status = 'todo')
"""

# The queue's unique index would fail the whole transaction; so whoever comes second waits here, and
# then sees the first one's job.
ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(hashtextextended(name, 7301))
FROM (SELECT DISTINCT unnest(%s::text[]) AS name ORDER BY name) AS names
"""

STALLED = """
SELECT job.id, job.attempts
FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s)
FOR UPDATE OF job SKIP LOCKED
"""


@dataclass(frozen=True)
class Job:
    """A job to be queued.

    Attributes:
        task: name the worker registered the callable under.
        args: keyword arguments of the callable; JSON values.
        schedule_at: not before this instant; None: at once.
        lock: jobs of one lock run one after another.
        queueing_lock: at most one waiting job of this name; a second is passed over.
        priority: higher first.
    """

    task: str
    queue: str
    args: Mapping[str, Any] = field(default_factory=dict)
    schedule_at: datetime | None = None
    lock: str | None = None
    queueing_lock: str | None = None
    priority: int = 0


def defer(
    connection: Connection[Any],
    task: str,
    queue: str,
    args: Mapping[str, Any],
    *,
    schedule_at: datetime | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
    priority: int = 0,
) -> int | None:
    """Queue one job in the caller's transaction.

    Returns:
        The job's id; None when a job of the same `queueing_lock` is waiting already.
    """
    job = Job(task, queue, args, schedule_at, lock, queueing_lock, priority)
    ids = defer_all(connection, [job])
    return ids[0] if ids else None


def defer_all(connection: Connection[Any], jobs: Iterable[Job]) -> list[int]:
    """Queue many jobs in one statement; returns the ids of those queued, in order."""
    rows = [_row(position, job) for position, job in enumerate(_without_twins(jobs))]
    if not rows:
        return []
    names = [row["queueing_lock"] for row in rows if row["queueing_lock"]]
    if names:
        connection.execute(ONE_AT_A_TIME, [names])
    answer = connection.cursor(row_factory=tuple_row).execute(DEFER, [json.dumps(rows)]).fetchone()
    return list(answer[0] or []) if answer else []


def retry_stalled(
    connection: Connection[Any], *, silent_for: timedelta, give_up_after: int
) -> tuple[int, int]:
    """Hand the jobs of dead workers to living ones.

    A worker is dead when its heartbeat (every 10 s, procrastinate/worker.py) is older than
    `silent_for`. A job that has already been begun `give_up_after` times is marked failed, since it
    may be what kills the workers.

    Returns:
        How many will be done by somebody else, and how many were given up.
    """
    retried = given_up = 0
    with connection.cursor(row_factory=tuple_row) as cursor:
        for job, attempts in cursor.execute(STALLED, [silent_for]).fetchall():
            if attempts + 1 < give_up_after:
                _put_back(connection, job)
                retried += 1
            else:
                connection.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job])
                given_up += 1
    return retried, given_up


def _put_back(connection: Connection[Any], job: int) -> None:
    try:
        with connection.transaction():
            connection.execute(
                "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job]
            )
    except UniqueViolation:  # a job of the same queueing lock waits and will do the same work
        connection.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', false)", [job])


def waiting_jobs(connection: Connection[Any]) -> dict[str, int]:
    """How many jobs each queue holds that are due or being done."""
    rows = connection.cursor(row_factory=tuple_row).execute(
        "SELECT queue_name, count(*) FROM procrastinate_jobs "
        "WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now()) "
        "GROUP BY queue_name"
    )
    return dict(rows.fetchall())


def _without_twins(jobs: Iterable[Job]) -> Iterator[Job]:
    seen = set()
    for job in jobs:
        if job.queueing_lock not in seen:
            yield job
        if job.queueing_lock:
            seen.add(job.queueing_lock)


def _row(position: int, job: Job) -> dict[str, Any]:
    return {
        "position": position,
        "queue": job.queue,
        "task": job.task,
        "priority": job.priority,
        "lock": job.lock,
        "queueing_lock": job.queueing_lock,
        "args": dict(job.args),
        "scheduled_at": job.schedule_at.isoformat() if job.schedule_at else None,
    }
