"""Figures for Prometheus. Labels are names of ours: never a number, a name or an address.

Several processes add up in one folder when `metrics_folder.share_between_processes` was called
before this module was imported; the library decides that at import.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bot.app.clock import monotonic, system_now

REQUESTS = Histogram(
    "yuehuan_http_request_seconds", "Requests answered", ["method", "endpoint", "status"]
)
RUNS = Histogram("yuehuan_run_seconds", "Ticks and jobs done", ["kind", "name", "outcome"])
CALL_TURNS = Histogram(
    "yuehuan_call_turn_seconds",
    "Answers to a caller who waits: what is not heard in this time is silence",
    ["page"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
LAST_SUCCESS = Gauge(
    "yuehuan_last_success_timestamp_seconds",
    "When a tick or job last ended well",
    ["kind", "name"],
    multiprocess_mode="max",
)


@contextmanager
def measured(kind: str, name: str) -> Iterator[None]:
    """Count and time one run of a `tick` or `job`; an exception counts as failed and goes on."""
    begun = monotonic()
    outcome = "failed"
    try:
        yield
        outcome = "done"
        LAST_SUCCESS.labels(kind, name).set(system_now().timestamp())
    finally:
        RUNS.labels(kind, name, outcome).observe(monotonic() - begun)


def exposition(folder: str | None, read: Sequence[Collector] = ()) -> tuple[bytes, str]:
    """All figures and their content type; of all processes that share `folder`, if there is one.

    Args:
        read: figures that are read when they are asked for, the same in every process.
    """
    registry = REGISTRY
    if folder:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    told = generate_latest(registry)
    if read:
        of_the_moment = CollectorRegistry()
        for collector in read:
            of_the_moment.register(collector)
        told += generate_latest(of_the_moment)
    return told, CONTENT_TYPE_LATEST
