"""From the rows of one batch and the books to what changes.

Pure. The same rows once more, against books that took them, change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.ledger.changes import (
    CaseChange,
    Changes,
    DebtorChange,
    DebtUpdate,
    LedgerPayment,
    NewDebt,
)
from bot.domain.ledger.claims import parts_of_known, parts_of_new
from bot.domain.ledger.header import Layout
from bot.domain.ledger.known import Known, KnownDebt
from bot.domain.ledger.people import People
from bot.domain.ledger.reading import masked_value
from bot.domain.ledger.rows import LedgerRow, Note, Outcome, name_key
from bot.domain.ledger.words import Column, LedgerWords
from bot.domain.money import plain


def decide(rows: Sequence[LedgerRow], known: Known, layout: Layout, words: LedgerWords) -> Changes:
    """What `rows` change.

    All rows of one contract, customer number or name must be in the same batch: then a batch
    needs no memory of the others.
    """
    decider = _Decider(known, layout, words)
    winners = decider.winners(sorted(rows, key=lambda row: row.line))
    accepted = [row for row in winners if decider.acceptable(row)]
    people = People(known, words)
    people.settle(accepted)
    for row in accepted:
        decider.take(row, people.by_contract[row.contract])
    decider.changes.debtors.extend(people.debtors)
    return decider.finish()


@dataclass(slots=True)
class _Decider:
    known: Known
    layout: Layout
    words: LedgerWords
    changes: Changes = field(default_factory=Changes)
    customers: dict[str, str] = field(default_factory=dict)  #: contract → customer number
    cases: dict[tuple[int, str], CaseChange] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    taken: list[tuple[int, bool, CaseChange]] = field(default_factory=list)

    def winners(self, rows: Sequence[LedgerRow]) -> list[LedgerRow]:
        """The row that counts for each debt: the last; phones of its equals join it."""
        last = {row.key: row for row in rows}
        winning = dict(last)
        for row in rows:
            counts = last[row.key]
            if counts is row:
                continue
            if row.money != counts.money or name_key(row.name) != name_key(counts.name):
                self._beaten(row, counts, Outcome.SUPERSEDED, "superseded_row")
                continue
            self._beaten(row, counts, Outcome.DUPLICATE, "duplicate_row")
            winning[row.key] = _joined(winning[row.key], row)
        return sorted(winning.values(), key=lambda row: row.line)

    def _beaten(self, row: LedgerRow, by: LedgerRow, outcome: Outcome, code: str) -> None:
        column, value = _difference(row, by)
        self._note(row, column, value, outcome, code, line=str(by.line))
        self.changes.outcomes[row.line] = outcome

    def take(self, row: LedgerRow, debtor: DebtorChange) -> None:
        """What one accepted row changes."""
        case = self._case(row, debtor)
        self._attributes(row, debtor, case)
        debt = self.known.debts.get(row.key)
        if debt is None:
            self._new_debt(row, case)
            self.changes.outcomes[row.line] = Outcome.NEW
        else:
            self.taken.append((row.line, self._update(row, debt, case), case))

    def finish(self) -> Changes:
        """Only now is it known what all rows of a debtor change about them."""
        for line, debt_changed, case in self.taken:
            changed = debt_changed or case.touched
            self.changes.outcomes[line] = Outcome.UPDATED if changed else Outcome.UNCHANGED
        return self.changes

    def acceptable(self, row: LedgerRow) -> bool:
        """Whether the row may be taken; its rejection is noted here."""
        good = self._right_name(row) and self._right_customer(row) and self._right_terms(row)
        if not good:
            self.changes.outcomes[row.line] = Outcome.REJECTED
        return good

    def _right_name(self, row: LedgerRow) -> bool:
        debtor = self.known.debtor_of(row)
        if debtor is None or debtor.is_named(row.name):
            return True
        by_contract = row.contract in self.known.contracts
        code = "contract_other_name" if by_contract else "customer_other_name"
        self._reject(row, Column.NAME, row.name, code, other="已有记录", other_en="the books")
        return False

    def _right_customer(self, row: LedgerRow) -> bool:
        """A contract has one customer number: in the file, and between file and books."""
        if row.customer_no is None:
            return True
        owner = self.known.contracts.get(row.contract)
        customer = self.known.identities.get(row.identity, owner)
        first = self.customers.setdefault(row.contract, row.customer_no)
        if first == row.customer_no and (owner is None or owner == customer):
            return True
        self._reject(row, Column.CUSTOMER_NO, row.customer_no, "contract_other_customer")
        return False

    def _right_terms(self, row: LedgerRow) -> bool:
        debt = self.known.debts.get(row.key)
        if debt is None:
            return True
        if debt.currency != row.currency:
            before = debt.currency
            self._reject(row, Column.CURRENCY, row.currency, "currency_changed", before=before)
            return False
        if row.amount_minor < debt.least_minor:
            paid = plain(debt.least_minor, row.currency)
            value = plain(row.amount_minor, row.currency)
            self._reject(row, Column.AMOUNT, value, "amount_below_paid", paid=paid)
            return False
        return True

    def _case(self, row: LedgerRow, debtor: DebtorChange) -> CaseChange:
        place = (id(debtor), row.currency)
        if place not in self.cases:
            person = debtor.known
            known = self.known.cases.get((person.debtor_id, row.currency)) if person else None
            late = known.late_count if known else None
            self.cases[place] = CaseChange(known, debtor, row.currency, late)
            self.changes.cases.append(self.cases[place])
        return self.cases[place]

    def _attributes(self, row: LedgerRow, debtor: DebtorChange, case: CaseChange) -> None:
        """The last row of the file that says something counts; of late counts the worst."""
        had = debtor.known.phones if debtor.known else frozenset()
        debtor.phones.update((p.e164, p) for p in row.phones if p.e164 not in had)
        debtor.locale = row.locale or debtor.locale
        debtor.payday = debtor.payday if row.payday is None else row.payday
        debtor.id_tail = row.id_tail or debtor.id_tail
        if row.late_count is not None:
            first = id(case) not in self.counted
            self.counted.add(id(case))
            case.late_count = row.late_count if first else max(row.late_count, case.late_count or 0)

    def _new_debt(self, row: LedgerRow, case: CaseChange) -> None:
        case.new_debts += 1
        paid = row.paid_minor or 0
        interest, charges = row.interest_minor or 0, row.charges_minor or 0
        self.changes.new_debts.append(
            NewDebt(
                case,
                row.contract,
                row.ref,
                row.sequence,
                row.due_on,
                row.amount_minor,
                paid,
                parts_of_new(row.amount_minor, interest, charges, paid),
            )
        )

    def _update(self, row: LedgerRow, debt: KnownDebt, case: CaseChange) -> bool:
        """Terms and payment of a debt of the books. Whether anything changes."""
        sequence = debt.sequence if row.sequence is None else row.sequence
        interest = debt.interest_minor if row.interest_minor is None else row.interest_minor
        charges = debt.charges_minor if row.charges_minor is None else row.charges_minor
        terms = (sequence, row.due_on, row.amount_minor, False, interest, charges)
        if interest + charges > row.amount_minor:  # parts of an earlier, higher amount
            terms = (*terms[:4], 0, 0)
        changed = terms != _terms(debt)
        if changed:
            case.reopening |= debt.settled or row.amount_minor > debt.amount_minor
            parts = parts_of_known(debt, row.amount_minor, *terms[4:])
            self.changes.updates.append(DebtUpdate(debt, case, *terms[:3], parts))
        return self._payment(row, debt, case) or changed

    def _payment(self, row: LedgerRow, debt: KnownDebt, case: CaseChange) -> bool:
        paid = debt.paid_minor if row.paid_minor is None else row.paid_minor
        if paid < debt.paid_minor:
            ours = plain(debt.paid_minor, row.currency)
            value = plain(paid, row.currency)
            self._note(row, Column.PAID, value, Outcome.WARNING, "paid_less", paid=ours)
        if row.paid_minor is not None and paid <= debt.paid_minor and debt.reversed_minor:
            self.changes.seen.append(debt.debt_id)
        more = self._not_given_back(row, debt, paid - debt.paid_minor)
        if more > 0:
            self.changes.payments.append(
                LedgerPayment(
                    debt.debt_id, debt.case_id, case, more, debt.paid_minor + more, row.currency
                )
            )
        return more > 0

    def _not_given_back(self, row: LedgerRow, debt: KnownDebt, more: int) -> int:
        """Of what the file has more than we: that which was not refunded or charged back here.

        The creditor's ledger may not know of it yet; booking it would hide what is owed again.
        """
        stale = min(max(more, 0), debt.reversed_minor)
        if stale:
            self._note(
                row,
                Column.PAID,
                plain(debt.paid_minor + more, row.currency),
                Outcome.WARNING,
                "paid_given_back",
                back=plain(stale, row.currency),
            )
        return more - stale

    def _reject(
        self, row: LedgerRow, column: Column, value: str, code: str, **details: str
    ) -> None:
        self._note(row, column, masked_value(column, value), Outcome.REJECTED, code, **details)

    def _note(
        self,
        row: LedgerRow,
        column: Column | None,
        value: str,
        outcome: Outcome,
        code: str,
        **details: str,
    ) -> None:
        header = self.layout.header(column) if column else ""
        self.changes.notes.append(Note(row.line, header, value, outcome, code, details))


def _terms(debt: KnownDebt) -> tuple[int | None, date, int, bool, int, int]:
    return (
        debt.sequence,
        debt.due_on,
        debt.amount_minor,
        debt.settled,
        debt.interest_minor,
        debt.charges_minor,
    )


def _difference(row: LedgerRow, other: LedgerRow) -> tuple[Column | None, str]:
    """The first column in which two rows of one debt differ, and the row's value there."""
    if row.amount_minor != other.amount_minor:
        return Column.AMOUNT, plain(row.amount_minor, row.currency)
    if row.due_on != other.due_on:
        return Column.DUE_ON, row.due_on.isoformat()
    if row.paid_minor != other.paid_minor:
        paid = "" if row.paid_minor is None else plain(row.paid_minor, row.currency)
        return Column.PAID, paid
    if row.currency != other.currency:
        return Column.CURRENCY, row.currency
    return None, ""


def _joined(row: LedgerRow, other: LedgerRow) -> LedgerRow:
    """`row` with the phones it lacks."""
    have = {phone.e164 for phone in row.phones}
    more = tuple(phone for phone in other.phones if phone.e164 not in have)
    return replace(row, phones=row.phones + more) if more else row
