"""How a payment is spread over debts, and in which order; the rest is credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.books import Account, Share
from bot.domain.facts import DebtFacts
from bot.domain.vocabulary import AllocationOrder

_PARTS: Mapping[AllocationOrder, tuple[Account, ...]] = {
    AllocationOrder.OLDEST_DUE_FIRST: (Account.DEBT_INTEREST, Account.DEBT_FEE, Account.DEBT),
    AllocationOrder.INTEREST_FIRST: (Account.DEBT_INTEREST, Account.DEBT_FEE, Account.DEBT),
    AllocationOrder.FEE_FIRST: (Account.DEBT_FEE, Account.DEBT_INTEREST, Account.DEBT),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """`shares` in the order they were taken; `credit_minor` is what no debt took."""

    shares: tuple[Share, ...]
    credit_minor: int

    @property
    def parts(self) -> dict[int, int]:
        """Debt id → minor units above zero."""
        sums: dict[int, int] = {}
        for share in self.shares:
            sums[share.debt_id] = sums.get(share.debt_id, 0) + share.amount_minor
        return sums


def spread(
    amount_minor: int,
    debts: Sequence[DebtFacts],
    order: AllocationOrder = AllocationOrder.OLDEST_DUE_FIRST,
    chosen: int | None = None,
) -> Spread:
    """Spread `amount_minor` over `debts`; the one the payer chose comes before the order.

    Raises ValueError for amounts of zero or less.
    """
    if amount_minor <= 0:
        raise ValueError("a payment is more than zero")
    shares: list[Share] = []
    left = amount_minor
    for debt, account in _queue(debts, order, chosen):
        part = min(left, owed_in(debt, account))
        if part > 0:
            shares.append(Share(debt.debt_id, account, part))
            left -= part
    return Spread(tuple(shares), left)


def spread_over(amount_minor: int, debt: DebtFacts, order: AllocationOrder) -> tuple[Share, ...]:
    """`amount_minor` on this one debt. Raises ValueError for more than it owes."""
    found = spread(amount_minor, [debt], order)
    if found.credit_minor:
        raise ValueError(f"debt {debt.debt_id} owes {debt.outstanding_minor}, not {amount_minor}")
    return found.shares


def owed_in(debt: DebtFacts, account: Account) -> int:
    """What the debt owes in one of its accounts, never below zero."""
    if account is Account.DEBT_INTEREST:
        return debt.interest_owed_minor
    if account is Account.DEBT_FEE:
        return debt.fee_owed_minor
    return max(debt.outstanding_minor - debt.interest_owed_minor - debt.fee_owed_minor, 0)


def _queue(
    debts: Sequence[DebtFacts], order: AllocationOrder, chosen: int | None
) -> list[tuple[DebtFacts, Account]]:
    mine = [debt for debt in debts if debt.debt_id == chosen]
    if mine:
        rest = [debt for debt in debts if debt.debt_id != chosen]
        return _queue(mine, order, None) + _queue(rest, order, None)
    oldest = sorted(debts, key=lambda debt: (debt.due_on, debt.debt_id))
    parts = _PARTS[order]
    if order is AllocationOrder.OLDEST_DUE_FIRST:
        return [(debt, part) for debt in oldest for part in parts]
    return [(debt, part) for part in parts for debt in oldest]


def oldest_first(amount_minor: int, debts: Sequence[DebtFacts]) -> Spread:
    """Oldest due first. Raises ValueError for amounts of zero or less."""
    return spread(amount_minor, debts)
