"""What plans and reductions need from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.instalments import Limits, Part
from bot.flows.ports.cases import Cases
from bot.flows.ports.collectors import Person
from bot.flows.ports.money import MoneyStore
from bot.flows.ports.promising import PromiseWriter
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to be written. `by` is the collector who proposes it."""

    case_id: int
    currency: str
    parts: tuple[Part, ...]
    broken_after: int
    source: str  #: reply, page, collector
    reply_id: int | None = None
    by: int | None = None

    @property
    def total_minor(self) -> int:
        """All parts together."""
        return sum(part.amount_minor for part in self.parts)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan, its row locked."""

    plan_id: int
    case_id: int
    debtor_id: int
    state: str
    parts: tuple[Part, ...]
    livemode: bool


@dataclass(frozen=True, slots=True)
class NewReduction:
    """What a collector asks. `pay_by` and `condition_minor` make it conditional, or neither does."""

    case_id: int
    amount_minor: int
    reason: str
    note: str = ""
    pay_by: date | None = None
    condition_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReductionFacts:
    """A reduction, its row locked."""

    reduction_id: int
    case_id: int
    debtor_id: int
    state: str
    amount_minor: int
    pay_by: date | None
    asked_by: int
    livemode: bool


@dataclass(frozen=True, slots=True)
class CaseHead:
    """Whose case it is, for the lane and the clock."""

    case_id: int
    debtor_id: int
    livemode: bool


class PlanAsking(Cases, PromiseWriter, Protocol):
    """What a debtor's proposal needs, also inside the transaction of a reply."""

    def limits(self, portfolio_id: int) -> Limits:
        """The portfolio's terms; those that grant nothing when it has none."""
        ...

    def add_plan(self, plan: NewPlan, *, at: datetime) -> int | None:
        """A proposed plan; None when the case has one that is proposed or active."""
        ...

    def decide_plan(self, plan_id: int, state: str, *, by: int | None, at: datetime) -> None:
        """active or declined."""
        ...

    def add_instalments(
        self, plan_id: int, case_id: int, parts: Sequence[Part], at: datetime
    ) -> None:
        """A promise for each part."""
        ...


class ConcessionStore(MoneyStore, PlanAsking, Trail, Protocol):
    """One transaction that grants something."""

    def case_head(self, case_id: int) -> CaseHead | None:
        """None when there is no such case."""
        ...

    def save_limits(self, portfolio_id: int, limits: Limits) -> None:
        """Set the portfolio's terms."""
        ...

    def portfolio_id(self, code: str) -> int | None:
        """The portfolio of that code."""
        ...

    def person(self, collector_id: int) -> Person | None:
        """By id."""
        ...

    def plan(self, plan_id: int) -> PlanFacts | None:
        """The plan, its row locked."""
        ...

    def add_reduction(
        self, asked: NewReduction, currency: str, *, by: int, by_rule: bool, at: datetime
    ) -> int:
        """A reduction, asked; with `by_rule` granted at once."""
        ...

    def reduction(self, reduction_id: int) -> ReductionFacts | None:
        """The reduction, its row locked."""
        ...

    def decide_reduction(self, reduction_id: int, state: str, *, by: int, at: datetime) -> None:
        """granted or declined."""
        ...

    def reductions_over(self, *, livemode: bool, now: datetime, limit: int) -> list[ReductionFacts]:
        """Conditional ones whose day has passed; their debtors' lanes are taken."""
        ...
