"""What a ledger's figures mean for the books: principal, interest and fees of each debt."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.books import Account, Entry, Kind, Page, Share
from bot.domain.ledger.known import KnownDebt


@dataclass(frozen=True, slots=True)
class Parts:
    """Of an amount: how much is interest and fees as the ledger says, and how much is owed of each."""

    interest_minor: int = 0
    charges_minor: int = 0
    interest_owed_minor: int = 0
    fee_owed_minor: int = 0


def parts_of_new(amount: int, interest: int, charges: int, paid: int) -> Parts:
    """A debt that comes in partly paid: what was paid went to interest, then fees."""
    interest_owed = max(interest - paid, 0)
    fee_owed = max(charges - max(paid - interest, 0), 0)
    return Parts(interest, charges, interest_owed, min(fee_owed, amount - paid - interest_owed))


def parts_of_known(debt: KnownDebt, amount: int, interest: int, charges: int) -> Parts:
    """New terms of a debt: what interest and fees have had paid or waived stays so, and neither is
    owed more than the whole debt owes.
    """
    owed = amount - debt.least_minor
    had_interest = debt.interest_minor - debt.interest_owed_minor
    had_fees = debt.charges_minor + debt.fee_minor - debt.fee_owed_minor
    interest_owed = min(max(interest - had_interest, 0), owed)
    fee_owed = min(max(charges + debt.fee_minor - had_fees, 0), owed - interest_owed)
    return Parts(interest, charges, interest_owed, fee_owed)


def charged(page: Page, debt_id: int, amount: int, paid: int, parts: Parts) -> list[Entry]:
    """A new debt: its claims, and what was paid before it came here."""
    whole = _split(debt_id, amount, parts.interest_minor, parts.charges_minor)
    left = _split(debt_id, amount - paid, parts.interest_owed_minor, parts.fee_owed_minor)
    before = [
        Share(debt_id, share.account, share.amount_minor - _in(left, share.account))
        for share in whole
        if share.amount_minor > _in(left, share.account)
    ]
    return [
        *page.entries(Kind.CHARGED, whole, "charged"),
        *page.entries(Kind.OPENING, before, "opening"),
    ]


def restated(page: Page, debt: KnownDebt, amount: int, parts: Parts, key: str) -> list[Entry]:
    """A debt whose terms changed, or that is listed again after it was withdrawn."""
    had = _owed(debt)
    has = _split(
        debt.debt_id, amount - debt.least_minor, parts.interest_owed_minor, parts.fee_owed_minor
    )
    changes = {account: _in(has, account) - _in(had, account) for account in _ORDER}
    raised = [Share(debt.debt_id, a, change) for a, change in changes.items() if change > 0]
    lowered = [Share(debt.debt_id, a, -change) for a, change in changes.items() if change < 0]
    again = had if debt.settled else []
    return [
        *page.entries(Kind.LISTED_AGAIN, again, f"listed_again:{key}"),
        *page.entries(Kind.RAISED, raised, f"raised:{key}"),
        *page.entries(Kind.LOWERED, lowered, f"lowered:{key}"),
    ]


_ORDER = (Account.DEBT_INTEREST, Account.DEBT_FEE, Account.DEBT)


def _owed(debt: KnownDebt) -> list[Share]:
    return _split(debt.debt_id, debt.owed_minor, debt.interest_owed_minor, debt.fee_owed_minor)


def _split(debt_id: int, whole: int, interest: int, fees: int) -> list[Share]:
    sums = zip(_ORDER, (interest, fees, whole - interest - fees), strict=True)
    return [Share(debt_id, account, amount) for account, amount in sums if amount]


def _in(shares: list[Share], account: Account) -> int:
    return sum(share.amount_minor for share in shares if share.account is account)
