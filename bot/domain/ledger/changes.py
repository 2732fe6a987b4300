"""What a batch of rows changes: plain values for the store to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.domain.ledger.claims import Parts
from bot.domain.ledger.known import KnownCase, KnownDebt, KnownDebtor
from bot.domain.ledger.rows import Note, Outcome
from bot.domain.phone import Phone


@dataclass(slots=True)
class DebtorChange:
    """A new debtor (`known` None) or one that gains phones or attributes."""

    known: KnownDebtor | None
    identity: str
    name: str
    locale: str
    payday: int | None
    id_tail: str | None
    phones: dict[str, Phone] = field(default_factory=dict)  #: new ones, by E.164

    @property
    def attributes_changed(self) -> bool:
        """Whether an existing debtor's row must be written."""
        known = self.known
        mine = (self.locale, self.payday, self.id_tail)
        return known is not None and mine != (known.locale, known.payday, known.id_tail)

    @property
    def touched(self) -> bool:
        """Whether anything about the person must be written."""
        return self.known is None or bool(self.phones) or self.attributes_changed


@dataclass(slots=True)
class CaseChange:
    """A new case (`known` None) or one whose debts change."""

    known: KnownCase | None
    debtor: DebtorChange
    currency: str
    late_count: int | None = None
    new_debts: int = 0
    reopening: bool = False  #: a debt that had been settled is listed again

    @property
    def touched(self) -> bool:
        """Whether the case is new or its person changes; debts are looked at by the store."""
        return self.known is None or self.debtor.touched or self.late_count_changed

    @property
    def late_count_changed(self) -> bool:
        """Whether an existing case's late count must be written."""
        return self.known is not None and self.late_count != self.known.late_count


@dataclass(frozen=True, slots=True)
class NewDebt:
    """A debt the books did not hold."""

    case: CaseChange
    contract: str
    ref: str
    sequence: int | None
    due_on: date
    amount_minor: int
    paid_minor: int
    parts: Parts


@dataclass(frozen=True, slots=True)
class DebtUpdate:
    """A debt whose terms the file states anew; its history keeps `before`."""

    before: KnownDebt
    case: CaseChange
    sequence: int | None
    due_on: date
    amount_minor: int
    parts: Parts


@dataclass(frozen=True, slots=True)
class LedgerPayment:
    """The ledger shows more paid than the books: the difference is a payment of that debt."""

    debt_id: int
    case_id: int
    case: CaseChange
    amount_minor: int
    total_minor: int  #: paid so far, as the file says; makes the payment's reference unique
    currency: str


@dataclass(slots=True)
class Changes:
    """Everything one batch does, and what became of its rows."""

    debtors: list[DebtorChange] = field(default_factory=list)
    cases: list[CaseChange] = field(default_factory=list)
    new_debts: list[NewDebt] = field(default_factory=list)
    updates: list[DebtUpdate] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)  #: debts whose reversal the file shows
    payments: list[LedgerPayment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)  #: by line, one per row

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not (
            self.new_debts
            or self.updates
            or self.payments
            or self.seen
            or any(debtor.touched for debtor in self.debtors)
            or any(case.late_count_changed for case in self.cases)
        )
