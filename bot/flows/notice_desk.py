"""What a person does with a provider's notice that nothing could be booked from.

A refund that waits for its payment, money with a reference nobody gave: somebody settles it with
the provider or by hand, says how, and the alarm ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flows.ports.trail import Trail
from bot.flows.ports.transactions import Clock, Transactions

#: How it was settled: a closed set, so that no personal data ends in the trail.
DISMISS_REASONS = (
    "settled_at_provider",
    "booked_by_hand",
    "known_elsewhere",
    "test_payment",
    "other",
)

#: The outcome of a notice that somebody has dealt with; it is never acted on again.
DISMISSED = "dismissed"

#: Outcomes of notices that nobody has matched with money in the books.
HELD_OUTCOMES = (
    "unknown_reference",
    "amount_differs",
    "paid_twice",
    "more_than_paid",
    "currency_differs",
    "waiting",
)

#: Kind of the alarm that stands for such a notice (`bot.flows.notices`).
ALARM = "payment_unmatched"


class NoticeError(ValueError):
    """Nothing was changed. `code`: bad_reason, not_waiting (settled already, or never a problem)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A notice that stays with a human, its row locked. `case_id` where its checkout names one."""

    notice_id: int
    provider: str
    event_id: str
    outcome: str
    case_id: int | None


class NoticeStore(Trail, Protocol):
    """One transaction."""

    def held_notice(self, notice_id: int) -> HeldNotice | None:
        """The notice while a human has to look at it; None otherwise."""
        ...

    def dismiss_notice(self, notice_id: int) -> None:
        """Its outcome is `dismissed` from now on."""
        ...

    def clear_alarm(self, kind: str, subject: str, *, at: datetime) -> None:
        """It is over."""
        ...


@dataclass(frozen=True)
class NoticeDesk:
    """One method per button."""

    transactions: Transactions[NoticeStore]
    clock: Clock

    def dismiss(self, notice_id: int, collector_id: int, reason: str) -> None:
        """The notice is settled; a payment that comes later does not move it. Raises NoticeError."""
        if reason not in DISMISS_REASONS:
            raise NoticeError("bad_reason")
        with self.transactions() as store:
            notice = store.held_notice(notice_id)
            if notice is None:
                raise NoticeError("not_waiting")
            at = self.clock.real()
            store.dismiss_notice(notice_id)
            store.clear_alarm(ALARM, f"{notice.provider}:{notice.event_id}", at=at)
            data = {"notice": notice_id, "was": notice.outcome, "reason": reason}
            store.audit(collector_id, "notice_dismissed", notice.case_id, data, at=at)
