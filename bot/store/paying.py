"""Links somebody followed and the payments they began."""

from __future__ import annotations

from datetime import datetime

from bot.flows.ports.paying import CheckoutFacts, LinkFacts, Look
from bot.store.visiting import VisitRows

_LINK = """
SELECT l.id, l.case_id, p.livemode, l.expires_at, l.revoked_at IS NOT NULL, v.last_at,
       k.colour, k.logo_type, k.bank_details, k.complaint_address, k.privacy
FROM payment_link l JOIN cases c ON c.id = l.case_id JOIN portfolio p ON p.id = c.portfolio_id
LEFT JOIN link_visits v ON v.link_id = l.id LEFT JOIN page_look k ON k.portfolio_id = p.id
WHERE l.token_hash = %s
"""


class PayRows(VisitRows):
    """Implements `bot.flows.ports.paying.PayStore`."""

    def link(self, token_hash: bytes) -> LinkFacts | None:
        """The link with that hash."""
        row = self._connection.execute(_LINK, [token_hash]).fetchone()
        if row is None:
            return None
        link_id, case_id, livemode, expires_at, revoked, last_at, *look = row
        shown = Look(*look) if look[0] is not None else Look()
        return LinkFacts(link_id, case_id, livemode, expires_at, revoked, last_at, shown)

    def revoke_links(self, case_id: int, *, at: datetime) -> int:
        """Links of the case that still open the page."""
        return self._connection.execute(
            "UPDATE payment_link SET revoked_at = %s "
            "WHERE case_id = %s AND revoked_at IS NULL AND expires_at > %s",
            [at, case_id, at],
        ).rowcount

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
        """A payment that begins."""
        row = self._connection.execute(
            "INSERT INTO checkout (reference, case_id, link_id, amount_minor, currency, provider, "
            "debt_id, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [reference, link.case_id, link.link_id, amount_minor, currency, provider, debt_id, at],
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
