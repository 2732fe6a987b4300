"""The clock's part of sending: wakes senders that have something due, and notices when expected
work is not done. What planning queued with a touch does the same; this heals what was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.flows.ports.release import ReleaseStore
from bot.flows.ports.transactions import Clock, Transactions

#: Work that is this late is an alarm (product choice).
LATE = timedelta(minutes=15)

#: Carriers end calls themselves after this (Twilio, Calls resource, TimeLimit: 4 h).
LONGEST_CALL = timedelta(hours=4)


@dataclass(frozen=True)
class Releaser:
    """Called often; cheap when nothing is due."""

    transactions: Transactions[ReleaseStore]
    clock: Clock

    def run(self, *, livemode: bool) -> int:
        """Wake every sender that has something due; returns how many."""
        with self.transactions() as store:
            senders = store.senders_due(livemode=livemode, now=self.clock.now(livemode=livemode))
        for sender_id in senders:
            with self.transactions() as store:
                store.wake_once(sender_id)
        return len(senders)

    def watch(self, *, livemode: bool) -> bool:
        """Raise or clear the alarm for sends and replies that wait too long; True if it stands.

        A test clock that was just moved makes everything late at once, so test mode only watches
        replies, which wait in real time.
        """
        now, subject = self.clock.now(livemode=livemode), "live" if livemode else "test"
        with self.transactions() as store:
            store.forget_calls(livemode=livemode, before=self.clock.real() - LONGEST_CALL, at=now)
            late = 0
            if livemode:
                late = store.late_touches(livemode=livemode, due_before=now - LATE, now=now)
                late += store.late_replies(received_before=now - LATE)
            if late:
                store.raise_alarm("work_not_done", subject, f"{late} waiting", at=now)
            else:
                store.clear_alarm("work_not_done", subject, at=now)
            return bool(late)
