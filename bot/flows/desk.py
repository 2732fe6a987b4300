"""What a collector does with a hand-off: claim, note, give back to the bot, close the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.case_life import Event, IllegalMoveError
from bot.domain.vocabulary import CaseState
from bot.flows.life import take
from bot.flows.ports.desk import DeskStore, HandoffFacts
from bot.flows.ports.transactions import Clock, Transactions


class DeskError(ValueError):
    """What the collector asked for is not possible now; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Desk:
    """One method per button. All raise DeskError when the page was stale."""

    transactions: Transactions[DeskStore]
    clock: Clock

    def claim(self, handoff_id: int, collector_id: int) -> None:
        """Take a hand-off nobody has taken."""
        with self.transactions() as store:
            handoff, now = self._find(store, handoff_id)
            if not store.claim_handoff(handoff_id, collector_id, at=now):
                raise DeskError("taken" if handoff.claimed_by else "assigned")
            store.audit(collector_id, "claim", handoff.case_id, {}, at=now)

    def release(self, handoff_id: int, collector_id: int) -> None:
        """Put one's own hand-off back into the queue."""
        with self.transactions() as store:
            handoff, now = self._own(store, handoff_id, collector_id)
            store.release_handoff(handoff_id, at=now)
            store.audit(collector_id, "release", handoff.case_id, {}, at=now)

    def note(self, case_id: int, collector_id: int, text: str, *, livemode: bool) -> None:
        """Write a note. Raises DeskError for an empty one."""
        if not text.strip():
            raise DeskError("empty_note")
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            store.add_note(case_id, collector_id, text.strip(), at=now)
            store.worked(case_id, collector_id, at=now)
            store.audit(collector_id, "note", case_id, {}, at=now)

    def reveal(self, case_id: int, collector_id: int, *, livemode: bool) -> None:
        """Leave a trace before name and numbers are shown in full."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            store.audit(collector_id, "reveal", case_id, {}, at=now)

    def give_back(self, handoff_id: int, collector_id: int) -> None:
        """The bot takes the case again; an open promise keeps it quiet until its date."""
        with self.transactions() as store:
            handoff, now = self._own(store, handoff_id, collector_id)
            promised = store.has_open_promise(handoff.case_id)
            event = Event.RETURNED_WITH_PROMISE if promised else Event.RETURNED
            self._move(store, handoff, event, collector_id, now)

    def close(self, handoff_id: int, collector_id: int, reason: str) -> None:
        """Close the case with a reason. Raises DeskError without one."""
        if not reason.strip():
            raise DeskError("reason_missing")
        with self.transactions() as store:
            handoff, now = self._own(store, handoff_id, collector_id)
            self._move(store, handoff, Event.CLOSED, collector_id, now, reason.strip())

    def _move(
        self,
        store: DeskStore,
        handoff: HandoffFacts,
        event: Event,
        collector_id: int,
        now: datetime,
        reason: str = "",
    ) -> None:
        state: CaseState = store.facts([handoff.case_id], now)[0].state
        actor, data = f"collector:{collector_id}", {"reason": reason} if reason else {}
        try:
            take(store, handoff.case_id, state, event, at=now, actor=actor, data=data)
        except IllegalMoveError as stale:
            raise DeskError("moved_on") from stale
        store.audit(collector_id, event.value, handoff.case_id, data, at=now)

    def _find(self, store: DeskStore, handoff_id: int) -> tuple[HandoffFacts, datetime]:
        handoff = store.handoff(handoff_id)
        if handoff is None or handoff.state not in {"open", "claimed"}:
            raise DeskError("moved_on")
        store.lock_debtors([handoff.debtor_id])
        return handoff, self.clock.now(livemode=handoff.livemode)

    def _own(
        self, store: DeskStore, handoff_id: int, collector_id: int
    ) -> tuple[HandoffFacts, datetime]:
        handoff, now = self._find(store, handoff_id)
        if handoff.claimed_by != collector_id:
            raise DeskError("not_yours")
        return handoff, now
