"""What collectors' work needs from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flows.ports.cases import Cases
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class HandoffFacts:
    """A hand-off as collectors' moves need it."""

    handoff_id: int
    case_id: int
    debtor_id: int
    state: str
    claimed_by: int | None
    livemode: bool
    priority: int = 4
    assigned_to: int | None = None


class DeskStore(Cases, Trail, Protocol):
    """One transaction of a collector."""

    def handoff(self, handoff_id: int) -> HandoffFacts | None:
        """The hand-off, its row locked."""
        ...

    def claim_handoff(self, handoff_id: int, collector_id: int, *, at: datetime) -> bool:
        """Take it if nobody has and it waits for nobody else; False otherwise."""
        ...

    def release_handoff(self, handoff_id: int, *, at: datetime) -> None:
        """Back to the queue; whoever held it has passed on it."""
        ...

    def worked(self, case_id: int, collector_id: int, *, at: datetime) -> None:
        """If the person holds the case's hand-off: they did something on it, now."""
        ...

    def add_note(self, case_id: int, author_id: int, text: str, *, at: datetime) -> None:
        """A note on the case."""
        ...

    def has_open_promise(self, case_id: int) -> bool:
        """Whether a promise still waits for money."""
        ...
