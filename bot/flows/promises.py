"""The promise calendar: what became of promises whose date and grace have passed."""

from __future__ import annotations

from dataclasses import dataclass

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
        state = store.facts([promise.case_id], now)[0].state
        take(
            store,
            promise.case_id,
            state,
            OUTCOME_EVENTS[result],
            at=now,
            actor="calendar",
            data={"promise": promise.promise_id},
        )
