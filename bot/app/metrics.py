"""Figures for Prometheus. Labels are names of ours: never a number, a name or an address.

Several processes add up in one folder when `metrics_folder.share_between_processes` was called
before this module was imported; the library decides that at import.
"""

from collections.abc import Iterator
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

from bot.app.clock import monotonic, system_now

REQUESTS = Histogram(
    "yuehuan_http_request_seconds", "Requests answered", ["method", "endpoint", "status"]
)
RUNS = Histogram("yuehuan_run_seconds", "Ticks and jobs done", ["kind", "name", "outcome"])
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


def exposition(folder: str | None) -> tuple[bytes, str]:
    """All figures and their content type; of all processes that share `folder`, if there is one."""
    registry = REGISTRY
    if folder:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
