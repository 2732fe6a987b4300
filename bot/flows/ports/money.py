"""What settling money and promises needs from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.vocabulary import PromiseState
from bot.flows.ports.cases import Cases
from bot.flows.ports.planning import TouchWriter


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """Money that arrived for a case. (`provider`, `provider_ref`) makes it unique."""

    case_id: int
    amount_minor: int
    currency: str
    provider: str
    provider_ref: str
    paid_at: datetime


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


class MoneyStore(Cases, TouchWriter, Protocol):
    """One transaction that moves money."""

    def debtor_of(self, case_id: int) -> int:
        """The debtor of the case. Raises LookupError."""
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

    def allocate(self, payment_id: int, parts: Mapping[int, int], *, at: datetime) -> None:
        """Add the parts to their debts."""
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

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...
