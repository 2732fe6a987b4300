"""Settles attempts whose outcome is unknown by asking the carrier; never sends anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.vocabulary import AttemptState
from bot.flows.ports.carrier import Accepted, CallCarrier, CallOrder, SmsCarrier
from bot.flows.ports.dispatching import DispatchStore, OpenAttempt, SenderFacts, Settled
from bot.flows.ports.transactions import Clock, Transactions

#: A call takes at most half a minute; after this nobody is still waiting for its answer.
STALE = timedelta(minutes=2)

#: After this the carrier's list is complete: what is not in it was never accepted.
_COMPLETE = timedelta(minutes=15)

_MARGIN = timedelta(minutes=5)

NOT_AT_CARRIER = "not_at_carrier"


@dataclass(frozen=True)
class AttemptSettler:
    """Looks up stale attempts of any sender."""

    transactions: Transactions[DispatchStore]
    clock: Clock
    carrier_for: Callable[[SenderFacts], SmsCarrier]
    calls_for: Callable[[SenderFacts], CallCarrier]
    limit: int = 200

    def run(self) -> int:
        """Settle what can be settled; returns how many attempts moved."""
        real_now = self.clock.real()
        with self.transactions() as store:
            stale = store.stale_attempts(before=real_now - STALE, limit=self.limit)
            senders = {a.sender_id: store.sender(a.sender_id) for a in stale}
        moved = 0
        for attempt in stale:
            sender = senders[attempt.sender_id]
            if sender is None:
                continue
            try:
                moved += self._settle(attempt, sender)
            except OSError:
                break  # the carrier cannot be asked now; the next run asks again
        return moved

    def _settle(self, attempt: OpenAttempt, sender: SenderFacts) -> int:
        since, until = attempt.at - _MARGIN, attempt.at + _COMPLETE
        found = self._look_up(attempt, sender, since, until)
        now = self.clock.now(livemode=sender.livemode)
        with self.transactions() as store:
            known = store.sids_known([message.sid for message in found])
            fresh = [message for message in found if message.sid not in known]
            result = self._conclusion(attempt, fresh)
            if result is not None:
                store.settle([result], at=now)
        return int(result is not None)

    def _look_up(
        self, attempt: OpenAttempt, sender: SenderFacts, since: datetime, until: datetime
    ) -> Sequence[Accepted]:
        order = attempt.order
        if isinstance(order, CallOrder):
            return self.calls_for(sender).look_up(order, since, until)
        return self.carrier_for(sender).look_up(order, since, until)

    def _conclusion(self, attempt: OpenAttempt, fresh: Sequence[Accepted]) -> Settled | None:
        token = attempt.order.token
        if len(fresh) == 1:
            return Settled(token, fresh[0].state, fresh[0].sid)
        if fresh:
            return Settled(token, AttemptState.UNKNOWN, code="several_at_carrier")
        if self.clock.real() - attempt.called_at > _COMPLETE:
            return Settled(token, AttemptState.UNKNOWN, code=NOT_AT_CARRIER, gone=True)
        return None
