"""What merging two cases needs from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.vocabulary import CaseState
from bot.flows.ports.money import MoneyStore
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class MergeHead:
    """A case as merging sees it. `owed_minor`: of the case's currency, minor units."""

    case_id: int
    debtor_id: int
    portfolio_id: int
    currency: str
    creditor_key: str
    livemode: bool
    state: CaseState
    merged_into: int | None
    owed_minor: int
    closed_by_human: bool
    payment_waits: bool  #: money that somebody recorded waits for a second person


@dataclass(frozen=True, slots=True)
class HeldHandoff:
    """The hand-off a case has open. `claimed`: somebody has it."""

    handoff_id: int
    reason: str
    claimed: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Everything of `gone` goes to `kept`: two cases, and two debtors who are one person."""

    gone: int
    kept: int
    gone_debtor: int
    kept_debtor: int


class MergeStore(MoneyStore, Trail, Protocol):
    """One transaction that merges. The lanes of both debtors are held."""

    def hold_imports(self, creditor_key: str) -> bool:
        """No ledger of the creditor is imported until the transaction ends; False if one is."""
        ...

    def merge_heads(self, case_ids: Sequence[int]) -> list[MergeHead]:
        """The cases that exist, in the order of the ids."""
        ...

    def cases_of_debtor(self, debtor_id: int) -> list[int]:
        """Cases of the debtor that were not merged, oldest first."""
        ...

    def held_handoff(self, case_id: int) -> HeldHandoff | None:
        """The hand-off that is open."""
        ...

    def move_case(self, pair: Pair, *, at: datetime) -> Mapping[str, int]:
        """All that is alive goes over: debts with their books, money, promises, links …

        Returns how many of what, for the trail.
        """
        ...

    def mark_merged(self, pair: Pair) -> None:
        """The closed case points at the other, and so do those that pointed at it."""
        ...

    def join_dispute(self, pair: Pair) -> None:
        """What was contested there is contested here."""
        ...

    def join_handoff(self, pair: Pair, held: HeldHandoff, *, at: datetime) -> None:
        """A hand-off with the same reasons and deadline; with the one that is open, if any."""
        ...

    def move_pause(self, pair: Pair) -> None:
        """The pause that runs."""
        ...

    def end_pause(self, case_id: int, *, at: datetime) -> None:
        """The pause is over, if one runs."""
        ...

    def has_open_promise(self, case_id: int) -> bool:
        """Whether a promise still waits for money."""
        ...

    def rehome_cases(self, gone_debtor: int, kept_debtor: int) -> None:
        """Cases of other portfolios, with what is planned for them, are the other debtor's."""
        ...

    def join_debtors(self, gone_debtor: int, kept_debtor: int, *, at: datetime) -> None:
        """Numbers are known of both, of every mark the stricter holds, and one points at the other."""
        ...
