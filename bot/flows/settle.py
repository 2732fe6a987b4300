"""Money arrives: debts in the portfolio's order, promises settle, whatever was about to go out stops,
a running call is told, a thank-you goes out, the case closes at zero. All in the transaction that
records the money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.allocation import spread
from bot.domain.cadence.reach import reach
from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, Channel, PromiseState, Purpose
from bot.flows.bookkeeping import book_payment
from bot.flows.considering import consider
from bot.flows.life import take
from bot.flows.notices import Noticing
from bot.flows.playbook import Playbook
from bot.flows.ports.money import IncomingPayment, MoneyStore, PaymentNotice
from bot.flows.ports.planning import NewTouch
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.promise_money import fulfil_reductions, settle_promises

_ACTOR = "payment"
_THANK_WITHIN = timedelta(hours=24)

#: The event a promise's outcome is to its case.
OUTCOME_EVENTS = {
    PromiseState.KEPT: Event.PROMISE_KEPT,
    PromiseState.PARTIAL: Event.PROMISE_PARTIAL,
    PromiseState.BROKEN: Event.PROMISE_BROKEN,
}


class WrongCurrencyError(ValueError):
    """A payment in another currency than the case's debts."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Money that is in the books and counted; its case is still to be closed or thanked for it.

    `state` is the case's by now.
    """

    case_id: int
    payment_id: int
    amount_minor: int
    state: CaseState
    repaired: int = 0  #: promises that turned out to have been kept


@dataclass(frozen=True)
class Settler:
    """Applies money to cases."""

    transactions: Transactions[MoneyStore]
    playbook: Playbook
    clock: Clock

    def notice(self, notice: PaymentNotice) -> str:
        """Store a provider's notification and act on it; returns what became of it, for the log.

        Money that does not fit is kept for a human and never applied (`bot.flows.notices`).
        """
        with self.transactions() as store:
            if not store.store_notice(notice, self.clock.real()):
                return "known"
            return Noticing(self, store).take(notice)

    def receive(self, payment: IncomingPayment, *, livemode: bool) -> bool:
        """Apply money that came by another way (bank file, collector). False if known already."""
        with self.transactions() as store:
            return self.apply(store, payment, livemode=livemode)

    def apply(self, store: MoneyStore, payment: IncomingPayment, *, livemode: bool) -> bool:
        """Apply one payment inside the caller's transaction; False when it is known already.

        Money for a case that was merged is the other case's. Raises ValueError for sums of zero or less, WrongCurrencyError.
        """
        payment = replace(payment, case_id=store.lock_case(payment.case_id))
        now = self.clock.now(livemode=livemode)  # what was sent before the lane was ours is earlier
        facts = store.facts([payment.case_id], now)[0]
        return self.apply_knowing(store, payment, facts, now)

    def apply_knowing(
        self, store: MoneyStore, payment: IncomingPayment, facts: CaseFacts, now: datetime
    ) -> bool:
        """The same for who holds the debtor's lane and has read the case since, at `now`."""
        booked = self.book(store, payment, facts, now)
        if booked is None:
            return False
        self.finish(store, [booked], now)
        return True

    def book(
        self, store: MoneyStore, payment: IncomingPayment, facts: CaseFacts, now: datetime
    ) -> Booked | None:
        """The first half; None when the payment is known. `finish` must follow.

        So many payments of different cases are booked, and what follows is done for all at once.
        """
        if payment.currency != facts.currency:
            raise WrongCurrencyError(f"{payment.currency} cannot pay {facts.currency}")
        order = facts.portfolio.allocation
        found = spread(payment.amount_minor, facts.debts, order, payment.debt_id)
        payment_id = store.add_payment(payment, credit_minor=found.credit_minor, received_at=now)
        if payment_id is None:
            return None
        book_payment(store, facts, payment_id, found, at=now)
        return self._count(store, facts, payment_id, payment.amount_minor, now, payment.paid_at)

    def finish(self, store: MoneyStore, booked: Sequence[Booked], now: datetime) -> None:
        """The second half for payments of different cases: closed at zero, thanked."""
        after = {facts.case_id: facts for facts in store.facts([b.case_id for b in booked], now)}
        touches = [
            self._thanks(_settled(store, after[each.case_id], each.state, now), each, now)
            for each in booked
        ]
        wanted = [touch for touch in touches if touch is not None]
        store.add_touches(wanted, stage="plan", at=now, behind=self.clock.real())

    def money_arrived(
        self,
        store: MoneyStore,
        facts: CaseFacts,
        payment_id: int,
        amount_minor: int,
        now: datetime,
    ) -> None:
        """What follows once money has been allocated. `facts` are from before it."""
        booked = self._count(store, facts, payment_id, amount_minor, now, now)
        self.finish(store, [booked], now)

    def _count(
        self,
        store: MoneyStore,
        facts: CaseFacts,
        payment_id: int,
        amount_minor: int,
        now: datetime,
        paid_at: datetime,
    ) -> Booked:
        """Towards promises, which are judged by the day the debtor paid; what was planned stops."""
        store.save_remark(
            facts.case_id,
            "payment",
            at=now,
            actor=_ACTOR,
            data={"payment": payment_id, "amount_minor": amount_minor},
        )
        counted = settle_promises(store, facts, amount_minor, paid_at, now)
        fulfil_reductions(store, facts.case_id, now)
        _stop(store, facts.case_id, now, reason="payment")
        told = facts.case_id, payment_id, amount_minor
        return Booked(*told, counted.state, counted.repaired)

    def owes_less(
        self, store: MoneyStore, case_id: int, state: CaseState, now: datetime, *, reason: str
    ) -> CaseFacts:
        """What was about to go out stops, a running call is told, the case closes at zero.

        Returns the case as it stands then.
        """
        _stop(store, case_id, now, reason=reason)
        return _settled(store, store.facts([case_id], now)[0], state, now)

    def _thanks(self, facts: CaseFacts, booked: Booked, now: datetime) -> NewTouch | None:
        """None for who cannot be written to."""
        reached = reach(facts, (Channel.SMS,), guarantor=False)
        if reached is None:
            return None
        proposal = Proposal(
            key=f"payment:{booked.payment_id}:thanks",
            purpose=Purpose.THANKS,
            channel=Channel.SMS,
            script="thanks.partial" if facts.outstanding_minor else "thanks.full",
            contact_point=reached[1],
            earliest=now,
            latest=now + _THANK_WITHIN,
        )
        params = {"paid_amount_minor": booked.amount_minor}
        return consider(facts, proposal, self.playbook, now, params=params)


def _stop(store: MoneyStore, case_id: int, now: datetime, *, reason: str) -> None:
    """What was about to go out, and a running call; the planner looks again."""
    store.cancel_touches(case_id, at=now, reason=reason)
    store.stop_calls(case_id, reason=reason)
    store.check_at(case_id, now)


def _settled(store: MoneyStore, after: CaseFacts, state: CaseState, now: datetime) -> CaseFacts:
    """The case as it stands when it has been closed, if nothing is owed any more."""
    if after.outstanding_minor or state is CaseState.CLOSED:
        return after
    closed = take(store, after.case_id, state, Event.SETTLED, at=now, actor=_ACTOR)
    plan = store.active_plan(after.case_id)
    if plan is not None:
        store.end_plan(plan.plan_id, "completed", at=now)
    return replace(after, state=closed)
