"""What the planner needs from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.domain.facts import CaseFacts, PortfolioFacts
from bot.domain.proposal import Proposal
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import TouchState
from bot.flows.ports.cases import Cases

Param = str | int


@dataclass(frozen=True, slots=True)
class NewTouch:
    """A touch to be written, with the verdict that let it through or stopped it."""

    facts: CaseFacts
    proposal: Proposal
    script_version: int
    segments: int
    due_at: datetime
    state: TouchState
    verdict: Verdict
    params: Mapping[str, Param] = field(default_factory=dict)
    reply_id: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A case the planner looked at: where it stands and when to look again."""

    case_id: int
    tier: str | None
    next_check_at: datetime


class TouchWriter(Protocol):
    """Writes touches with their verdicts and the job that will send them."""

    def add_touches(
        self, touches: Sequence[NewTouch], *, stage: str, at: datetime, behind: datetime
    ) -> int:
        """Write touches whose key is new, their verdicts, and one dispatch job per sender and
        bucket of due instants. `behind` is the real instant that `at` stands for. Returns how
        many were new and planned.
        """
        ...


class PlanningStore(Cases, TouchWriter, Protocol):
    """Everything one planning transaction does."""

    def due_cases(
        self,
        *,
        livemode: bool,
        now: datetime,
        limit: int,
        portfolio_id: int | None = None,
    ) -> list[int]:
        """Ids of open cases to be checked, their debtors' lanes taken; busy ones are skipped."""
        ...

    def save_checks(self, checks: Sequence[Checked]) -> None:
        """Write tier and next check."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...


class DryRunStore(Protocol):
    """What the dry run reads."""

    def portfolio(self, code: str) -> PortfolioFacts | None:
        """The portfolio of that code."""
        ...

    def open_case_ids(self, portfolio_id: int, *, after: int, limit: int) -> list[int]:
        """Ids of cases that are not closed, ascending, beyond `after`."""
        ...

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots ordered by case id."""
        ...

    def masked_phones(self, contact_point_ids: Sequence[int]) -> dict[int, str]:
        """`138****5678` by contact point."""
        ...


@dataclass(frozen=True, slots=True)
class Planned:
    """Figures of one planning run."""

    checked: int = 0
    planned: int = 0
    denied: int = 0
    handed_off: int = 0
    on: date | None = None
