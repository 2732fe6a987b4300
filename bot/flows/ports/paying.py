"""What the debtor's page needs: links, checkouts, and a provider to pay through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.facts import PageFacts
from bot.flows.ports.money import PaymentNotice

#: Openings within this time are one visit (product choice).
SAME_VISIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Look:
    """A portfolio's page. `logo` is there when `logo_type` is not empty."""

    colour: str = ""
    logo_type: str = ""
    bank_details: str = ""
    complaint_address: str = ""
    privacy: str = ""


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link somebody followed."""

    link_id: int
    case_id: int
    livemode: bool
    expires_at: datetime
    revoked: bool
    last_at: datetime | None = None  #: of the last visit
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a link at one moment; `shift` is how far the case's clock is moved."""

    link: LinkFacts
    facts: PageFacts
    shift: timedelta


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A payment somebody began; `state` is open, paid or failed."""

    amount_minor: int
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Order:
    """Exactly this sum, once.

    Attributes:
        reference: ours, 6 to 32 of `A-Z a-z 0-9 _ -` (the narrowest provider's rule).
        return_url: where the payer comes back to; the provider adds `result`.
        title: what the payer reads at the provider; names the creditor and nothing of the debt.
        payer_ip: empty when unknown; on_phone: the payer's browser is a phone's.
    """

    reference: str
    amount_minor: int
    currency: str
    return_url: str
    title: str
    payer_ip: str = ""
    on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Started:
    """A checkout at a provider: a page to go to, or the text of a code to scan.

    `provider_id` is empty when the provider names it only after the payment.
    """

    provider_id: str
    url: str
    qr: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a provider wants to hear, so that it stops repeating a notification."""

    body: str
    mimetype: str


class PayStore(Protocol):
    """One transaction of the debtor's page."""

    def behind(self, token_hash: bytes) -> Behind | None:
        """The link and its case as they stand, or None when no such link was ever made."""
        ...

    def mark_opened(self, link: LinkFacts, *, at: datetime) -> None:
        """The debtor opened it: a line of the timeline, once for each visit."""
        ...

    def add_checkout(
        self,
        reference: str,
        link: LinkFacts,
        amount_minor: int,
        currency: str,
        provider: str,
        debt_id: int | None,
        *,
        at: datetime,
    ) -> int:
        """A payment that begins; `debt_id` is the debt that was chosen, if one was."""
        ...

    def last_checkout(self, token_hash: bytes) -> CheckoutFacts | None:
        """The newest payment begun through the link."""
        ...

    def name_checkout(self, checkout_id: int, provider_id: str) -> None:
        """The provider's own id for it."""
        ...


class PaymentProvider(Protocol):
    """Begins payments at one provider and reads its notifications."""

    @property
    def name(self) -> str:
        """As in addresses, tables and settings."""
        ...

    @property
    def livemode(self) -> bool:
        """Whether it moves real money."""
        ...

    @property
    def currencies(self) -> frozenset[str] | None:
        """What it takes; None for whatever its account allows."""
        ...

    @property
    def acknowledgement(self) -> Acknowledgement:
        """The answer to a notification that was stored."""
        ...

    def begin(self, order: Order) -> Started:
        """Open a checkout. Raises OSError when the provider cannot."""
        ...

    def notice(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        """A verified notification; None for one that moves no money.

        Raises ValueError: forged or malformed (`bot.payments.refusals`).
        """
        ...
