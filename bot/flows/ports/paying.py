"""What the debtor's page needs: links, checkouts, and a provider to pay through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.facts import CaseFacts


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link somebody followed."""

    link_id: int
    case_id: int
    livemode: bool
    expires_at: datetime
    revoked: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A payment somebody began; `state` is open, paid or failed."""

    amount_minor: int
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Started:
    """A checkout at a provider."""

    provider_id: str
    url: str


class PayStore(Protocol):
    """One transaction of the debtor's page."""

    def link(self, token_hash: bytes) -> LinkFacts | None:
        """The link, or None when no such link was ever made."""
        ...

    def mark_opened(self, link: LinkFacts, *, at: datetime) -> None:
        """The debtor opened it: a line of the timeline, once."""
        ...

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots ordered by case id."""
        ...

    def add_checkout(
        self,
        reference: str,
        link: LinkFacts,
        amount_minor: int,
        currency: str,
        provider: str,
        *,
        at: datetime,
    ) -> int:
        """A payment that begins."""
        ...

    def last_checkout(self, link_id: int) -> CheckoutFacts | None:
        """The newest payment begun through the link."""
        ...

    def name_checkout(self, checkout_id: int, provider_id: str) -> None:
        """The provider's own id for it."""
        ...


class PaymentProvider(Protocol):
    """Begins payments at one provider."""

    name: str

    def begin(self, reference: str, amount_minor: int, currency: str, return_url: str) -> Started:
        """Open a checkout for exactly this sum. Raises OSError when the provider cannot."""
        ...
