"""What the books hold about the rows of one batch; taken by the store under the debtors' locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.ledger.rows import LedgerRow, name_key
from bot.domain.vocabulary import CaseState


@dataclass(frozen=True, slots=True)
class KnownDebtor:
    """A debtor of the same creditor. `phones` are those of the batch's phones they have."""

    debtor_id: int
    name: str
    locale: str
    payday: int | None
    id_tail: str | None
    phones: frozenset[str] = frozenset()  #: E.164
    other_names: frozenset[str] = frozenset()  #: of debtors who were merged into this one

    def is_named(self, name: str) -> bool:
        """Whether the creditor knows the debtor by this name, however it is written."""
        return name_key(name) in {name_key(known) for known in (self.name, *self.other_names)}


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of the portfolio."""

    case_id: int
    debtor_id: int
    currency: str
    state: CaseState
    late_count: int | None


@dataclass(frozen=True, slots=True)
class KnownDebt:
    """A debt of the portfolio, amounts in minor units of `currency`."""

    debt_id: int
    case_id: int
    currency: str
    sequence: int | None
    due_on: date
    amount_minor: int
    paid_minor: int
    settled: bool = False  #: a full-balance file no longer listed it
    interest_minor: int = 0  #: part of the amount, as the ledger last said
    charges_minor: int = 0  #: likewise
    fee_minor: int = 0  #: this desk's fees, on top of the amount
    waived_minor: int = 0
    interest_owed_minor: int = 0
    fee_owed_minor: int = 0
    reversed_minor: int = 0  #: given back here, and no ledger has shown it yet

    @property
    def owed_minor(self) -> int:
        """What it owes, or would owe if it were listed."""
        return self.amount_minor + self.fee_minor - self.waived_minor - self.paid_minor

    @property
    def least_minor(self) -> int:
        """The lowest amount a ledger can state without owing less than nothing."""
        return self.paid_minor + self.waived_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class Known:
    """The books, by what a row names."""

    debtors: Mapping[int, KnownDebtor] = field(default_factory=dict)
    contracts: Mapping[str, int] = field(default_factory=dict)  #: contract → debtor id
    identities: Mapping[str, int] = field(default_factory=dict)  #: identity text → debtor id
    cases: Mapping[tuple[int, str], KnownCase] = field(default_factory=dict)  #: debtor, currency
    debts: Mapping[tuple[str, str], KnownDebt] = field(default_factory=dict)  #: contract, ref

    def debtor_of(self, row: LedgerRow) -> KnownDebtor | None:
        """Whom a row speaks of: by contract, by customer number, else by name and any phone."""
        found = self.contracts.get(row.contract)
        if found is None:
            texts = (row.identity,) if row.customer_no else persons(row)
            found = next((self.identities[t] for t in texts if t in self.identities), None)
        return None if found is None else self.debtors[found]


def persons(row: LedgerRow) -> tuple[str, ...]:
    """The row's name with each of its phones, as identities."""
    return tuple(row.person(which) for which in range(len(row.phones)))
