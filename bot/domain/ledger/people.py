"""Whose contract is it? Every contract of a batch gets exactly one debtor.

Contracts the books know come first, then those whose customer number or name and phone the books
know, and only then are people introduced; so the answer does not depend on the order of the rows
more than it must, and a repeat finds what the first import decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.ledger.changes import DebtorChange
from bot.domain.ledger.known import Known, KnownDebtor, persons
from bot.domain.ledger.rows import LedgerRow, customer_identity
from bot.domain.ledger.words import LedgerWords


@dataclass(slots=True)
class People:
    """The debtors of one batch, each once."""

    known: Known
    words: LedgerWords
    debtors: list[DebtorChange] = field(default_factory=list)
    by_contract: dict[str, DebtorChange] = field(default_factory=dict)
    _by_identity: dict[str, DebtorChange] = field(default_factory=dict)
    _by_id: dict[int, DebtorChange] = field(default_factory=dict)

    def settle(self, rows: Sequence[LedgerRow]) -> None:
        """Give every contract of `rows` its debtor. All rows must be acceptable."""
        contracts: dict[str, list[LedgerRow]] = {}
        for row in rows:
            contracts.setdefault(row.contract, []).append(row)
        waiting = list(contracts.values())
        for find in (self._owner, self._named_in_books):
            waiting = [group for group in waiting if not self._place(group, find(group))]
        for group in waiting:
            names = identities(group)
            met = (self._by_identity[name] for name in names if name in self._by_identity)
            self._join(group, next(met, None) or self._introduce(group))

    def _owner(self, group: Sequence[LedgerRow]) -> int | None:
        return self.known.contracts.get(group[0].contract)

    def _named_in_books(self, group: Sequence[LedgerRow]) -> int | None:
        """The oldest debtor of the books whom the group's identities name."""
        found = self.known.identities
        return min((found[name] for name in identities(group) if name in found), default=None)

    def _place(self, group: Sequence[LedgerRow], debtor_id: int | None) -> bool:
        if debtor_id is None:
            return False
        if debtor_id not in self._by_id:
            self._by_id[debtor_id] = self._recall(self.known.debtors[debtor_id], group[0])
        self._join(group, self._by_id[debtor_id])
        return True

    def _join(self, group: Sequence[LedgerRow], debtor: DebtorChange) -> None:
        self.by_contract[group[0].contract] = debtor
        for name in identities(group):
            self._by_identity.setdefault(name, debtor)

    def _recall(self, known: KnownDebtor, row: LedgerRow) -> DebtorChange:
        debtor = DebtorChange(
            known, row.identity, known.name, known.locale, known.payday, known.id_tail
        )
        self.debtors.append(debtor)
        return debtor

    def _introduce(self, group: Sequence[LedgerRow]) -> DebtorChange:
        row = group[0]
        by_region: Mapping[str, str] = self.words.locale_of_region
        locale = row.locale or by_region.get(row.phones[0].region) or self.words.default_locale
        debtor = DebtorChange(None, identities(group)[0], row.name, locale, None, None)
        self.debtors.append(debtor)
        return debtor


def identities(group: Sequence[LedgerRow]) -> tuple[str, ...]:
    """What names the debtor of a contract: its customer number, else name with each phone."""
    number = next((row.customer_no for row in group if row.customer_no), None)
    if number:
        return (customer_identity(number),)
    return tuple(dict.fromkeys(name for row in group for name in persons(row)))
