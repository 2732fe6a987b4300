"""Handing work round: assigning, putting aside, taking a case from the bot, one's own list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.vocabulary import CaseState, HandoffReason
from bot.flows.desk import DeskError
from bot.flows.life import hand_off
from bot.flows.ports.desk import HandoffFacts
from bot.flows.ports.queue import QueueStore
from bot.flows.ports.transactions import Clock, Transactions
from bot.policy.desk import DeskPolicy
from bot.policy.handoffs import HandoffPolicy

#: Named filters per person: as many as fit above the list.
MOST_FILTERS = 8
LONGEST_NAME = 20


@dataclass(frozen=True)
class DeskQueue:
    """One method per button of the list. All raise DeskError when it cannot be."""

    transactions: Transactions[QueueStore]
    clock: Clock
    policy: DeskPolicy
    handoffs: HandoffPolicy

    def assign(self, handoff_id: int, by: int, to: int | None) -> None:
        """Give an open or claimed hand-off to somebody; None puts it back for everybody.

        Codes: moved_on, no_such_person.
        """
        with self.transactions() as store:
            handoff, now = self._find(store, handoff_id)
            if to is not None and not store.can_work(to):
                raise DeskError("no_such_person")
            store.assign_handoff(handoff_id, to, at=now)
            store.audit(by, "assign", handoff.case_id, {"to": to}, at=now)

    def put_aside(self, handoff_id: int, collector_id: int, hours: int) -> datetime:
        """One's own hand-off leaves the list for some hours; a new reply brings it back.

        Returns until when. Codes: moved_on, not_yours, aside_too_long.
        """
        with self.transactions() as store:
            handoff, now = self._own(store, handoff_id, collector_id)
            longest = self.policy.priorities[handoff.priority].aside
            if not timedelta(0) < timedelta(hours=hours) <= longest:
                raise DeskError("aside_too_long")
            until = now + timedelta(hours=hours)
            store.put_aside(handoff_id, until)
            data = {"hours": hours}
            store.worked(handoff.case_id, collector_id, at=now)
            store.audit(collector_id, "put_aside", handoff.case_id, data, at=now)
            return until

    def bring_back(self, handoff_id: int, collector_id: int) -> None:
        """What one put aside is in the list again. Codes: moved_on, not_yours."""
        with self.transactions() as store:
            handoff, now = self._own(store, handoff_id, collector_id)
            store.put_aside(handoff_id, None)
            store.audit(collector_id, "bring_back", handoff.case_id, {}, at=now)

    def take(self, case_id: int, collector_id: int) -> None:
        """A case the bot still has: it falls silent, and the collector holds it.

        Codes: moved_on (closed, or no such case), taken (somebody holds it).
        """
        with self.transactions() as store:
            head = store.desk_case(case_id)
            if head is None:
                raise DeskError("moved_on")
            store.lock_debtors([head.debtor_id])
            now = self.clock.now(livemode=head.livemode)
            facts = store.facts([case_id], now)[0]
            if facts.state is CaseState.CLOSED:
                raise DeskError("moved_on")
            store.end_pause(case_id, at=now)
            hand_off(
                store,
                facts,
                facts.state,
                HandoffReason.TAKEN,
                self.handoffs,
                at=now,
                actor=f"collector:{collector_id}",
            )
            handoff_id = store.open_handoff_of(case_id)
            if handoff_id is None or not store.claim_handoff(handoff_id, collector_id, at=now):
                raise DeskError("taken")
            store.audit(collector_id, "take", case_id, {}, at=now)

    def set_taking(self, collector_id: int, *, on: bool) -> None:
        """Whether new hand-offs are assigned to this person."""
        now = self.clock.real()
        with self.transactions() as store:
            store.set_desk(collector_id, taking=on)
            store.audit(collector_id, "taking" if on else "not_taking", None, {}, at=now)

    def set_up(
        self, by: int, collector_id: int, skills: Collection[str], capacity: int | None
    ) -> None:
        """What somebody can do, and how much of it. Codes: no_such_person, bad_skill,
        bad_capacity."""
        if not set(skills) <= set(self.policy.skills):
            raise DeskError("bad_skill")
        if capacity is not None and not 1 <= capacity <= 500:
            raise DeskError("bad_capacity")
        now = self.clock.real()
        with self.transactions() as store:
            if not store.can_work(collector_id):
                raise DeskError("no_such_person")
            taking = store.is_taking(collector_id)
            store.set_desk(collector_id, taking=taking, skills=skills, capacity=capacity)
            data = {"who": collector_id, "skills": sorted(skills), "capacity": capacity}
            store.audit(by, "desk_set_up", None, data, at=now)

    def keep_filter(
        self, collector_id: int, name: str, query: Mapping[str, Any], *, first: bool = False
    ) -> None:
        """A filter under a name. Codes: no_name, many_filters."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise DeskError("no_name")
        with self.transactions() as store:
            if store.count_filters(collector_id) >= MOST_FILTERS:
                raise DeskError("many_filters")
            store.save_filter(collector_id, name, query, first=first)

    def drop_filter(self, collector_id: int, filter_id: int) -> None:
        """One's own; another's is left alone."""
        with self.transactions() as store:
            store.drop_filter(collector_id, filter_id)

    def _find(self, store: QueueStore, handoff_id: int) -> tuple[HandoffFacts, datetime]:
        handoff = store.handoff(handoff_id)
        if handoff is None or handoff.state not in {"open", "claimed"}:
            raise DeskError("moved_on")
        return handoff, self.clock.now(livemode=handoff.livemode)

    def _own(
        self, store: QueueStore, handoff_id: int, collector_id: int
    ) -> tuple[HandoffFacts, datetime]:
        handoff, now = self._find(store, handoff_id)
        if handoff.claimed_by != collector_id:
            raise DeskError("not_yours")
        return handoff, now
