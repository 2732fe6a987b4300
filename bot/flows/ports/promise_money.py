"""What counting money towards promises, plans and conditional reductions needs from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.vocabulary import PromiseState


@dataclass(frozen=True, slots=True)
class DuePromise:
    """A promise that money may still count towards.

    `in_time`: money paid at the instant asked about came before its date and grace were over.
    """

    promise_id: int
    due_on: date
    amount_minor: int
    paid_minor: int
    state: PromiseState
    in_time: bool
    plan_id: int | None  #: of a plan that is active


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How an active plan stands."""

    plan_id: int
    missed: int  #: instalments over and not paid in full
    still_open: int
    broken_after: int


@dataclass(frozen=True, slots=True)
class ConditionalReduction:
    """A granted reduction whose condition may be met by now."""

    reduction_id: int
    amount_minor: int
    met: bool  #: enough was paid in time


class PromiseMoney(Protocol):
    """Promises, plans and reductions as money changes them."""

    def due_promises(self, case_id: int, paid_at: datetime) -> list[DuePromise]:
        """Open promises; broken and partly kept ones that the money was in time for, or that are
        instalments of an active plan. Earliest first.
        """
        ...

    def plan_of(self, promise_id: int) -> PlanProgress | None:
        """The active plan the promise is part of."""
        ...

    def active_plan(self, case_id: int) -> PlanProgress | None:
        """The active plan of the case."""
        ...

    def end_plan(self, plan_id: int, state: str, *, at: datetime) -> None:
        """End an active plan; what is still open of it gives way."""
        ...

    def conditional_reductions(self, case_id: int) -> list[ConditionalReduction]:
        """Granted ones, and void ones whose money turns out to have come in time; rows locked."""
        ...

    def end_reduction(self, reduction_id: int, state: str, *, at: datetime) -> None:
        """applied or void."""
        ...
