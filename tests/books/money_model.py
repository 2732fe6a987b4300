"""A case's money as pure values: what the flows do, without a database.

`owed` is kept by plain arithmetic beside the entries, so that the books have something to agree
with that was not computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.allocation import spread, spread_over
from bot.domain.books import (
    Account,
    Balances,
    Effect,
    Entry,
    Held,
    Kind,
    Page,
    Share,
    balances,
    effects,
    taken_back,
)
from bot.domain.facts import DebtFacts
from bot.domain.ledger.claims import charged, parts_of_known, parts_of_new, restated
from bot.domain.ledger.known import KnownDebt
from bot.domain.vocabulary import AllocationOrder

PAGE = Page(1, "CNY")
FIRST_DUE = date(2026, 3, 1)


@dataclass
class Figures:
    """A debt's row."""

    amount: int
    opening: int
    interest: int
    charges: int
    follow: Effect
    settled: bool = False


@dataclass
class Model:
    """The entries so far, the rows that follow them, and what each payment holds."""

    order: AllocationOrder
    entries: list[Entry] = field(default_factory=list)
    rows: dict[int, Figures] = field(default_factory=dict)
    owed: dict[int, int] = field(default_factory=dict)
    payments: dict[int, Held] = field(default_factory=dict)
    charged_back: dict[int, int] = field(default_factory=dict)
    chosen: dict[int, int | None] = field(default_factory=dict)
    steps: int = 0

    @property
    def balances(self) -> Balances:
        return balances(self.entries)

    def known(self, debt_id: int) -> KnownDebt:
        row = self.rows[debt_id]
        return KnownDebt(
            debt_id,
            PAGE.case_id,
            PAGE.currency,
            None,
            FIRST_DUE,
            row.amount,
            row.opening + row.follow.paid_minor,
            row.settled,
            row.interest,
            row.charges,
            row.follow.fee_minor,
            row.follow.waived_minor,
            row.follow.interest_owed_minor,
            row.follow.fee_owed_minor,
        )

    def facts(self) -> list[DebtFacts]:
        """Debts as the flows see them: those the creditor lists."""
        return [self._facts(debt_id) for debt_id, row in self.rows.items() if not row.settled]

    def _facts(self, debt_id: int) -> DebtFacts:
        known = self.known(debt_id)
        asked = known.amount_minor + known.fee_minor - known.waived_minor
        due = FIRST_DUE + timedelta(days=debt_id * 7 % 31)
        return DebtFacts(
            debt_id,
            str(debt_id),
            due,
            asked,
            known.paid_minor,
            None,
            known.interest_owed_minor,
            known.fee_owed_minor,
        )

    def post(self, entries: list[Entry]) -> None:
        self.entries += entries
        for debt_id, moved in effects(entries).items():
            row = self.rows[debt_id]
            had = row.follow
            row.follow = Effect(
                had.paid_minor + moved.paid_minor,
                had.fee_minor + moved.fee_minor,
                had.waived_minor + moved.waived_minor,
                had.interest_owed_minor + moved.interest_owed_minor,
                had.fee_owed_minor + moved.fee_owed_minor,
            )

    def key(self) -> str:
        self.steps += 1
        return str(self.steps)

    def charge(self, amount: int, interest: int, charges: int, opening: int) -> None:
        debt_id = len(self.rows) + 1
        parts = parts_of_new(amount, interest, charges, opening)
        follow = Effect(
            interest_owed_minor=parts.interest_owed_minor, fee_owed_minor=parts.fee_owed_minor
        )
        self.rows[debt_id] = Figures(amount, opening, interest, charges, follow)
        self.entries += charged(PAGE, debt_id, amount, opening, parts)
        self.owed[debt_id] = amount - opening
        self.use_credit()

    def restate(self, debt_id: int, amount: int, interest: int, charges: int) -> None:
        known, row = self.known(debt_id), self.rows[debt_id]
        amount = max(amount, known.least_minor, 1)
        interest = min(interest, amount)
        charges = min(charges, amount - interest)
        parts = parts_of_known(known, amount, interest, charges)
        self.entries += restated(PAGE, known, amount, parts, self.key())
        self.owed[debt_id] = amount - known.least_minor
        row.amount, row.interest, row.charges, row.settled = amount, interest, charges, False
        row.follow = Effect(
            row.follow.paid_minor,
            row.follow.fee_minor,
            row.follow.waived_minor,
            parts.interest_owed_minor,
            parts.fee_owed_minor,
        )
        self.use_credit()

    def withdraw(self, debt_id: int) -> None:
        row = self.rows[debt_id]
        if row.settled or not self.owed[debt_id]:
            return
        shares = spread_over(self.owed[debt_id], self._facts(debt_id), self.order)
        self.entries += PAGE.entries(Kind.WITHDRAWN, shares, f"withdrawn:{self.key()}")
        self.owed[debt_id], row.settled = 0, True

    def pay(self, amount: int, chosen: int | None = None) -> None:
        payment = len(self.payments) + 1
        found = spread(amount, self.facts(), self.order, chosen)
        self.chosen[payment] = chosen
        entries = PAGE.entries(Kind.PAYMENT, found.shares, f"payment:{payment}")
        self.post(entries + PAGE.kept_as_credit(found.credit_minor, f"payment:{payment}"))
        self.payments[payment] = Held(found.shares, found.credit_minor)
        self.charged_back[payment] = 0
        self._less(found.shares)

    def use_credit(self) -> None:
        for payment, held in self.payments.items():
            if not held.credit_minor:
                continue
            found = spread(held.credit_minor, self.facts(), self.order)
            self.post(PAGE.entries(Kind.CREDIT_USED, found.shares, f"credit:{self.key()}"))
            self.payments[payment] = Held((*held.shares, *found.shares), found.credit_minor)
            self._less(found.shares)

    def take_back(self, payment: int, amount: int, kind: Kind) -> None:
        held = self.payments[payment]
        amount = min(amount, held.amount_minor)
        if not amount:
            return
        back, key = taken_back(amount, held), f"{kind}:{self.key()}"
        gone = [share for share in back.shares if self.rows[share.debt_id].settled]
        entries = PAGE.credit_given_back(kind, back.credit_minor, key)
        entries += PAGE.entries(kind, back.shares, key)
        self.post(entries + PAGE.entries(Kind.WITHDRAWN, gone, f"{key}:gone"))
        self.payments[payment] = _less_than(held, back)
        if kind is Kind.CHARGEBACK:
            self.charged_back[payment] += amount
        for share in back.shares:
            if not self.rows[share.debt_id].settled:
                self.owed[share.debt_id] += share.amount_minor
        self.use_credit()

    def put_back(self, payment: int, amount: int) -> None:
        amount = min(amount, self.charged_back[payment])
        if not amount:
            return
        found = spread(amount, self.facts(), self.order, self.chosen[payment])
        key = f"reinstated:{self.key()}"
        entries = PAGE.entries(Kind.REINSTATED, found.shares, key)
        self.post(entries + PAGE.reinstated_as_credit(found.credit_minor, key))
        held = self.payments[payment]
        credit = held.credit_minor + found.credit_minor
        self.payments[payment] = Held((*held.shares, *found.shares), credit)
        self.charged_back[payment] -= amount
        self._less(found.shares)

    def fee(self, debt_id: int, amount: int) -> None:
        if self.rows[debt_id].settled:
            return
        share = Share(debt_id, Account.DEBT_FEE, amount)
        self.post(PAGE.entries(Kind.FEE, [share], f"fee:{self.key()}"))
        self.owed[debt_id] += amount
        self.use_credit()

    def waive(self, debt_id: int, amount: int) -> None:
        amount = min(amount, self.owed[debt_id])
        if not amount or self.rows[debt_id].settled:
            return
        shares = spread_over(amount, self._facts(debt_id), AllocationOrder.FEE_FIRST)
        self.post(PAGE.entries(Kind.WAIVER, shares, f"waiver:{self.key()}"))
        self._less(shares)

    def _less(self, shares: tuple[Share, ...]) -> None:
        for share in shares:
            self.owed[share.debt_id] -= share.amount_minor


def _less_than(held: Held, back: Held) -> Held:
    """What a payment holds after `back` left, the newest shares first."""
    left, gone = [], sum(share.amount_minor for share in back.shares)
    for share in reversed(held.shares):
        part = min(gone, share.amount_minor)
        gone -= part
        if share.amount_minor > part:
            left.append(Share(share.debt_id, share.account, share.amount_minor - part))
    return Held(tuple(reversed(left)), held.credit_minor - back.credit_minor)
