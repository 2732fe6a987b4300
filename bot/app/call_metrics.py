"""Calls for Prometheus: read from the database when they are asked for, so that every process tells
the same and nothing is lost with one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import ConnectionPool

from bot.app import logging
from bot.store.call_figures import CallFigures, Ending

log = logging.get_logger(__name__)

#: Seconds to wait for a connection: figures that come late are none.
_PATIENCE = 2.0

_MODES = {True: "live", False: "test"}


@dataclass(frozen=True)
class CallMetrics(Collector):
    """Figures of calls; none while the database does not answer."""

    pool: ConnectionPool
    now: Callable[[], datetime]

    def collect(self) -> Iterator[Metric]:
        """All of them, each with its mode."""
        try:
            with self.pool.connection(timeout=_PATIENCE) as connection:
                families = list(_families(CallFigures(connection), self.now()))
        except Exception:  # the other figures must be told all the same
            log.warning("call_figures_unread", exc_info=True)
            return
        yield from families


def _families(figures: CallFigures, now: datetime) -> Iterator[Metric]:
    running = {row.livemode: row for row in figures.running()}
    lines = _family("yuehuan_calls_running", "Calls on the line now")
    waiting = _family("yuehuan_calls_in_line", "Callers who wait for a human now")
    for livemode, mode in _MODES.items():
        row = running.get(livemode)
        lines.add_metric([mode], row.calls if row else 0)
        waiting.add_metric([mode], row.in_line if row else 0)
    yield from (lines, waiting)
    yield GaugeMetricFamily(
        "yuehuan_collectors_on_duty", "Collectors who take calls now", value=figures.on_duty()
    )
    endings = figures.endings(now)
    yield from (_ended(endings), _placed(endings), _answered(endings))
    put = _family("yuehuan_call_transfers_last_day", "Calls put through in 24 hours", "outcome")
    for each in figures.transfers(now):
        put.add_metric([_MODES[each.livemode], each.outcome], each.calls)
    yield put


def _ended(endings: Sequence[Ending]) -> Metric:
    text = "Calls of the last 24 hours by how they ended"
    ended = _family("yuehuan_calls_last_day", text, "direction", "outcome")
    for each in endings:
        ended.add_metric([_MODES[each.livemode], each.direction, each.outcome], each.calls)
    return ended


def _placed(endings: Sequence[Ending]) -> Metric:
    placed = _family("yuehuan_calls_placed_last_day", "Calls we placed in the last 24 hours")
    counts = Counter[bool]()
    for each in endings:
        counts[each.livemode] += each.calls * (each.direction == "outbound")
    for livemode, mode in _MODES.items():
        placed.add_metric([mode], counts[livemode])
    return placed


def _answered(endings: Sequence[Ending]) -> Metric:
    """A person picked up ÷ calls we placed that are over; none without such calls."""
    text = "Share of the placed calls of the last 24 hours that a person answered"
    share = _family("yuehuan_calls_answered_ratio_last_day", text)
    for livemode, mode in _MODES.items():
        over = [
            each
            for each in endings
            if each.livemode is livemode
            and each.direction == "outbound"
            and each.outcome != "running"
        ]
        if total := sum(each.calls for each in over):
            answered = sum(each.calls for each in over if each.outcome == "answered")
            share.add_metric([mode], answered / total)
    return share


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=["mode", *labels])
