"""What a provider's notification does, in whatever order notifications come.

Money that does not fit what we know is never applied: the notice is kept and an alarm tells the
desk. A notice whose payment has not come yet waits in the table and is acted on in the transaction
that brings the payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.books import Kind
from bot.flows.playbook import Playbook
from bot.flows.ports.money import (
    CheckoutFacts,
    IncomingPayment,
    MoneyStore,
    NoticeKind,
    PaymentNotice,
    PaymentRow,
)
from bot.flows.ports.transactions import Clock
from bot.flows.reversals import Reversal, money_left, money_returned, tell_human

#: The outcome of a notice that waits for its payment.
WAITING = "waiting"
_ALARM = "payment_unmatched"
_LEAVING = {
    NoticeKind.REFUNDED: Kind.REFUND,
    NoticeKind.REFUNDED_TO: Kind.REFUND,
    NoticeKind.CHARGED_BACK: Kind.CHARGEBACK,
}


class Applying(Protocol):
    """The part of the settler that acting on notices needs."""

    @property
    def clock(self) -> Clock:
        """Real and test time."""
        ...

    @property
    def playbook(self) -> Playbook:
        """For the urgency of hand-offs."""
        ...

    def apply(self, store: MoneyStore, payment: IncomingPayment, *, livemode: bool) -> bool:
        """Apply one payment inside the caller's transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Noticing:
    """Acts on notices inside one transaction."""

    settler: Applying
    store: MoneyStore

    def take(self, notice: PaymentNotice) -> str:
        """Act on a notice that was just stored; returns what became of it."""
        # Two notices about one payment take turns, or each could miss what the other stores.
        self.store.lock_money(notice.provider, [notice.reference, notice.payment_id])
        outcome = self._act_on(notice)
        self.store.conclude_notice(notice, outcome)
        if outcome in _MOVED:
            self._catch_up(notice)
        return outcome

    def _catch_up(self, notice: PaymentNotice) -> None:
        """Notices that were waiting for what just happened, the earliest first, until none moves."""
        moved = True
        while moved:
            moved = False
            for waiting in self.store.waiting_notices(notice):
                outcome = self._act_on(waiting)
                if outcome != WAITING:
                    self.store.conclude_notice(waiting, outcome)
                    moved = moved or outcome in _MOVED
                if outcome in _DONE:
                    subject = _subject(waiting)
                    self.store.clear_alarm(_ALARM, subject, at=self.settler.clock.real())

    def _act_on(self, notice: PaymentNotice) -> str:
        if notice.kind is NoticeKind.SUCCEEDED:
            return self._succeeded(notice)
        if notice.kind is NoticeKind.FAILED:
            return self._failed(notice)
        payment = self.store.payment_of(notice)
        if payment is not None:
            return self._of_payment(notice, payment)
        if notice.reference and self.store.checkout(notice.reference) is None:
            return self._for_a_human(notice, "unknown_reference")
        return self._for_a_human(notice, WAITING)

    def _failed(self, notice: PaymentNotice) -> str:
        checkout = self.store.checkout(notice.reference)
        if checkout is None:
            return self._for_a_human(notice, "unknown_reference")
        if checkout.state == "open":
            self.store.close_checkout(checkout.checkout_id, "failed")
        return "failed"

    def _succeeded(self, notice: PaymentNotice) -> str:
        checkout = self.store.checkout(notice.reference)
        if checkout is None:
            return self._for_a_human(notice, "unknown_reference")
        if (notice.amount_minor, notice.currency) != (checkout.amount_minor, checkout.currency):
            return self._for_a_human(notice, "amount_differs")
        if checkout.state == "paid":
            return self._again(notice)
        return self._apply(notice, checkout)

    def _again(self, notice: PaymentNotice) -> str:
        """The checkout is paid: the same money under another event id, or money paid twice."""
        payment = self.store.payment_of(notice)
        same = payment is not None and notice.payment_id in {"", payment.provider_payment}
        return "known_payment" if same else self._for_a_human(notice, "paid_twice")

    def _apply(self, notice: PaymentNotice, checkout: CheckoutFacts) -> str:
        self.store.close_checkout(checkout.checkout_id, "paid")
        payment = IncomingPayment(
            checkout.case_id,
            notice.amount_minor,
            notice.currency,
            notice.provider,
            notice.event_id,
            notice.paid_at,
            notice.reference,
            notice.payment_id,
            checkout.debt_id,
        )
        self.settler.apply(self.store, payment, livemode=checkout.livemode)
        return "applied"

    def _of_payment(self, notice: PaymentNotice, found: PaymentRow) -> str:
        """Refunds, chargebacks and their undoing, under the debtor's lane."""
        self.store.lock_case(found.case_id)
        payment = self.store.payment_of(notice)
        assert payment is not None
        now = self.settler.clock.now(livemode=payment.livemode)
        if notice.currency != payment.currency:
            return self._mismatch(notice, payment, "currency_differs", now)
        if notice.kind is NoticeKind.REINSTATED:
            return self._returned(notice, payment, now)
        known = payment.refunded_minor if notice.kind is NoticeKind.REFUNDED_TO else 0
        amount, kind = notice.amount_minor - known, _LEAVING[notice.kind]
        if amount <= 0:
            return "nothing_new"
        if amount > payment.held_minor:
            return self._mismatch(notice, payment, "more_than_paid", now)
        money_left(self.store, self._reversal(payment, now), amount, kind)
        return _LEFT[kind]

    def _returned(self, notice: PaymentNotice, payment: PaymentRow, now: datetime) -> str:
        if notice.amount_minor <= 0:
            return "nothing_new"
        if notice.amount_minor > payment.charged_back_minor:
            return self._for_a_human(notice, WAITING)
        money_returned(self.store, self._reversal(payment, now), notice.amount_minor)
        return "reinstated"

    def _mismatch(self, notice: PaymentNotice, payment: PaymentRow, why: str, now: datetime) -> str:
        """Money left in a way that cannot be booked: the case goes to a human at once."""
        tell_human(self.store, self._reversal(payment, now), _LEAVING.get(notice.kind))
        return self._for_a_human(notice, why)

    def _reversal(self, payment: PaymentRow, now: datetime) -> Reversal:
        return Reversal(payment, self.settler.playbook.handoffs, now)

    def _for_a_human(self, notice: PaymentNotice, why: str) -> str:
        at = self.settler.clock.real()
        self.store.raise_alarm(_ALARM, _subject(notice), why, at=at)
        return why


_LEFT = {Kind.REFUND: "refunded", Kind.CHARGEBACK: "charged_back"}
_MOVED = frozenset({"applied", "refunded", "charged_back", "reinstated"})
_DONE = _MOVED | {"nothing_new"}


def _subject(notice: PaymentNotice) -> str:
    return f"{notice.provider}:{notice.event_id}"
