"""The `worker` process: takes jobs from the queue and calls the flow each is named after."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from psycopg_pool import ConnectionPool

from bot.app.logging import get_logger
from bot.app.metrics import measured
from bot.app.ticker import Tick
from bot.store.jobs import retry_stalled

# A job that fails waits 4, 16, 64, 256 seconds; then it stays in the table as failed.
RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)
# Procrastinate's workers show a sign of life every 10 seconds (worker.py).
SILENT_FOR = timedelta(seconds=40)
GIVE_UP_AFTER = 5
FINISH_WITHIN = 25.0  # seconds for running jobs after SIGTERM, below the usual 30 of platforms

log = get_logger(__name__)


def make_queue(database_url: str, tasks: Mapping[str, Callable[..., Any]], *, size: int) -> App:
    """The queue with its tasks, not yet connected.

    Args:
        tasks: plain functions by the name their jobs are queued under.
        size: the most jobs at a time; decides the number of connections.
    """
    connector = PsycopgConnector(
        conninfo=database_url,
        min_size=1,
        max_size=size + 2,  # one listens for new jobs, one shows the sign of life
        kwargs={"application_name": "yuehuan-queue"},
    )
    queue = App(connector=connector)
    for name, run in tasks.items():
        queue.task(name=name, retry=RETRY, pass_context=True)(_observed(name, run))
    return queue


def run_worker(
    queue: App, *, concurrency: int, poll_seconds: float = 0.5, until_empty: bool = False
) -> None:
    """Work until SIGTERM or Ctrl-C, then let running jobs finish; or until nothing is due.

    Args:
        poll_seconds: how often a worker without work looks for some: jobs that read replies and
            jobs of a later time announce themselves to nobody.
    """

    async def work() -> None:
        # Each job blocks one thread; asyncio's own number of threads follows the number of cores.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency))
        async with queue.open_async():
            await queue.run_worker_async(
                concurrency=concurrency,
                wait=not until_empty,
                delete_jobs="successful",
                shutdown_graceful_timeout=FINISH_WITHIN,
                fetch_job_polling_interval=poll_seconds,
            )

    log.info("worker_started", tasks=sorted(queue.tasks), concurrency=concurrency)
    asyncio.run(work())


def recovery_tick(pool: ConnectionPool) -> Tick:
    """Hands the jobs of killed workers to living ones."""

    def run() -> None:
        with pool.connection() as connection:
            retried, given_up = retry_stalled(
                connection, silent_for=SILENT_FOR, give_up_after=GIVE_UP_AFTER
            )
        if retried or given_up:
            log.warning("stalled_jobs", retried=retried, given_up=given_up)

    return Tick("retry_stalled_jobs", timedelta(seconds=20), run)


def _observed(name: str, run: Callable[..., Any]) -> Callable[..., None]:
    @wraps(run)
    def observed(context: JobContext, **arguments: Any) -> None:
        with (
            structlog.contextvars.bound_contextvars(job=context.job.id, task=name),
            measured("job", name),
        ):
            try:
                run(**arguments)
            except Exception:
                log.exception("job_failed", attempt=context.job.attempts + 1)
                raise

    return observed
