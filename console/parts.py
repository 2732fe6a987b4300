"""Everything the console is handed; it opens and finds nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flows.collectors import Collectors
from bot.flows.corrections import Corrections
from bot.flows.desk import Desk
from bot.flows.links_desk import LinkDesk
from bot.flows.playbook import Playbook
from bot.flows.ports.transactions import Clock
from bot.flows.recordings import Recordings
from bot.store.call_views import CallViews
from bot.store.link_views import LinkViews
from bot.store.views import Views
from console.dashboard.parts import FigureParts
from console.grants import Grants
from console.operations import Operations
from console.security import Security
from console.work import Work


class TestClock(Protocol):
    """The clock of test-mode portfolios, to be moved by hand."""

    def now(self) -> datetime:
        """Where it stands."""
        ...

    def moving_to(self) -> datetime | None:
        """Where it is on its way to."""
        ...

    def trouble(self) -> str | None:
        """Why the last move stopped on its way; told once."""
        ...

    def advance(self, until: datetime) -> bool:
        """Begin to move, doing everything that falls due; False when it is moving already."""
        ...


@dataclass(frozen=True)
class ConsoleParts:
    """Flows, reads and clocks. `test_clock` is None where test mode cannot be moved."""

    read: Callable[[], AbstractContextManager[Views]]
    desk: Desk
    corrections: Corrections
    collectors: Collectors
    playbook: Playbook
    clock: Clock
    links: LinkDesk
    read_links: Callable[[], AbstractContextManager[LinkViews]]
    recordings: Recordings
    read_calls: Callable[[], AbstractContextManager[CallViews]]
    grants: Grants
    figures: FigureParts
    security: Security
    work: Work
    operations: Operations
    test_clock: TestClock | None
