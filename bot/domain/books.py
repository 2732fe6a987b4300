"""The double-entry ledger of a case's money: accounts, transfers between two of them, balances.

Pure. One entry moves an amount above zero from one account to another of the same case, so the
books cannot be out of balance: what one account gains, another gives. Amounts are minor units of
the case's one currency.

What is owed stands in three accounts of each debt (`RECEIVABLE`): principal, interest and fees. The
other accounts belong to the case and say where money or a claim came from or went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Where an amount can stand. The first three exist once for each debt."""

    DEBT = "debt"  #: principal, or all of it where the ledger names no parts
    DEBT_INTEREST = "debt_interest"
    DEBT_FEE = "debt_fee"
    CHARGED = "charged"  #: claims as the creditor's ledger states them
    OPENING = "opening"  #: paid to the creditor before the case came here
    FEE = "fee"  #: fees this desk charged
    WAIVED = "waived"  #: given up: a reduction
    WITHDRAWN = "withdrawn"  #: no longer listed by the creditor
    RECEIVED = "received"  #: money that arrived
    CREDIT = "credit"  #: the debtor's money that no debt has taken yet
    REFUNDED = "refunded"  #: money given back to the payer
    CHARGED_BACK = "charged_back"  #: money the payer's bank took back


RECEIVABLE = (Account.DEBT, Account.DEBT_INTEREST, Account.DEBT_FEE)


class Kind(StrEnum):
    """What happened. Every kind moves between accounts of its own (`_WAYS`)."""

    CHARGED = "charged"
    RAISED = "raised"  #: the ledger states more than before
    LOWERED = "lowered"  #: or less
    OPENING = "opening"
    WITHDRAWN = "withdrawn"
    LISTED_AGAIN = "listed_again"
    FEE = "fee"
    WAIVER = "waiver"
    PAYMENT = "payment"
    CREDIT_USED = "credit_used"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    UNDONE = "undone"  #: booked to this case by mistake
    REINSTATED = "reinstated"


#: The kinds that move a claim, as (debit, credit); None stands for an account of the debt.
_WAYS: Mapping[Kind, tuple[Account | None, Account | None]] = {
    Kind.CHARGED: (None, Account.CHARGED),
    Kind.RAISED: (None, Account.CHARGED),
    Kind.LOWERED: (Account.CHARGED, None),
    Kind.OPENING: (Account.OPENING, None),
    Kind.WITHDRAWN: (Account.WITHDRAWN, None),
    Kind.LISTED_AGAIN: (None, Account.WITHDRAWN),
    Kind.FEE: (None, Account.FEE),
    Kind.WAIVER: (Account.WAIVED, None),
    Kind.PAYMENT: (Account.RECEIVED, None),
    Kind.CREDIT_USED: (Account.CREDIT, None),
    Kind.REFUND: (None, Account.REFUNDED),
    Kind.CHARGEBACK: (None, Account.CHARGED_BACK),
    Kind.UNDONE: (None, Account.RECEIVED),
    Kind.REINSTATED: (Account.CHARGED_BACK, None),
}


class PostingError(ValueError):
    """A transfer that no books can hold."""


@dataclass(frozen=True, slots=True)
class Share:
    """An amount above zero in one account of one debt."""

    debt_id: int
    account: Account
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer. `key` is unique in the books, so nothing is written twice.

    Raises PostingError for amounts of zero or less, for a transfer to itself, and when `debt_id`
    and the accounts disagree.
    """

    case_id: int
    debt_id: int | None
    debit: Account
    credit: Account
    amount_minor: int
    currency: str
    kind: Kind
    key: str

    def __post_init__(self) -> None:
        if self.amount_minor <= 0:
            raise PostingError(f"{self.key}: an entry moves more than zero")
        claims = (self.debit in RECEIVABLE) + (self.credit in RECEIVABLE)
        if self.debit is self.credit or claims > 1 or (claims == 1) != (self.debt_id is not None):
            raise PostingError(f"{self.key}: {self.debit} to {self.credit}, debt {self.debt_id}")


@dataclass(frozen=True, slots=True)
class Page:
    """Whose books an entry goes to."""

    case_id: int
    currency: str

    def entry(self, kind: Kind, share: Share, key: str) -> Entry:
        """A claim moves as `kind` says; `key` is completed with debt and account."""
        debit, credit = _WAYS[kind]
        return Entry(
            self.case_id,
            share.debt_id,
            debit or share.account,
            credit or share.account,
            share.amount_minor,
            self.currency,
            kind,
            f"{key}:{share.debt_id}:{share.account.value}",
        )

    def entries(self, kind: Kind, shares: Iterable[Share], key: str) -> list[Entry]:
        """One entry for each share."""
        return [self.entry(kind, share, key) for share in shares]

    def kept_as_credit(self, amount_minor: int, key: str) -> list[Entry]:
        """Money that no debt takes."""
        return self._of_credit(Account.RECEIVED, Account.CREDIT, amount_minor, Kind.PAYMENT, key)

    def reinstated_as_credit(self, amount_minor: int, key: str) -> list[Entry]:
        """A chargeback that was undone, and no debt takes the money."""
        way = Account.CHARGED_BACK, Account.CREDIT
        return self._of_credit(*way, amount_minor, Kind.REINSTATED, key)

    def credit_given_back(self, kind: Kind, amount_minor: int, key: str) -> list[Entry]:
        """Credit leaves by a refund or a chargeback, or was never this case's."""
        gone = _WAYS[kind][1]
        assert gone is not None
        return self._of_credit(Account.CREDIT, gone, amount_minor, kind, key)

    def _of_credit(
        self, debit: Account, credit: Account, amount_minor: int, kind: Kind, key: str
    ) -> list[Entry]:
        if not amount_minor:
            return []
        key = f"{key}:credit"
        return [Entry(self.case_id, None, debit, credit, amount_minor, self.currency, kind, key)]


