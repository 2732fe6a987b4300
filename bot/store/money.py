"""Payments, allocations, promises, checkouts and providers' notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.vocabulary import PromiseState
from bot.flows.notice_desk import DISMISSED, HELD_OUTCOMES, HeldNotice
from bot.flows.ports.money import (
    CheckoutFacts,
    IncomingPayment,
    NoticeKind,
    OpenPromise,
    PaidPromise,
    PaymentNotice,
    PaymentRow,
)
from bot.store.books import BookRows

_PROMISE = """
SELECT p.id, p.case_id, c.debtor_id, p.due_on, p.amount_minor, p.paid_minor, p.made_at,
       f.grace_days, f.zone, f.livemode
FROM promise p JOIN cases c ON c.id = p.case_id JOIN portfolio f ON f.id = c.portfolio_id
WHERE p.state = 'open'
"""

# Whoever merges the debtor holds the same lane: then the second look finds another one.
_LANES = """
SELECT g.id, c.id FROM cases g JOIN cases c ON c.id = coalesce(g.merged_into, g.id)
JOIN debtor d ON d.id = c.debtor_id
WHERE g.id = ANY(%s) AND d.merged_into IS NULL ORDER BY d.id FOR UPDATE OF d
"""

#: Columns of a `PaymentRow`, in its order.
PAYMENT_ROW = """
SELECT p.id, p.case_id, c.debtor_id, p.amount_minor, p.refunded_minor, p.charged_back_minor,
       p.currency, f.livemode, p.provider_payment, p.debt_id, p.undone_minor
FROM payment p JOIN cases c ON c.id = p.case_id JOIN portfolio f ON f.id = p.portfolio_id
"""

# A payment without a reference is found by the provider's id alone.
_PAYMENT = f"""
{PAYMENT_ROW}
WHERE p.provider = %(provider)s
  AND ((p.reference <> '' AND p.reference = %(reference)s)
       OR (p.provider_payment <> '' AND p.provider_payment = %(payment)s))
ORDER BY p.reference = %(reference)s DESC, p.id LIMIT 1 FOR UPDATE OF p
"""

_HELD = """
SELECT n.id, n.provider, n.event_id, n.outcome, k.case_id FROM payment_notice n
LEFT JOIN checkout k ON n.reference <> '' AND k.reference = n.reference
WHERE n.id = %s AND n.outcome = ANY(%s) FOR UPDATE OF n
"""

_REVIVE = """
UPDATE instalment_plan l SET state = 'active', ended_at = NULL FROM instalment i
WHERE i.promise_id = %s AND l.id = i.plan_id AND l.state = 'completed' AND NOT EXISTS (
    SELECT FROM instalment_plan o WHERE o.case_id = l.case_id AND o.state IN ('proposed', 'active'))
