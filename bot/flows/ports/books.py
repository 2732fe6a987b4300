"""What posting to the books needs from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.books import Account, Entry, Held, Page
from bot.flows.ports.cases import Cases


@dataclass(frozen=True, slots=True)
class CreditHolder:
    """A payment with money that no debt took."""

    payment_id: int
    credit_minor: int


class BookStore(Cases, Protocol):
    """Entries and the figures that follow them. Callers hold the debtor's lane."""

    def post(self, entries: Sequence[Entry], *, source: str, at: datetime) -> None:
        """Write the entries and move the debts' figures by them. Keys must be new."""
        ...

    def posted(self, source: str, case_id: int) -> int:
        """How many entries the books of the case have from `source`."""
        ...

    def known_key(self, case_id: int, prefix: str) -> bool:
        """Whether an entry of the case has a key that begins so."""
        ...

    def page(self, case_id: int) -> Page:
        """Whose books. Raises LookupError."""
        ...

    def balances(self, case_id: int) -> Mapping[tuple[int | None, Account], int]:
        """Debits less credits by (debt, account) of a case."""
        ...

    def held(self, payment_id: int) -> Held:
        """What the payment still holds."""
        ...

    def withdrawn(self, debt_ids: Sequence[int]) -> set[int]:
        """Those of the debts that the creditor no longer lists."""
        ...

    def credit_holders(self, case_id: int) -> list[CreditHolder]:
        """Payments of the case with money that no debt took, the oldest first; rows locked."""
        ...

    def allocate(self, payment_id: int, parts: Mapping[int, int]) -> None:
        """Change what the payment gives to each debt; below zero takes back."""
        ...

    def change_payment(
        self,
        payment_id: int,
        *,
        credit: int = 0,
        refunded: int = 0,
        charged_back: int = 0,
        undone: int = 0,
    ) -> None:
        """Add to the payment's figures, minor units."""
        ...

    def expect_ledger(self, parts: Mapping[int, int], *, at: datetime) -> None:
        """Money was given back on these debts, and the creditor's ledger does not know it yet."""
        ...