Balances = Mapping[tuple[int | None, Account], int]


def balances(entries: Iterable[Entry]) -> Balances:
    """Debits less credits by (debt, account); the accounts of the case have debt None."""
    found: Counter[tuple[int | None, Account]] = Counter()
    for entry in entries:
        found[_place(entry, entry.debit)] += entry.amount_minor
        found[_place(entry, entry.credit)] -= entry.amount_minor
    return found


def _place(entry: Entry, account: Account) -> tuple[int | None, Account]:
    return (entry.debt_id if account in RECEIVABLE else None), account


def outstanding(held: Balances, debt_id: int) -> int:
    """What the debt still owes."""
    return sum(held.get((debt_id, account), 0) for account in RECEIVABLE)


def credit_left(held: Balances) -> int:
    """The debtor's money that no debt has taken."""
    return -held.get((None, Account.CREDIT), 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """What entries change of a debt's running figures; the store adds them in one statement."""

    paid_minor: int = 0
    fee_minor: int = 0
    waived_minor: int = 0
    interest_owed_minor: int = 0
    fee_owed_minor: int = 0


_COUNTED = {
    Kind.PAYMENT: "paid_minor",
    Kind.CREDIT_USED: "paid_minor",
    Kind.REINSTATED: "paid_minor",
    Kind.REFUND: "paid_minor",
    Kind.CHARGEBACK: "paid_minor",
    Kind.UNDONE: "paid_minor",
    Kind.FEE: "fee_minor",
    Kind.WAIVER: "waived_minor",
}
_PARTS = {Account.DEBT_INTEREST: "interest_owed_minor", Account.DEBT_FEE: "fee_owed_minor"}


def effects(entries: Iterable[Entry]) -> dict[int, Effect]:
    """By debt. A debit raises what is owed, a credit lowers it."""
    sums: dict[int, Counter[str]] = {}
    for entry in entries:
        if entry.debt_id is None:
            continue
        mine = sums.setdefault(entry.debt_id, Counter())
        owed = entry.amount_minor if entry.debit in RECEIVABLE else -entry.amount_minor
        account = entry.debit if entry.debit in RECEIVABLE else entry.credit
        if account in _PARTS:
            mine[_PARTS[account]] += owed
        counted = _COUNTED.get(entry.kind)
        if counted:
            mine[counted] += owed if counted == "fee_minor" else -owed
    return {debt_id: Effect(**mine) for debt_id, mine in sums.items()}


@dataclass(frozen=True, slots=True)
class Held:
    """What one payment still holds: the amount each debt took, in the order it was taken."""

    shares: Sequence[Share]
    credit_minor: int

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return self.credit_minor + sum(share.amount_minor for share in self.shares)


def taken_back(amount_minor: int, held: Held) -> Held:
    """What a refund or chargeback of `amount_minor` takes: credit first, then the newest shares.

    Raises PostingError for more than the payment holds, or zero and less.
    """
    if not 0 < amount_minor <= held.amount_minor:
        raise PostingError(f"{amount_minor} of {held.amount_minor}")
    credit = min(amount_minor, held.credit_minor)
    left, sums = amount_minor - credit, Counter[tuple[int, Account]]()
    for share in reversed(held.shares):
        part = min(left, share.amount_minor)
        if part:
            sums[share.debt_id, share.account] += part
            left -= part
    return Held(tuple(Share(*place, part) for place, part in sums.items()), credit)
