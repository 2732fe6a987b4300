"""What the clock does with the list: wakes what was put aside, takes back what somebody let lie,
and hands out what nobody has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.assignment import hand_out
from bot.flows.ports.queue import Patient, QueueStore
from bot.flows.ports.transactions import Clock, Transactions
from bot.policy.desk import DeskPolicy

#: Hand-offs per run: people can hold no more, and the next tick comes soon.
LIMIT = 500

_ACTOR = "desk"


@dataclass(frozen=True)
class HandingOut:
    """One method per tick; a second clock beside it is harmless."""

    transactions: Transactions[QueueStore]
    clock: Clock
    policy: DeskPolicy

    def run(self, *, livemode: bool) -> int:
        """Wake, take back, hand out; returns how many hand-offs got somebody new."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            store.wake_handoffs(livemode=livemode, now=now)
            self._take_back(store, livemode, now)
        with self.transactions() as store:
            return self._hand_out(store, livemode, now)

    def _take_back(self, store: QueueStore, livemode: bool, now: datetime) -> None:
        for lapsed in store.lapse(self._patience(now), livemode=livemode, now=now):
            kind = "handoff_left_lying" if lapsed.claimed else "handoff_not_claimed"
            data = {"collector": lapsed.collector_id}
            store.save_remark(lapsed.case_id, kind, at=now, actor=_ACTOR, data=data)

    def _patience(self, now: datetime) -> list[Patient]:
        return [
            Patient(priority, now - patience.claim, now - patience.idle)
            for priority, patience in self.policy.priorities.items()
        ]

    def _hand_out(self, store: QueueStore, livemode: bool, now: datetime) -> int:
        workers = store.workers(self.policy.capacity)
        if not workers:
            return 0
        found = store.unassigned(livemode=livemode, limit=LIMIT)
        waiting = [
            replace(each.waiting, skill=self.policy.skill_for(each.reason)) for each in found
        ]
        given = hand_out(waiting, workers)
        for each in found:
            who = given.get(each.waiting.handoff_id)
            if who is not None:
                store.assign_handoff(each.waiting.handoff_id, who, at=now)
        return len(given)
