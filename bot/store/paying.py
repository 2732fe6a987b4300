"""Links somebody followed and the payments they began."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.facts import DebtFacts, PageFacts
from bot.flows.ports.paying import Behind, CheckoutFacts, LinkFacts, Look
from bot.store.clock_shift import SHIFT_SECONDS
from bot.store.facts import DEBT_COLUMNS, PORTFOLIO_COLUMNS, STATES, portfolio_of
from bot.store.visiting import VisitRows

# One statement, one moment: most visits are this and nothing else.
_BEHIND = f"""
SELECT l.id, l.expires_at, l.revoked_at IS NOT NULL, v.last_at,
       k.colour, k.logo_type, k.bank_details, k.complaint_address, k.privacy,
       c.id, c.state, c.currency, d.name_sealed, d.locale,
       CASE WHEN p.livemode THEN 0 ELSE {SHIFT_SECONDS} END,
       (SELECT json_agg(json_build_array({DEBT_COLUMNS}))
        FROM debt WHERE case_id = c.id AND settled_by IS NULL),
       (SELECT json_agg(json_build_array(r.due_on, r.amount_minor - r.paid_minor)
                        ORDER BY r.due_on, r.id)
        FROM instalment_plan n JOIN instalment i ON i.plan_id = n.id
        JOIN promise r ON r.id = i.promise_id
        WHERE n.case_id = c.id AND n.state = 'active' AND r.state <> 'superseded'
          AND r.paid_minor < r.amount_minor),
       {PORTFOLIO_COLUMNS}
FROM payment_link l JOIN cases c ON c.id = l.case_id JOIN debtor d ON d.id = c.debtor_id
JOIN portfolio p ON p.id = c.portfolio_id JOIN sender s ON s.id = p.sender_id
LEFT JOIN link_visits v ON v.link_id = l.id LEFT JOIN page_look k ON k.portfolio_id = p.id
WHERE l.token_hash = %b
"""


class PayRows(VisitRows):
    """Implements `bot.flows.ports.paying.PayStore`."""

    def behind(self, token_hash: bytes) -> Behind | None:
        """The link with that hash and its case."""
        rows = self._rows(_BEHIND, token_hash)
        return self._behind(rows[0]) if rows else None

    def _behind(self, row: Any) -> Behind:
        link_id, expires_at, revoked, last_at, *look = row[:9]
        case_id, state, currency, name, locale, shift, debts, instalments = row[9:17]
        portfolio = portfolio_of(row[17:])
        shown = Look(*look) if look[0] is not None else Look()
        facts = PageFacts(
            case_id,
            STATES[state],
            portfolio,
            self._seal.open(name),
            locale,
            currency,
            tuple(_debt(debt) for debt in debts or ()),
            tuple((date.fromisoformat(day), left) for day, left in instalments or ()),
        )
        link = LinkFacts(link_id, case_id, portfolio.livemode, expires_at, revoked, last_at, shown)
        return Behind(link, facts, timedelta(seconds=shift))

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

    def last_checkout(self, token_hash: bytes) -> CheckoutFacts | None:
        """The newest payment begun through the link with that hash."""
        row = self._connection.execute(
            "SELECT amount_minor, currency, state FROM checkout WHERE link_id = "
            "(SELECT id FROM payment_link WHERE token_hash = %s) ORDER BY id DESC LIMIT 1",
            [token_hash],
        ).fetchone()
        return CheckoutFacts(*row) if row else None

    def name_checkout(self, checkout_id: int, provider_id: str) -> None:
        """The provider's own id."""
        self._connection.execute(
            "UPDATE checkout SET provider_id = %s WHERE id = %s", [provider_id, checkout_id]
        )


def _debt(values: list[Any]) -> DebtFacts:
    """As JSON has it: the due date is text."""
    debt_id, ref, due_on, *rest = values
    return DebtFacts(debt_id, ref, date.fromisoformat(due_on), *rest)
