"""What settling money and promises needs from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.vocabulary import PromiseState
from bot.flows.ports.books import BookStore
from bot.flows.ports.planning import TouchWriter
from bot.flows.ports.promise_money import PromiseMoney


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """Money that arrived for a case. (`provider`, `provider_ref`) makes it unique.

    `reference` is our checkout's, `provider_payment` the provider's id of the payment; both empty
    for money that came by another way. `debt_id` is the one it is for, when one was chosen.
    """

    case_id: int
    amount_minor: int
    currency: str
    provider: str
    provider_ref: str
    paid_at: datetime
    reference: str = ""
    provider_payment: str = ""
    debt_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in the books. Sums in minor units of `currency`."""

    payment_id: int
    case_id: int
    debtor_id: int
    amount_minor: int
    refunded_minor: int
    charged_back_minor: int
    currency: str
    livemode: bool
    provider_payment: str
    debt_id: int | None = None  #: which it is for, where one was chosen
    undone_minor: int = 0

    @property
    def held_minor(self) -> int:
        """What was neither refunded, nor charged back, nor undone."""
        gone = self.refunded_minor + self.charged_back_minor + self.undone_minor
        return self.amount_minor - gone


@dataclass(frozen=True, slots=True)
class PaidPromise:
    """A promise that money was counted towards."""

    promise_id: int
    due_on: date
    amount_minor: int
    paid_minor: int
    state: PromiseState


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A promise that waits for money."""

    promise_id: int
    case_id: int
    debtor_id: int
    due_on: date
    amount_minor: int
    paid_minor: int
    made_at: datetime
    grace_days: int
    zone: str
    livemode: bool


class NoticeKind(StrEnum):
    """What a provider tells."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"  #: nothing was paid and nothing will be
    REFUNDED = "refunded"  #: the amount of this refund
    REFUNDED_TO = "refunded_to"  #: the amount of all refunds of the payment so far
    CHARGED_BACK = "charged_back"  #: the payer's bank took it back
    REINSTATED = "reinstated"  #: and gave it back to us


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A provider's notification, verified by its adapter.

    Attributes:
        event_id: what it tells, once: two messages about the same money share it.
        reference: ours, from the checkout; empty when the provider tells only its own id.
        payment_id: the provider's id of the payment; empty when it has none.
    """

    provider: str
    event_id: str
    kind: NoticeKind
    reference: str
    amount_minor: int
    currency: str
    paid_at: datetime
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A payment somebody began."""

    checkout_id: int
    case_id: int
    debtor_id: int
    amount_minor: int
    currency: str
    livemode: bool
    state: str
    debt_id: int | None = None  #: the one the payer chose


class MoneyStore(BookStore, TouchWriter, PromiseMoney, Protocol):
    """One transaction that moves money."""

    def debtor_of(self, case_id: int) -> int:
        """The debtor of the case. Raises LookupError."""
        ...

    def lock_cases(self, case_ids: Sequence[int]) -> Mapping[int, int]:
        """Takes the lanes of the cases' debtors; by case it, or the one it was merged into.

        Raises LookupError.
        """
        ...

    def lock_case(self, case_id: int) -> int:
        """Takes the lane of the case's debtor; returns the case, or the one it was merged into.

        Raises LookupError.
        """
        ...

    def store_notice(self, notice: PaymentNotice, received_at: datetime) -> bool:
        """Keep the notification; False when its event is known already."""
        ...

    def conclude_notice(self, notice: PaymentNotice, outcome: str) -> None:
        """What became of it."""
        ...

    def checkout(self, reference: str) -> CheckoutFacts | None:
        """The checkout our reference names."""
        ...

    def close_checkout(self, checkout_id: int, state: str) -> None:
        """paid | failed."""
        ...

    def add_payment(
        self, payment: IncomingPayment, *, credit_minor: int, received_at: datetime
    ) -> int | None:
        """Write the payment; None when it is known already."""
        ...

    def lock_money(self, provider: str, names: Sequence[str]) -> None:
        """Notices that name the same payment wait for each other until the transaction ends."""
        ...

    def payment_of(self, notice: PaymentNotice) -> PaymentRow | None:
        """The payment a notice speaks of, by our reference or the provider's id."""
        ...

    def waiting_notices(self, notice: PaymentNotice) -> list[PaymentNotice]:
        """Notices about the same payment that wait, in the order they came."""
        ...

    def closed_by_human(self, case_id: int) -> bool:
        """Whether somebody closed the case, rather than money."""
        ...

    def cancel_thanks(self, payment_id: int, *, at: datetime) -> None:
        """The thank-you for a payment, if it has not gone out yet."""
        ...

    def thanked(self, payment_id: int) -> bool:
        """Whether the thank-you for a payment may have reached the debtor."""
        ...

    def stop_calls(self, case_id: int, *, reason: str) -> None:
        """Tell running calls about the case that what they knew of it no longer holds."""
        ...

    def promises_paid(self, case_id: int) -> list[PaidPromise]:
        """Promises that money was counted towards and that still count, the latest first."""
        ...

    def revive_plan(self, promise_id: int) -> bool:
        """Make the completed plan of an instalment active again; False for one that is over.

        True too for a promise of no plan.
        """
        ...

    def open_promises(self, case_id: int) -> list[OpenPromise]:
        """Promises of the case that wait for money, earliest first."""
        ...

    def save_promise(
        self, promise_id: int, *, paid_minor: int, state: PromiseState, at: datetime
    ) -> None:
        """What a promise received and came to."""
        ...

    def promises_over(self, *, livemode: bool, now: datetime, limit: int) -> list[OpenPromise]:
        """Open promises whose date plus grace has passed in their portfolio's zone."""
        ...

    def clear_alarm(self, kind: str, subject: str, *, at: datetime) -> None:
        """It is over."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...
