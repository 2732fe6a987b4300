"""Money counts towards promises, plans and conditional reductions, by the day it was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.allocation import spread
from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.promise_terms import outcome
from bot.domain.vocabulary import AllocationOrder, CaseState, PromiseState
from bot.flows.bookkeeping import Adjustment, waive
from bot.flows.life import take
from bot.flows.ports.money import MoneyStore
from bot.flows.ports.promise_money import DuePromise

_ACTOR = "payment"


@dataclass(frozen=True, slots=True)
class Counted:
    """Where the case stands by now. `repaired`: promises that turned out to have been kept."""

    state: CaseState
    repaired: int = 0


def settle_promises(
    store: MoneyStore, facts: CaseFacts, amount_minor: int, paid_at: datetime, now: datetime
) -> Counted:
    """Count the money towards promises, earliest first.

    An open promise takes what arrives. One that counted as broken or partly kept takes money that
    was paid in time and only became known late, and an instalment of an active plan takes whatever
    comes: it is made good.
    """
    if not facts.promises:
        return Counted(facts.state)
    state, left, repaired = facts.state, amount_minor, 0
    due = store.due_promises(facts.case_id, paid_at)
    last_open = max((p for p in due if p.state is PromiseState.OPEN), key=_place, default=None)
    for promise in due:
        share = min(left, promise.amount_minor - promise.paid_minor)
        left -= share
        result = _count(store, facts.case_id, promise, share, now)
        repaired += _is_repair(promise, result)
        if promise is last_open and result is PromiseState.KEPT:
            data = {"promise": promise.promise_id}
            state = take(
                store, facts.case_id, state, Event.PROMISE_KEPT, at=now, actor=_ACTOR, data=data
            )
    _complete(store, facts.case_id, now)
    return Counted(state, repaired)


def _place(promise: DuePromise) -> tuple[object, int]:
    return promise.due_on, promise.promise_id


def _count(
    store: MoneyStore, case_id: int, promise: DuePromise, share: int, now: datetime
) -> PromiseState:
    is_open = promise.state is PromiseState.OPEN
    if not share and not is_open:
        return promise.state
    paid = promise.paid_minor + share
    result = outcome(promise.amount_minor, paid, over=not is_open)
    store.save_promise(promise.promise_id, paid_minor=paid, state=result, at=now)
    if not is_open and result is not promise.state:
        kind = "promise_repaired" if _is_repair(promise, result) else "instalment_made_good"
        data = {"promise": promise.promise_id, "was": promise.state.value, "is": result.value}
        store.save_remark(case_id, kind, at=now, actor=_ACTOR, data=data)
    return result


def _is_repair(promise: DuePromise, result: PromiseState) -> bool:
    """Money that was paid in time has made a promise better than it counted."""
    over = promise.state is not PromiseState.OPEN
    return over and promise.in_time and result is not promise.state


def _complete(store: MoneyStore, case_id: int, now: datetime) -> None:
    """A plan with nothing left to pay is done."""
    plan = store.active_plan(case_id)
    if plan is not None and not plan.still_open and not plan.missed:
        store.end_plan(plan.plan_id, "completed", at=now)
        data = {"plan": plan.plan_id}
        store.save_remark(case_id, "plan_completed", at=now, actor=_ACTOR, data=data)


def fulfil_reductions(store: MoneyStore, case_id: int, now: datetime) -> None:
    """Conditional reductions whose condition is met are posted; nothing owed leaves none to give."""
    for reduction in store.conditional_reductions(case_id):
        if not reduction.met:
            continue
        given = post_reduction(
            store, case_id, reduction.reduction_id, reduction.amount_minor, at=now
        )
        store.end_reduction(reduction.reduction_id, "applied" if given else "needless", at=now)


def post_reduction(
    store: MoneyStore, case_id: int, reduction_id: int, amount_minor: int, *, at: datetime
) -> int:
    """Waive so much of the case, never more than it owes: fees, interest, then principal.

    Returns how much. The caller sees to what follows (`Settler.owes_less`).
    """
    facts = store.facts([case_id], at)[0]
    amount = min(amount_minor, facts.outstanding_minor)
    if not amount:
        return 0
    parts = spread(amount, facts.debts, AllocationOrder.FEE_FIRST).parts
    source = f"reduction:{reduction_id}"
    for debt_id, part in parts.items():
        waive(store, Adjustment(case_id, debt_id, part, f"{source}:{debt_id}", source), at=at)
    data = {"reduction": reduction_id, "amount_minor": amount}
    store.save_remark(case_id, "reduction_applied", at=at, actor=_ACTOR, data=data)
    return amount
