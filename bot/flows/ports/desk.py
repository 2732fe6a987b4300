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


class DeskStore(Cases, Trail, Protocol):
    """One transaction of a collector."""

    def handoff(self, handoff_id: int) -> HandoffFacts | None:
        """The hand-off, its row locked."""
        ...

    def claim_handoff(self, handoff_id: int, collector_id: int, *, at: datetime) -> bool:
        """Take it if nobody has; False when somebody else does."""
        ...

    def release_handoff(self, handoff_id: int, *, at: datetime) -> None:
        """Back to the queue."""
        ...

    def add_note(self, case_id: int, author_id: int, text: str, *, at: datetime) -> None:
        """A note on the case."""
        ...

    def has_open_promise(self, case_id: int) -> bool:
        """Whether a promise still waits for money."""
        ...
