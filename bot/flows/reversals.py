"""Money leaves again: debts are owed anew, the case reopens, promises are looked at once more.

A refund is the creditor's doing, a chargeback the payer's bank's, and money is undone that the desk
had booked to the wrong case. After a chargeback a human has the case, whatever the pack: the debtor
is not dunned for it by the bot. So has a human whoever was thanked for money that is undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.books import Kind
from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.promise_terms import is_over, outcome
from bot.domain.vocabulary import CaseState, HandoffReason, PromiseState
from bot.flows.bookkeeping import put_back, take_back, use_credit
from bot.flows.life import hand_off, take
from bot.flows.playbook import today_of
from bot.flows.ports.money import MoneyStore, PaidPromise, PaymentRow
from bot.policy.handoffs import HandoffPolicy

_ACTOR = "payment"
_REASONS = {
    Kind.REFUND: HandoffReason.REFUND,
    Kind.CHARGEBACK: HandoffReason.CHARGEBACK,
    Kind.UNDONE: HandoffReason.PAYMENT_UNDONE,
}
#: Kinds that are no fault of the debtor's.
_FORGIVEN = frozenset({Kind.REFUND, Kind.UNDONE})


@dataclass(frozen=True, slots=True)
class Reversal:
    """The payment that is undone, and what deciding about it needs."""

    payment: PaymentRow
    handoffs: HandoffPolicy
    at: datetime
    actor: str = _ACTOR


def money_left(store: MoneyStore, back: Reversal, amount_minor: int, kind: Kind) -> None:
    """Undo `amount_minor` of the payment; `kind` is REFUND, CHARGEBACK or UNDONE."""
    payment, at = back.payment, back.at
    take_back(store, payment.case_id, payment.payment_id, amount_minor, kind, at=at)
    data = {"payment": payment.payment_id, "amount_minor": amount_minor}
    store.save_remark(payment.case_id, kind.value, at=at, actor=back.actor, data=data)
    store.cancel_thanks(payment.payment_id, at=at)
    use_credit(store, payment.case_id, at=at)
    _reopen(store, back, kind)
    review_promises(store, _facts(store, back), amount_minor, kind, at)
    thanked = kind is Kind.UNDONE and store.thanked(payment.payment_id)
    if kind is Kind.CHARGEBACK or thanked:
        tell_human(store, back, kind)
    store.check_at(payment.case_id, at)


def money_returned(store: MoneyStore, back: Reversal, amount_minor: int) -> None:
    """A chargeback was undone: the debts are paid again, and nobody is thanked for it."""
    payment, at = back.payment, back.at
    before = _facts(store, back)
    chosen = payment.debt_id
    put_back(store, before, payment.payment_id, amount_minor, chosen=chosen, at=at)
    data = {"payment": payment.payment_id, "amount_minor": amount_minor}
    store.save_remark(payment.case_id, Kind.REINSTATED.value, at=at, actor=_ACTOR, data=data)
    store.cancel_touches(payment.case_id, at=at, reason=Kind.REINSTATED.value)
    store.stop_calls(payment.case_id, reason=Kind.REINSTATED.value)
    store.check_at(payment.case_id, at)
    after = _facts(store, back)
    if not after.outstanding_minor and after.state is not CaseState.CLOSED:
        take(store, after.case_id, after.state, Event.SETTLED, at=at, actor=_ACTOR)


def tell_human(store: MoneyStore, back: Reversal, kind: Kind | None) -> None:
    """A collector gets the case; the bot is quiet on it from now on."""
    facts = _facts(store, back)
    reason = _REASONS.get(kind or Kind.CHARGEBACK, HandoffReason.CHARGEBACK)
    hand_off(store, facts, facts.state, reason, back.handoffs, at=back.at, actor=_ACTOR)
    store.stop_calls(facts.case_id, reason=reason.value)


def _reopen(store: MoneyStore, back: Reversal, kind: Kind) -> None:
    """A case that money had closed runs again; one that a human closed is a human's to reopen."""
    facts = _facts(store, back)
    if facts.state is not CaseState.CLOSED or not facts.outstanding_minor:
        return
    if store.closed_by_human(facts.case_id):
        tell_human(store, back, kind)
        return
    data = {"payment": back.payment.payment_id, "by": kind.value}
    state = facts.state
    take(store, facts.case_id, state, Event.REOPENED, at=back.at, actor=_ACTOR, data=data)


def review_promises(
    store: MoneyStore, facts: CaseFacts, amount_minor: int, kind: Kind, at: datetime
) -> None:
    """Take the money off the promises it was counted towards, the latest first."""
    left = amount_minor
    for promise in store.promises_paid(facts.case_id):
        part = min(left, promise.paid_minor)
        if not part:
            return
        left -= part
        _review(store, facts, replace(promise, paid_minor=promise.paid_minor - part), kind, at)


def _review(
    store: MoneyStore, facts: CaseFacts, promise: PaidPromise, kind: Kind, at: datetime
) -> None:
    """Before its date it is open again. After it a chargeback makes it partial or broken; money
    that the creditor gave back, or the desk had misplaced, is no fault of the debtor's, so the
    promise no longer counts. An instalment is open again only with its plan.
    """
    over = is_over(promise.due_on, facts.portfolio.grace_days, today_of(facts, at))
    state = outcome(promise.amount_minor, promise.paid_minor, over=over)
    if over and kind in _FORGIVEN and state is not PromiseState.KEPT:
        state = PromiseState.SUPERSEDED
    if state is PromiseState.OPEN and not store.revive_plan(promise.promise_id):
        state = PromiseState.SUPERSEDED
    store.save_promise(promise.promise_id, paid_minor=promise.paid_minor, state=state, at=at)
    if state is promise.state:
        return
    data = {"promise": promise.promise_id, "before": promise.state.value, "after": state.value}
    store.save_remark(facts.case_id, "promise_reviewed", at=at, actor=_ACTOR, data=data)
    current = store.facts([facts.case_id], at)[0].state
    if state is PromiseState.OPEN and current is CaseState.ACTIVE:
        event = Event.PROMISE_MADE
        take(store, facts.case_id, current, event, at=at, actor=_ACTOR, data=data)


def _facts(store: MoneyStore, back: Reversal) -> CaseFacts:
    return store.facts([back.payment.case_id], back.at)[0]
