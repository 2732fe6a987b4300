"""What a collector's work on one case needs from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.flows.ports.approvals import ApprovalStore
from bot.flows.ports.collectors import Person
from bot.flows.ports.desk_calls import DeskLines
from bot.flows.ports.money import MoneyStore
from bot.flows.ports.planning import TouchWriter
from bot.flows.ports.promising import PromiseWriter
from bot.flows.ports.queue import QueueStore


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """Money somebody recorded that a second person must confirm."""

    approval_id: int
    amount_minor: int
    paid_on: date
    key: str
    asked_by: int


class CaseWorkStore(
    QueueStore, MoneyStore, PromiseWriter, TouchWriter, DeskLines, ApprovalStore, Protocol
):
    """One transaction on one case."""

    def case_version(self, case_id: int) -> str:
        """Changes with whatever happens to the case and with every message of the debtor."""
        ...

    def holder(self, case_id: int) -> int | None:
        """Who has claimed the case's hand-off; 0 when it waits unclaimed, None without one."""
        ...

    def ask_payment(
        self, case_id: int, by: int, amount_minor: int, paid_on: date, key: str, *, at: datetime
    ) -> bool:
        """It waits for a second person; False when one of the case waits already."""
        ...

    def asked_payment(self, case_id: int) -> AskedPayment | None:
        """What waits for a second person, its row locked."""
        ...

    def person(self, collector_id: int) -> Person | None:
        """By id."""
        ...
