"""Stripe: a Checkout session for each payment, and the events of its webhook.

Events followed (docs.stripe.com, "Fulfill orders" and "Disputes"): `checkout.session.completed` when
paid, `checkout.session.async_payment_succeeded` and `…_failed`, `checkout.session.expired`,
`charge.refunded`, `charge.dispute.funds_withdrawn` and `…_reinstated`. The others are acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import stripe

from bot.flows.ports.money import NoticeKind, PaymentNotice
from bot.flows.ports.paying import Acknowledgement, Order, Started
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError

_TIME_OUT = 10.0  # seconds
_LIVE_KEYS = ("sk_live_", "rk_live_")


class StripeCheckout:
    """Implements `PaymentProvider`; any currency the account takes."""

    name = "stripe"
    currencies: frozenset[str] | None = None
    acknowledgement = Acknowledgement("ok", "text/plain")

    def __init__(self, key: str, webhook_secret: str, *, base_url: str | None = None) -> None:
        """`base_url` sends the real client to a stand-in; None is Stripe itself."""
        self.livemode = key.startswith(_LIVE_KEYS)
        self._secret = webhook_secret
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": base_url.rstrip("/")} if base_url else None,
            # The same reference is the same payment at Stripe too: repeating is safe.
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=_TIME_OUT),
        )

    def begin(self, order: Order) -> Started:
        """Open a session. Raises OSError when Stripe cannot take it."""
        own = {"reference": order.reference}
        try:
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": order.reference,
                    "metadata": own,
                    "payment_intent_data": {"metadata": own},
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": order.currency.lower(),
                                "unit_amount": order.amount_minor,
                                "product_data": {"name": order.title},
                            },
                        }
                    ],
                    "success_url": f"{order.return_url}?result=success",
                    "cancel_url": f"{order.return_url}?result=failed",
                },
                {"idempotency_key": order.reference},
            )
        except stripe.StripeError as refusal:
            raise OSError(f"stripe: {refusal.code or type(refusal).__name__}") from refusal
        if not session.url:
            raise OSError("stripe: the session has no address")
        return Started(session.id, session.url)

    def notice(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        """A verified event; None for one that is not followed.

        Raises ForgedNoticeError (also for signatures older than five minutes), MalformedNoticeError.
        """
        try:
            event = self._client.construct_event(
                body, headers.get("Stripe-Signature", ""), self._secret
            ).to_dict()
        except stripe.SignatureVerificationError as forged:
            raise ForgedNoticeError("the signature is not Stripe's") from forged
        except ValueError as wrong:
            raise MalformedNoticeError("the body is not JSON") from wrong
        read = _READERS.get(event.get("type", ""))
        try:
            return read(event, event["data"]["object"]) if read else None
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise MalformedNoticeError(f"{event.get('type')}: {wrong}") from wrong


def _notice(
    kind: NoticeKind, event: dict[str, Any], thing: dict[str, Any], amount: Any, **more: str
) -> PaymentNotice:
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise ValueError("the amount is no whole number of minor units")
    return PaymentNotice(
        provider=StripeCheckout.name,
        event_id=more.get("event_id", event["id"]),
        kind=kind,
        reference=more.get("reference", (thing.get("metadata") or {}).get("reference", "")),
        amount_minor=amount,
        currency=str(thing["currency"]).upper(),
        paid_at=datetime.fromtimestamp(event["created"], UTC),
        payment_id=str(thing.get("payment_intent") or ""),
    )


def _session(kind: NoticeKind) -> Callable[[dict[str, Any], dict[str, Any]], PaymentNotice | None]:
    def read(event: dict[str, Any], session: dict[str, Any]) -> PaymentNotice | None:
        if kind is NoticeKind.SUCCEEDED and session["payment_status"] != "paid":
            return None  # a slow means of payment; its own event will come
        reference = str(session["client_reference_id"])
        # Two events may tell of the same money: what they tell, not their number, is the event.
        event_id = f"{session['id']}:{kind.value}"
        total = session["amount_total"]
        return _notice(kind, event, session, total, reference=reference, event_id=event_id)

    return read


def _refunded(event: dict[str, Any], charge: dict[str, Any]) -> PaymentNotice:
    return _notice(NoticeKind.REFUNDED_TO, event, charge, charge["amount_refunded"])


def _withdrawn(event: dict[str, Any], dispute: dict[str, Any]) -> PaymentNotice:
    return _notice(NoticeKind.CHARGED_BACK, event, dispute, dispute["amount"])


def _reinstated(event: dict[str, Any], dispute: dict[str, Any]) -> PaymentNotice:
    return _notice(NoticeKind.REINSTATED, event, dispute, dispute["amount"])


_READERS = {
    "checkout.session.completed": _session(NoticeKind.SUCCEEDED),
    "checkout.session.async_payment_succeeded": _session(NoticeKind.SUCCEEDED),
    "checkout.session.async_payment_failed": _session(NoticeKind.FAILED),
    "checkout.session.expired": _session(NoticeKind.FAILED),
    "charge.refunded": _refunded,
    "charge.dispute.funds_withdrawn": _withdrawn,
    "charge.dispute.funds_reinstated": _reinstated,
}
