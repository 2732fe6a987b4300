"""What the wiring hands to the processes: their work, already bound to real things."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint
from prometheus_client.registry import Collector

from bot.app.health import Probe
from bot.app.ticker import Tick

# A job's callable takes the job's arguments by name.
Task = Callable[..., Any]


@dataclass(frozen=True)
class Parts:
    """The product as one process sees it.

    Attributes:
        blueprints: pages and webhooks, for `web`.
        tasks: callable of each job by the name it is queued under, for `worker`.
        ticks: what happens again and again, for `clock`.
        probes: what `/readyz` asks besides database and migrations.
        figures: what `/metrics` reads when it is asked.
    """

    blueprints: Sequence[Blueprint] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    ticks: Sequence[Tick] = ()
    probes: Sequence[Probe] = ()
    figures: Sequence[Collector] = ()
