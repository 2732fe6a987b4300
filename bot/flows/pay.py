"""The debtor's page: what a link shows, and how a payment begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState
from bot.flows.ports.paying import CheckoutFacts, LinkFacts, PaymentProvider, PayStore
from bot.flows.ports.transactions import Clock, Transactions


class LinkError(LookupError):
    """The link cannot be used; `code` is `unknown`, `expired` or `revoked`.

    Of a link that was real once, the debtor's locale and the desk's phone are known, no more.
    """

    def __init__(self, code: str, locale: str | None = None, phone: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.locale = locale
        self.phone = phone


class AmountError(ValueError):
    """The sum cannot be paid; `code` is `not_positive` or `more_than_owed`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Owed:
    """What the page shows. `facts` have no open debts when everything is paid."""

    link: LinkFacts
    facts: CaseFacts


@dataclass(frozen=True, slots=True)
class Returned:
    """What the page shows to who comes back from the provider; the newest payment of the link."""

    owed: Owed
    checkout: CheckoutFacts | None


@dataclass(frozen=True)
class PayPage:
    """Reads links and begins payments."""

    transactions: Transactions[PayStore]
    clock: Clock
    provider: PaymentProvider | None
    hash_of: Callable[[str], bytes | None]
    reference: Callable[[], str]

    def show(self, token: str, *, opened: bool) -> Owed:
        """What the link shows; `opened` marks a person's visit. Raises LinkError."""
        token_hash = self._genuine(token)
        with self.transactions() as store:
            owed = self._find(store, token_hash)
            if opened and not owed.link.opened:
                now = self.clock.now(livemode=owed.link.livemode)
                store.mark_opened(owed.link, at=now)
            return owed

    def returned(self, token: str) -> Returned:
        """What became of the payment that was begun last. Raises LinkError."""
        token_hash = self._genuine(token)
        with self.transactions() as store:
            link = self._link(store, token_hash)
            # Before the debts: a payment that is seen here is then seen in them too.
            checkout = store.last_checkout(link.link_id)
            return Returned(self._owed(store, link), checkout)

    def begin(self, token: str, amount_minor: int, return_url: str) -> str:
        """Begin a payment; returns the provider's page.

        Raises LinkError, AmountError, OSError when no provider can take it now.
        """
        if self.provider is None:
            raise OSError("no payment provider is configured")
        token_hash, reference = self._genuine(token), self.reference()
        with self.transactions() as store:
            owed = self._find(store, token_hash)
            self._check(owed.facts, amount_minor)
            checkout_id = store.add_checkout(
                reference,
                owed.link,
                amount_minor,
                owed.facts.currency,
                self.provider.name,
                at=self.clock.now(livemode=owed.link.livemode),
            )
        started = self.provider.begin(reference, amount_minor, owed.facts.currency, return_url)
        with self.transactions() as store:
            store.name_checkout(checkout_id, started.provider_id)
        return started.url

    def _genuine(self, token: str) -> bytes:
        """A forged token is refused before the database is asked anything."""
        token_hash = self.hash_of(token)
        if token_hash is None:
            raise LinkError("unknown")
        return token_hash

    def _find(self, store: PayStore, token_hash: bytes) -> Owed:
        return self._owed(store, self._link(store, token_hash))

    def _link(self, store: PayStore, token_hash: bytes) -> LinkFacts:
        link = store.link(token_hash)
        if link is None:
            raise LinkError("unknown")
        return link

    def _owed(self, store: PayStore, link: LinkFacts) -> Owed:
        now = self.clock.now(livemode=link.livemode)
        facts = store.facts([link.case_id], now)[0]
        expired = now >= link.expires_at and facts.state is not CaseState.CLOSED
        if link.revoked or expired:
            code = "revoked" if link.revoked else "expired"
            raise LinkError(code, facts.debtor.locale, facts.portfolio.phone)
        return Owed(link, facts)

    def _check(self, facts: CaseFacts, amount_minor: int) -> None:
        if amount_minor <= 0:
            raise AmountError("not_positive")
        if amount_minor > facts.outstanding_minor:
            raise AmountError("more_than_owed")
