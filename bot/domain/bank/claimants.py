"""The cases a bank line could pay, and looking them up by what a line says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.bank.names import Names
from bot.domain.bank.numbers import compact, counts, tail_of

#: A sum that more cases than this owe says nothing by itself.
TOO_COMMON = 20


@dataclass(frozen=True, slots=True)
class OwedDebt:
    """A debt with something left to pay."""

    contract: str
    ref: str
    owed_minor: int


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """Money of the case that came another way than by a bank file."""

    amount_minor: int
    provider: str
    received_on: date


@dataclass(frozen=True, slots=True)
class Claimant:
    """A case as matching sees it. Amounts in minor units, all of the creditor's one currency."""

    case_id: int
    debtor_id: int
    name: str
    phones: tuple[str, ...] = ()  #: masked
    contracts: tuple[str, ...] = ()  #: of all its debts, paid ones too
    owed: tuple[OwedDebt, ...] = ()  #: oldest first
    promised: tuple[int, ...] = ()  #: what open promises still wait for
    payments: tuple[KnownPayment, ...] = ()
    former: tuple[int, ...] = ()  #: cases that were merged into it; their references are its own

    @property
    def outstanding_minor(self) -> int:
        """Everything owed."""
        return sum(debt.owed_minor for debt in self.owed)

    def less(self, amount_minor: int) -> Claimant:
        """The same once `amount_minor` has been paid, oldest debt first."""
        left, owed = amount_minor, []
        for debt in self.owed:
            part = min(left, debt.owed_minor)
            left -= part
            if debt.owed_minor > part:
                owed.append(replace(debt, owed_minor=debt.owed_minor - part))
        return replace(self, owed=tuple(owed))

    def numbers(self) -> Iterator[str]:
        """Its contracts and invoices, alone and with the instalment, in compact form."""
        for contract in self.contracts:
            yield compact(contract)
        for debt in self.owed:
            yield compact(debt.contract)
            yield compact(f"{debt.contract}{debt.ref}")
            if debt.ref != debt.contract:
                yield compact(debt.ref)


@dataclass
class Directory:
    """Claimants by what a line could name them by. `put` replaces a case's entry."""

    names: Names
    claimants: dict[int, Claimant] = field(default_factory=dict)
    _by_number: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_name: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_tail: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_sum: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _debtors: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _plain: dict[int, str] = field(default_factory=dict)
    _now: dict[int, int] = field(default_factory=dict)  #: case that was merged → where it is

    def put_all(self, claimants: Iterable[Claimant]) -> Directory:
        """Itself, with them in it."""
        for claimant in claimants:
            self.put(claimant)
        return self

    def put(self, claimant: Claimant) -> None:
        """Add a case, or say anew what it owes."""
        case = claimant.case_id
        if case not in self.claimants:
            self._name(claimant)
        self.claimants[case] = claimant
        self._now.update(dict.fromkeys(claimant.former, case))
        for number in set(claimant.numbers()):
            if counts(number):
                self._by_number[number].add(case)
        sums = {debt.owed_minor for debt in claimant.owed}
        for amount in {claimant.outstanding_minor, *sums, *claimant.promised} - {0}:
            self._by_sum[amount].add(case)

    def _name(self, claimant: Claimant) -> None:
        case, plain = claimant.case_id, self.names.plain(claimant.name)
        self._plain[case] = plain
        for form in {plain, self.names.core(plain)}:
            self._by_name[form].add(case)
            self._debtors[form].add(claimant.debtor_id)
        for tail in filter(None, map(tail_of, claimant.phones)):
            self._by_tail[tail].add(case)

    def plain_name(self, case_id: int) -> str:
        """The debtor's name as names are compared."""
        return self._plain[case_id]

    def namesakes(self, case_id: int) -> int:
        """How many other debtors have the same name."""
        return len(self._debtors[self._plain[case_id]]) - 1

    def referred(self, case_ids: Iterable[int]) -> set[int]:
        """Cases that transfer references name, those of merged cases included."""
        standing = (self._now.get(case_id, case_id) for case_id in case_ids)
        return {case_id for case_id in standing if case_id in self.claimants}

    def with_number(self, numbers: Iterable[str]) -> set[int]:
        """Cases that one of the compact numbers names."""
        return self._all(self._by_number, numbers)

    def with_name(self, forms: Iterable[str]) -> set[int]:
        """Cases whose debtor has one of the plain names, or its core."""
        return self._all(self._by_name, forms)

    def with_tail(self, tails: Iterable[str]) -> set[int]:
        """Cases with a phone that ends so."""
        return self._all(self._by_tail, tails)

    def with_sum(self, amount_minor: int) -> set[int]:
        """Cases that owe or promised exactly this; none when that is too common."""
        found = self._by_sum.get(amount_minor, set())
        return found if len(found) <= TOO_COMMON else set()

    @staticmethod
    def _all(index: dict[str, set[int]], keys: Iterable[str]) -> set[int]:
        return set().union(*(index[key] for key in keys if key in index))
