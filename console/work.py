"""What the list and the case page are handed to work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.flows.case_work import CaseWork
from bot.flows.desk_queue import DeskQueue
from bot.flows.dialing import Dialing
from bot.flows.writing import Writing
from bot.store.queue_views import QueueViews
from bot.store.story_views import StoryViews


class DeskPulse(Protocol):
    """Whether anything has happened since."""

    @property
    def last(self) -> int:
        """The number of the newest note."""
        ...

    def since(self, number: int, case_id: int | None = None) -> bool:
        """Whether anything happened after `number` (to that case)."""
        ...

    def listen(self) -> None:
        """Begin to hear, unless it has begun."""
        ...


@dataclass(frozen=True)
class Work:
    """Flows, reads, and the pulse of this process."""

    queue: DeskQueue
    cases: CaseWork
    writing: Writing
    dialing: Dialing
    read_queue: Callable[[], AbstractContextManager[QueueViews]]
    read_story: Callable[[], AbstractContextManager[StoryViews]]
    pulse: DeskPulse
    process: str  #: tells web processes apart: each counts its own notes