"""


class MoneyRows(BookRows):
    """Implements `bot.flows.ports.money.MoneyStore`."""

    def debtor_of(self, case_id: int) -> int:
        """The debtor of the case. Raises LookupError."""
        row = self._connection.execute(
            "SELECT debtor_id FROM cases WHERE id = %s", [case_id]
        ).fetchone()
        if row is None:
            raise LookupError(f"no case {case_id}")
        return int(row[0])

    def lock_cases(self, case_ids: Sequence[int]) -> dict[int, int]:
        """Once more when a case or its debtor was merged while we waited for a lane."""
        wanted = list(dict.fromkeys(case_ids))
        while True:
            found = dict(self._connection.execute(_LANES, [wanted]).fetchall())
            if len(found) == len(wanted):
                return found
            for case_id in set(wanted) - found.keys():
                self.debtor_of(case_id)

    def lock_case(self, case_id: int) -> int:
        """Likewise."""
        return self.lock_cases([case_id])[case_id]

    def store_notice(self, notice: PaymentNotice, received_at: datetime) -> bool:
        """Keep the notification; False when known."""
        return bool(
            self._connection.execute(
                "INSERT INTO payment_notice (provider, event_id, kind, reference, amount_minor, "
                "currency, paid_at, received_at, payment_id) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
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
                    notice.payment_id,
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
            "SELECT k.id, k.case_id, c.debtor_id, k.amount_minor, k.currency, p.livemode, k.state, "
            "k.debt_id "
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
            "provider, provider_ref, reference, provider_payment, paid_at, received_at, debt_id) "
            "SELECT id, portfolio_id, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
            "(SELECT d.id FROM debt d WHERE d.id = %s AND d.case_id = cases.id) "
            "FROM cases WHERE id = %s "
            "ON CONFLICT (provider, provider_ref) DO NOTHING RETURNING id",
            [
                payment.amount_minor,
                credit_minor,
                payment.currency,
                payment.provider,
                payment.provider_ref,
                payment.reference,
                payment.provider_payment,
                payment.paid_at,
                received_at,
                payment.debt_id,
                payment.case_id,
            ],
        ).fetchone()
        return int(row[0]) if row else None

    def lock_money(self, provider: str, names: Sequence[str]) -> None:
        """Advisory locks, in order, until the transaction ends."""
        for name in sorted({name for name in names if name}):
            self._connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"money:{provider}:{name}"],
            )

    def payment_of(self, notice: PaymentNotice) -> PaymentRow | None:
        """By our reference, else by the provider's id."""
        row = self._connection.execute(
            _PAYMENT,
            {
                "provider": notice.provider,
                "reference": notice.reference,
                "payment": notice.payment_id,
            },
        ).fetchone()
        return PaymentRow(*row) if row else None

    def waiting_notices(self, notice: PaymentNotice) -> list[PaymentNotice]:
        """In the order they came."""
        rows = self._connection.execute(
            "SELECT provider, event_id, kind, reference, amount_minor, currency, paid_at, "
            "payment_id FROM payment_notice WHERE outcome = 'waiting' AND provider = %s "
            "AND ((reference <> '' AND reference = %s) OR (payment_id <> '' AND payment_id = %s)) "
            "ORDER BY id",
            [notice.provider, notice.reference, notice.payment_id],
        ).fetchall()
        return [PaymentNotice(row[0], row[1], NoticeKind(row[2]), *row[3:]) for row in rows]

    def held_notice(self, notice_id: int) -> HeldNotice | None:
        """The notice while a human has to look at it."""
        row = self._connection.execute(_HELD, [notice_id, list(HELD_OUTCOMES)]).fetchone()
        return HeldNotice(*row) if row else None

    def dismiss_notice(self, notice_id: int) -> None:
        """Nothing acts on it again."""
        self._connection.execute(
            "UPDATE payment_notice SET outcome = %s WHERE id = %s", [DISMISSED, notice_id]
        )

    def closed_by_human(self, case_id: int) -> bool:
        """The last event that closed the case."""
        row = self._connection.execute(
            "SELECT event FROM case_event WHERE case_id = %s AND event IN ('settled', 'closed') "
            "AND state_before <> 'closed' ORDER BY seq DESC LIMIT 1",
            [case_id],
        ).fetchone()
        return row is not None and row[0] == "closed"

    def cancel_thanks(self, payment_id: int, *, at: datetime) -> None:
        """The touch that `Settler` planned under this key."""
        self._connection.execute(
            "UPDATE touch SET state = 'cancelled', reason = 'payment_reversed', updated_at = %s "
            "WHERE key = %s AND state = 'planned'",
            [at, f"payment:{payment_id}:thanks"],
        )

    def thanked(self, payment_id: int) -> bool:
        """An attempt that no carrier refused."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT FROM touch t JOIN attempt a ON a.touch_id = t.id "
            "WHERE t.key = %s AND a.state <> 'refused')",
            [f"payment:{payment_id}:thanks"],
        ).fetchone()
        return bool(row and row[0])

    def stop_calls(self, case_id: int, *, reason: str) -> None:
        """A running call compares the reasons at its next turn: each adds to those before it."""
        self._connection.execute(
            "UPDATE call SET stop = concat_ws(' ', stop, %s::text) "
            "WHERE case_id = %s AND state <> 'ended'",
            [reason, case_id],
        )

    def promises_paid(self, case_id: int) -> list[PaidPromise]:
        """The latest first."""
        rows = self._connection.execute(
            "SELECT id, due_on, amount_minor, paid_minor, state FROM promise "
            "WHERE case_id = %s AND paid_minor > 0 AND state <> 'superseded' "
            "ORDER BY due_on DESC, id DESC",
            [case_id],
        ).fetchall()
        return [PaidPromise(a, b, c, d, PromiseState(e)) for a, b, c, d, e in rows]

    def revive_plan(self, promise_id: int) -> bool:
        """A plan that another has followed stays as it ended."""
        self._connection.execute(_REVIVE, [promise_id])
        row = self._connection.execute(
            "SELECT l.state FROM instalment i JOIN instalment_plan l ON l.id = i.plan_id "
            "WHERE i.promise_id = %s",
            [promise_id],
        ).fetchone()
        return row is None or row[0] == "active"

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
