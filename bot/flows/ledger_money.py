"""What a ledger file sets in motion: payments it tells of, cases it ends or reopens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.allocation import Spread, spread
from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.ledger.changes import LedgerPayment
from bot.domain.vocabulary import CaseState, PromiseState
from bot.flows.bookkeeping import book_payment, use_credit
from bot.flows.life import take
from bot.flows.ports.money import IncomingPayment, MoneyStore
from bot.flows.settle import Settler

PROVIDER = "ledger"
_ACTOR = "ledger"


@dataclass(frozen=True, slots=True)
class LedgerSettling:
    """Works inside the import's transaction; `store` is on its connection."""

    store: MoneyStore
    settler: Settler

    def paid(self, payments: Sequence[LedgerPayment], at: datetime) -> None:
        """One payment per case, applied to exactly the debts the ledger names."""
        ordered = sorted(payments, key=lambda payment: (payment.case_id, payment.debt_id))
        for case_id, parts in groupby(ordered, key=lambda payment: payment.case_id):
            self._book(case_id, list(parts), at)

    def _book(self, case_id: int, parts: list[LedgerPayment], at: datetime) -> None:
        facts = self.store.facts([case_id], at)[0]
        amount = sum(part.amount_minor for part in parts)
        payment = IncomingPayment(
            case_id, amount, parts[0].currency, PROVIDER, reference(parts), paid_at=at
        )
        found = _spread(parts, facts)
        payment_id = self.store.add_payment(
            payment, credit_minor=found.credit_minor, received_at=at
        )
        if payment_id is None:
            return
        book_payment(self.store, facts, payment_id, found, at=at)
        self.settler.money_arrived(self.store, facts, payment_id, amount, at)

    def nothing_owed(self, case_ids: Sequence[int], at: datetime) -> None:
        """Close them. No payment of ours ended the debt, so no promise is called kept."""
        for facts in self.store.facts(case_ids, at):
            if facts.outstanding_minor or facts.state is CaseState.CLOSED:
                continue
            for promise in self.store.open_promises(facts.case_id):
                self.store.save_promise(
                    promise.promise_id,
                    paid_minor=promise.paid_minor,
                    state=PromiseState.SUPERSEDED,
                    at=at,
                )
            plan = self.store.active_plan(facts.case_id)
            if plan is not None:
                self.store.end_plan(plan.plan_id, "replaced", at=at)
            take(self.store, facts.case_id, facts.state, Event.SETTLED, at=at, actor=_ACTOR)

    def owed_again(self, case_ids: Sequence[int], at: datetime) -> None:
        """Reopen them."""
        for case_id in case_ids:
            state = CaseState.CLOSED
            take(self.store, case_id, state, Event.REOPENED, at=at, actor=_ACTOR)

    def use_credit(self, case_ids: Sequence[int], at: datetime) -> None:
        """Let the debts take it; the case may owe nothing then."""
        for case_id in case_ids:
            if use_credit(self.store, case_id, at=at):
                state = self.store.facts([case_id], at)[0].state
                self.settler.owes_less(self.store, case_id, state, at, reason="credit_used")


def _spread(parts: Sequence[LedgerPayment], facts: CaseFacts) -> Spread:
    """Each part on its own debt, as the ledger says; what a waiver left no room for is credit."""
    debts = {debt.debt_id: debt for debt in facts.debts}
    order = facts.portfolio.allocation
    found = [
        spread(part.amount_minor, [debts[part.debt_id]] if part.debt_id in debts else [], order)
        for part in parts
    ]
    shares = tuple(share for each in found for share in each.shares)
    return Spread(shares, sum(each.credit_minor for each in found))


def reference(parts: Sequence[LedgerPayment]) -> str:
    """Debt and new total, so that the same statement is never booked twice."""
    text = ",".join(f"{part.debt_id}:{part.total_minor}" for part in parts)
    return text if len(parts) == 1 else hashlib.sha256(text.encode()).hexdigest()
