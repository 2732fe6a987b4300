"""The sandbox's hosted checkout: begins payments and verifies its notifications."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests

from bot.flows.ports.money import NoticeKind, PaymentNotice
from bot.flows.ports.paying import Acknowledgement, Order, Started
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError

_TIME_OUT = 10.0
_KINDS = {
    "payment.succeeded": NoticeKind.SUCCEEDED,
    "payment.refunded": NoticeKind.REFUNDED,
    "payment.charged_back": NoticeKind.CHARGED_BACK,
    "payment.reinstated": NoticeKind.REINSTATED,
}


class SandboxProvider:
    """Implements `PaymentProvider` for the sandbox."""

    name = "sandbox"
    livemode = False
    currencies: frozenset[str] | None = None
    acknowledgement = Acknowledgement("ok", "text/plain")

    def __init__(self, base_url: str, key: str, secret: str, notify_url: str) -> None:
        self._url = f"{base_url.rstrip('/')}/sandbox/pay/v1/checkouts"
        self._secret = secret.encode()
        self._notify_url = notify_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def begin(self, order: Order) -> Started:
        """Open a checkout. Raises OSError (requests' errors are OSErrors)."""
        answer = self._session.post(
            self._url,
            json={
                "amount": order.amount_minor,
                "currency": order.currency,
                "reference": order.reference,
                "return_url": order.return_url,
                "notify_url": self._notify_url,
            },
            headers={"Idempotency-Key": order.reference},
            timeout=_TIME_OUT,
        )
        answer.raise_for_status()
        body = answer.json()
        return Started(body["id"], body["url"])

    def notice(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        """A verified notification. Raises ForgedNoticeError, MalformedNoticeError."""
        self._verify(body, headers.get("X-Sandbox-Signature", ""))
        try:
            return _notice(json.loads(body))
        except (KeyError, TypeError, ValueError) as wrong:
            raise MalformedNoticeError(str(wrong)) from wrong

    def _verify(self, body: bytes, signature: str) -> None:
        parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
        signed = parts.get("t", "").encode() + b"." + body
        expected = hmac.digest(self._secret, signed, hashlib.sha256).hex()
        if not hmac.compare_digest(expected.encode(), parts.get("v1", "").encode()):
            raise ForgedNoticeError("the signature is not the provider's")


def _notice(event: dict[str, Any]) -> PaymentNotice:
    amount = event["amount"]
    if not isinstance(amount, int) or amount <= 0:
        raise ValueError("amount is a whole number of minor units above zero")
    paid_at = datetime.fromisoformat(event["paid_at"])
    if paid_at.tzinfo is None:
        raise ValueError("paid_at has no zone")
    return PaymentNotice(
        provider=SandboxProvider.name,
        event_id=str(event["id"]),
        kind=_KINDS[event["type"]],
        reference=str(event["reference"]),
        amount_minor=amount,
        currency=str(event["currency"]),
        paid_at=paid_at,
        payment_id=str(event.get("payment_id", "")),
    )
