"""The debtor's page: what a link shows, and how a payment begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import PageFacts
from bot.domain.vocabulary import CaseState
from bot.flows.ports.paying import (
    SAME_VISIT,
    CheckoutFacts,
    LinkFacts,
    Order,
    PaymentProvider,
    PayStore,
    Started,
)
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
    """The sum cannot be paid; `code` is `not_positive`, `more_than_owed` or `changed`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Owed:
    """What the page shows as of `at`. `facts` have no open debts when everything is paid."""

    link: LinkFacts
    facts: PageFacts
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the debtor asks to pay, and from where. `provider` is empty for the first that can.

    `debt_id` is the debt that was chosen; None: the portfolio's order decides.
    """

    amount_minor: int
    provider: str = ""
    payer_ip: str = ""
    on_phone: bool = True
    debt_id: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What the page shows to who comes back from the provider; the newest payment of the link."""

    owed: Owed
    checkout: CheckoutFacts | None


@dataclass(frozen=True)
class PayPage:
    """Reads links and begins payments. `statements`: each statement is a transaction of its own."""

    transactions: Transactions[PayStore]
    statements: Transactions[PayStore]
    clock: Clock
    providers: Mapping[str, PaymentProvider]
    hash_of: Callable[[str], bytes | None]
    reference: Callable[[], str]

    def show(self, token: str, *, opened: bool) -> Owed:
        """What the link shows; `opened` marks a person's visit. Raises LinkError."""
        token_hash = self._genuine(token)
        with self.statements() as store:
            owed = self._find(store, token_hash)
        last = owed.link.last_at
        if opened and (last is None or owed.at - last > SAME_VISIT):
            with self.transactions() as store:
                store.mark_opened(owed.link, at=owed.at)
        return owed

    def returned(self, token: str) -> Returned:
        """What became of the payment that was begun last. Raises LinkError."""
        token_hash = self._genuine(token)
        with self.statements() as store:
            # Before the debts: a payment that is seen here is then seen in them too.
            checkout = store.last_checkout(token_hash)
            return Returned(self._find(store, token_hash), checkout)

    def takes(self, owed: Owed) -> list[str]:
        """The providers that can take this case's money, in the order they are offered."""
        return [
            name
            for name, provider in self.providers.items()
            if provider.livemode == owed.link.livemode
            and (provider.currencies is None or owed.facts.currency in provider.currencies)
        ]

    def begin(self, token: str, wanted: Wanted, return_url: str) -> Started:
        """Begin a payment; returns the provider's page or code.

        Raises LinkError, AmountError, OSError when no provider can take it now.
        """
        token_hash, reference = self._genuine(token), self.reference()
        with self.transactions() as store:
            owed = self._find(store, token_hash)
            provider = self._provider(owed, wanted.provider)
            self._check(owed.facts, wanted)
            checkout_id = store.add_checkout(
                reference,
                owed.link,
                wanted.amount_minor,
                owed.facts.currency,
                provider.name,
                wanted.debt_id,
                at=self.clock.now(livemode=owed.link.livemode),
            )
        started = provider.begin(
            Order(
                reference,
                wanted.amount_minor,
                owed.facts.currency,
                return_url,
                owed.facts.portfolio.creditor,
                wanted.payer_ip,
                wanted.on_phone,
            )
        )
        if started.provider_id:
            with self.transactions() as store:
                store.name_checkout(checkout_id, started.provider_id)
        return started

    def _provider(self, owed: Owed, wanted: str) -> PaymentProvider:
        """The one asked for, or the first when none was. Raises OSError."""
        able = self.takes(owed)
        name = wanted or (able[0] if able else "")
        if name not in able:
            raise OSError(f"no payment provider {name!r} for {owed.facts.currency}")
        return self.providers[name]

    def _genuine(self, token: str) -> bytes:
        """A forged token is refused before the database is asked anything."""
        token_hash = self.hash_of(token)
        if token_hash is None:
            raise LinkError("unknown")
        return token_hash

    def _find(self, store: PayStore, token_hash: bytes) -> Owed:
        behind = store.behind(token_hash)
        if behind is None:
            raise LinkError("unknown")
        link, facts, now = behind.link, behind.facts, self.clock.real() + behind.shift
        expired = now >= link.expires_at and facts.state is not CaseState.CLOSED
        if link.revoked or expired:
            code = "revoked" if link.revoked else "expired"
            raise LinkError(code, facts.locale, facts.portfolio.phone)
        return Owed(link, facts, now)

    def _check(self, facts: PageFacts, wanted: Wanted) -> None:
        """One debt takes no more than it owes: what is left over would pay another."""
        left = {debt.debt_id: debt.outstanding_minor for debt in facts.open_debts}
        if wanted.debt_id is not None and wanted.debt_id not in left:
            raise AmountError("changed")
        owed = facts.outstanding_minor if wanted.debt_id is None else left[wanted.debt_id]
        if wanted.amount_minor <= 0:
            raise AmountError("not_positive")
        if wanted.amount_minor > owed:
            raise AmountError("more_than_owed")
