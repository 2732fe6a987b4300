"""The `clock` process: it only calls flows on time and knows nothing of what they do.

A tick may come late, twice, or from two machines at once: the flows take a lock and keep count in
the database. What was missed is made up for by the next tick, not by a burst of old ones.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.app.clock import system_now
from bot.app.logging import get_logger
from bot.app.metrics import measured

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}

log = get_logger(__name__)


@dataclass(frozen=True)
class Tick:
    """Call `run` at start and then every `every`; never two of one name at a time."""

    name: str
    every: timedelta
    run: Callable[[], object]


def run_ticks(ticks: Sequence[Tick]) -> None:
    """Tick until SIGTERM or Ctrl-C; ticks that are running then are allowed to finish."""
    # Blocked before any thread starts, so that all inherit it and only `sigwait` receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    scheduler = make_scheduler(ticks)
    scheduler.start()
    log.info("clock_started", ticks=[tick.name for tick in ticks])
    caught = signal.sigwait(STOP_SIGNALS)
    log.info("clock_stopping", signal=signal.Signals(caught).name)
    scheduler.shutdown(wait=True)


def make_scheduler(ticks: Sequence[Tick]) -> BackgroundScheduler:
    """A scheduler, not yet started, with every tick due at once."""
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": ThreadPoolExecutor(max(1, len(ticks)))}
    )
    for tick in ticks:
        scheduler.add_job(
            run_once,
            "interval",
            [tick],
            id=tick.name,
            seconds=tick.every.total_seconds(),
            next_run_time=system_now(),
            coalesce=True,  # several missed ones become one
            misfire_grace_time=None,  # and that one runs, however late
            max_instances=1,
        )
    return scheduler


def run_once(tick: Tick) -> bool:
    """Run one tick; a failure is logged and counted, and the next one comes all the same."""
    try:
        with measured("tick", tick.name):
            tick.run()
    except Exception:
        log.exception("tick_failed", tick=tick.name)
        return False
    return True
