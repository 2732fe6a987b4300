"""What handing work round needs from the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.domain.assignment import Waiting, Worker
from bot.flows.ports.desk import DeskStore


@dataclass(frozen=True, slots=True)
class CaseHead:
    """A case as far as taking its lane needs it."""

    case_id: int
    debtor_id: int
    livemode: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A hand-off somebody let lie; it is back in the common list."""

    handoff_id: int
    case_id: int
    collector_id: int
    claimed: bool  #: it had been claimed, else only assigned


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An open hand-off for nobody, with its reason for the policy to name a skill."""

    waiting: Waiting
    case_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Patient:
    """How long a priority waits, as instants already counted back from now."""

    priority: int
    assigned_before: datetime
    worked_before: datetime


class QueueStore(DeskStore, Protocol):
    """One transaction on the list."""

    def desk_case(self, case_id: int) -> CaseHead | None:
        """The case's lane, or None."""
        ...

    def assign_handoff(self, handoff_id: int, collector_id: int | None, *, at: datetime) -> bool:
        """Open, and for this person (None: for everybody); False when it is over."""
        ...

    def put_aside(self, handoff_id: int, until: datetime | None) -> None:
        """Out of the list until then; None brings it back."""
        ...

    def open_handoff_of(self, case_id: int) -> int | None:
        """The hand-off of the case that is not over."""
        ...

    def is_taking(self, collector_id: int) -> bool:
        """Whether the person is assigned hand-offs now."""
        ...

    def can_work(self, collector_id: int) -> bool:
        """Whether the person exists and may log in."""
        ...

    def wake_handoffs(self, *, livemode: bool, now: datetime) -> int:
        """Bring back what was put aside until now; returns how many."""
        ...

    def lapse(
        self, patience: Sequence[Patient], *, livemode: bool, now: datetime
    ) -> Sequence[Lapsed]:
        """Take back what was assigned and not claimed in time, or claimed and left lying."""
        ...

    def unassigned(self, *, livemode: bool, limit: int) -> Sequence[Unassigned]:
        """Open hand-offs for nobody, most urgent first; busy rows are skipped."""
        ...

    def workers(self, capacity: int) -> Sequence[Worker]:
        """Who takes hand-offs now, with their load; `capacity` for those without their own."""
        ...

    def set_desk(
        self,
        collector_id: int,
        *,
        taking: bool,
        skills: Collection[str] | None = None,
        capacity: int | None = None,
    ) -> None:
        """How somebody takes hand-offs; skills None leaves them (and the capacity) as they are."""
        ...

    def save_filter(
        self, collector_id: int, name: str, query: Mapping[str, Any], *, first: bool
    ) -> None:
        """Under that name, over the one of that name; `first` takes the mark off the others."""
        ...

    def drop_filter(self, collector_id: int, filter_id: int) -> None:
        """One's own."""
        ...

    def count_filters(self, collector_id: int) -> int:
        """How many somebody keeps."""
        ...

    def begin_pause(
        self, case_id: int, collector_id: int, until: date, *, resume_at: datetime, at: datetime
    ) -> None:
        """The case rests until then."""
        ...

    def pauses_over(
        self, *, livemode: bool, now: datetime, limit: int
    ) -> Sequence[tuple[int, int]]:
        """(pause id, case id) of pauses whose day has come; their debtors' lanes taken."""
        ...

    def end_pause(self, case_id: int, *, at: datetime) -> None:
        """The running pause of the case is over, if there is one."""
        ...
