"""Payments, allocations, promises, checkouts and providers' notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.vocabulary import PromiseState
from bot.flows.ports.money import (
    CheckoutFacts,
    IncomingPayment,
    OpenPromise,
    PaymentNotice,
)
from bot.store.planning import PlanningRows

_PROMISE = """
SELECT p.id, p.case_id, c.debtor_id, p.due_on, p.amount_minor, p.paid_minor, p.made_at,
       f.grace_days, f.zone, f.livemode
FROM promise p JOIN cases c ON c.id = p.case_id JOIN portfolio f ON f.id = c.portfolio_id
WHERE p.state = 'open'
"""


class MoneyRows(PlanningRows):
    """Implements `bot.flows.ports.money.MoneyStore`."""

    def debtor_of(self, case_id: int) -> int:
        """The debtor of the case. Raises LookupError."""
        row = self._connection.execute(
            "SELECT debtor_id FROM cases WHERE id = %s", [case_id]
        ).fetchone()
        if row is None:
            raise LookupError(f"no case {case_id}")
        return int(row[0])

    def store_notice(self, notice: PaymentNotice, received_at: datetime) -> bool:
        """Keep the notification; False when known."""
        return bool(
            self._connection.execute(
                "INSERT INTO payment_notice (provider, event_id, kind, reference, amount_minor, "
                "currency, paid_at, received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (provider, event_id) DO NOTHING",
                [
                    notice.provider,
                    notice.event_id,
                    notice.kind.value,
                    notice.reference,
                    notice.amount_minor,
                    notice.currency,
                    notice.paid_at,
                    received_at,
                ],
            ).rowcount
        )

    def conclude_notice(self, notice: PaymentNotice, outcome: str) -> None:
        """What became of it."""
        self._connection.execute(
            "UPDATE payment_notice SET outcome = %s WHERE provider = %s AND event_id = %s",
            [outcome, notice.provider, notice.event_id],
        )

    def checkout(self, reference: str) -> CheckoutFacts | None:
        """The checkout our reference names, locked."""
        row = self._connection.execute(
            "SELECT k.id, k.case_id, c.debtor_id, k.amount_minor, k.currency, p.livemode, k.state "
            "FROM checkout k JOIN cases c ON c.id = k.case_id "
            "JOIN portfolio p ON p.id = c.portfolio_id WHERE k.reference = %s FOR UPDATE OF k",
            [reference],
        ).fetchone()
        return CheckoutFacts(*row) if row else None

    def close_checkout(self, checkout_id: int, state: str) -> None:
        """paid | failed."""
        self._connection.execute(
            "UPDATE checkout SET state = %s WHERE id = %s", [state, checkout_id]
        )

    def add_payment(
        self, payment: IncomingPayment, *, credit_minor: int, received_at: datetime
    ) -> int | None:
        """Write the payment; None when known."""
        row = self._connection.execute(
            "INSERT INTO payment (case_id, portfolio_id, amount_minor, credit_minor, currency, "
            "provider, provider_ref, paid_at, received_at) "
            "SELECT id, portfolio_id, %s, %s, %s, %s, %s, %s, %s FROM cases WHERE id = %s "
            "ON CONFLICT (provider, provider_ref) DO NOTHING RETURNING id",
            [
                payment.amount_minor,
                credit_minor,
                payment.currency,
                payment.provider,
                payment.provider_ref,
                payment.paid_at,
                received_at,
                payment.case_id,
            ],
        ).fetchone()
        return int(row[0]) if row else None

    def allocate(self, payment_id: int, parts: Mapping[int, int], *, at: datetime) -> None:
        """Add the parts to their debts."""
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO allocation (payment_id, debt_id, amount_minor) VALUES (%s, %s, %s)",
                [(payment_id, debt_id, amount) for debt_id, amount in parts.items()],
            )
            cursor.executemany(
                "UPDATE debt SET paid_minor = paid_minor + %s, updated_at = %s WHERE id = %s",
                [(amount, at, debt_id) for debt_id, amount in parts.items()],
            )

    def open_promises(self, case_id: int) -> list[OpenPromise]:
        """Promises of the case that wait for money."""
        rows = self._connection.execute(
            _PROMISE + " AND p.case_id = %s ORDER BY p.due_on, p.id", [case_id]
        )
        return [_promise(row) for row in rows.fetchall()]

    def promises_over(self, *, livemode: bool, now: datetime, limit: int) -> list[OpenPromise]:
        """Open promises whose date plus grace has passed; their debtors' lanes are taken."""
        rows = self._connection.execute(
            "SELECT p.id, p.case_id, c.debtor_id, p.due_on, p.amount_minor, p.paid_minor, "
            "p.made_at, f.grace_days, f.zone, f.livemode "
            "FROM promise p JOIN cases c ON c.id = p.case_id "
            "JOIN portfolio f ON f.id = c.portfolio_id JOIN debtor d ON d.id = c.debtor_id "
            "WHERE p.state = 'open' AND f.livemode = %s "
            "AND p.due_on + f.grace_days < (%s AT TIME ZONE f.zone)::date "
            "ORDER BY p.due_on, p.id LIMIT %s FOR UPDATE OF d, p SKIP LOCKED",
            [livemode, now, limit],
        )
        return [_promise(row) for row in rows.fetchall()]

    def save_promise(
        self, promise_id: int, *, paid_minor: int, state: PromiseState, at: datetime
    ) -> None:
        """What a promise received and came to."""
        self._connection.execute(
            "UPDATE promise SET paid_minor = %s, state = %s, "
            "settled_at = CASE WHEN %s = 'open' THEN NULL ELSE %s END WHERE id = %s",
            [paid_minor, state.value, state.value, at, promise_id],
        )


def _promise(row: Any) -> OpenPromise:
    return OpenPromise(*row)
