"""Links somebody followed and the payments they began."""

from __future__ import annotations

from datetime import datetime

from bot.flows.ports.paying import CheckoutFacts, LinkFacts
from bot.store.cases import CaseRows


class PayRows(CaseRows):
    """Implements `bot.flows.ports.paying.PayStore`."""

    def link(self, token_hash: bytes) -> LinkFacts | None:
        """The link with that hash."""
        row = self._connection.execute(
            "SELECT l.id, l.case_id, p.livemode, l.expires_at, l.revoked_at IS NOT NULL, "
            "l.opened_at IS NOT NULL FROM payment_link l JOIN cases c ON c.id = l.case_id "
            "JOIN portfolio p ON p.id = c.portfolio_id WHERE l.token_hash = %s",
            [token_hash],
        ).fetchone()
        return LinkFacts(*row) if row else None

    def mark_opened(self, link: LinkFacts, *, at: datetime) -> None:
        """The first visit of a person."""
        first = self._connection.execute(
            "UPDATE payment_link SET opened_at = %s WHERE id = %s AND opened_at IS NULL",
            [at, link.link_id],
        ).rowcount
        if first:
            data = {"link": link.link_id}
            self.save_remark(link.case_id, "link_opened", at=at, actor="debtor", data=data)

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
        row = self._connection.execute(
            "INSERT INTO checkout (reference, case_id, link_id, amount_minor, currency, provider, "
            "created_at) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [reference, link.case_id, link.link_id, amount_minor, currency, provider, at],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def last_checkout(self, link_id: int) -> CheckoutFacts | None:
        """The newest payment begun through the link."""
        row = self._connection.execute(
            "SELECT amount_minor, currency, state FROM checkout WHERE link_id = %s "
            "ORDER BY id DESC LIMIT 1",
            [link_id],
        ).fetchone()
        return CheckoutFacts(*row) if row else None

    def name_checkout(self, checkout_id: int, provider_id: str) -> None:
        """The provider's own id."""
        self._connection.execute(
            "UPDATE checkout SET provider_id = %s WHERE id = %s", [provider_id, checkout_id]
        )
