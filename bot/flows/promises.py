"""The promise calendar: what became of promises whose date and grace have passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.case_life import Event
from bot.domain.instalments import is_broken
from bot.domain.promise_terms import outcome
from bot.flows.life import take
from bot.flows.ports.money import MoneyStore, OpenPromise
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.settle import OUTCOME_EVENTS

_LIMIT = 500


@dataclass(frozen=True)
class PromiseSweeper:
    """Settles promises that are over: kept, partly kept or broken, from payments alone."""

    transactions: Transactions[MoneyStore]
    clock: Clock

    def run(self, *, livemode: bool) -> int:
        """Settle every promise that is over; returns how many."""
        now, settled = self.clock.now(livemode=livemode), 0
        while True:
            with self.transactions() as store:
                over = store.promises_over(livemode=livemode, now=now, limit=_LIMIT)
                for promise in over:
                    self._settle(store, promise)
                settled += len(over)
                if len(over) < _LIMIT:
                    return settled

    def _settle(self, store: MoneyStore, promise: OpenPromise) -> None:
        now = self.clock.now(livemode=promise.livemode)
        result = outcome(promise.amount_minor, promise.paid_minor, over=True)
        store.save_promise(promise.promise_id, paid_minor=promise.paid_minor, state=result, at=now)
        event, data = OUTCOME_EVENTS[result], {"promise": promise.promise_id}
        plan = store.plan_of(promise.promise_id)
        if plan is not None:
            data["plan"] = plan.plan_id
            if not is_broken(plan.missed, plan.still_open, plan.broken_after):
                self._missed(store, promise.case_id, data, now)
                return
            store.end_plan(plan.plan_id, "broken", at=now)
            event = Event.PROMISE_BROKEN
        state = store.facts([promise.case_id], now)[0].state
        take(store, promise.case_id, state, event, at=now, actor="calendar", data=data)

    def _missed(self, store: MoneyStore, case_id: int, data: dict[str, int], now: datetime) -> None:
        """One instalment of a plan that stands: the debtor is reminded of it, the plan goes on."""
        store.save_remark(case_id, "instalment_missed", at=now, actor="calendar", data=data)
        store.check_at(case_id, now)
