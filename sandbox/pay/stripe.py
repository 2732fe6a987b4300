"""The sandbox as Stripe: `POST /v1/checkout/sessions`, in forms and JSON as Stripe writes them."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from sandbox.bad_input import BadInputError
from sandbox.pay.checkout import CURRENCY, LARGEST_AMOUNT, Checkout
from sandbox.pay.keyring import Keyring
from sandbox.pay.till import Till
from sandbox.rest.door import document
from sandbox.settings import Settings

_ITEM = "line_items[0]"
_PRICE = f"{_ITEM}[price_data]"
WEBHOOK_PATH = "/webhooks/payments/stripe"


def stripe_api(settings: Settings, till: Till, keyring: Keyring) -> Blueprint:
    """The blueprint. Events go to `SANDBOX_STRIPE_WEBHOOK_URL`, as set in a dashboard; without it
    to the usual path at the host of `success_url`.
    """
    bp = Blueprint("stripe", __name__, url_prefix="/v1")

    @bp.errorhandler(BadInputError)
    def refused(error: BadInputError) -> Response:
        kind = "idempotency_error" if error.http == 409 else "invalid_request_error"
        told = {"type": kind, "message": str(error), "param": error.field}
        return document({"error": told}, error.http)

    @bp.before_request
    def check_key() -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(key.encode(), keyring.text("stripe_key").encode())
        if scheme.lower() != "bearer" or not right:
            raise BadInputError("", "Invalid API Key provided", 401)

    @bp.post("/checkout/sessions")
    def create() -> Response:
        wanted = _wanted(settings)
        key = request.headers.get("Idempotency-Key", "")
        checkout = till.begin(wanted, f"stripe {key}" if key else "")
        return document(_session(checkout, settings.base_url))

    return bp


def _wanted(settings: Settings) -> dict[str, Any]:
    if _field("mode") != "payment":
        raise BadInputError("mode", "Invalid mode: must be payment")
    amount = _field(f"{_PRICE}[unit_amount]")
    if not amount.isdecimal() or not 0 < int(amount) <= LARGEST_AMOUNT:
        raise BadInputError(f"{_PRICE}[unit_amount]", f"Invalid integer: {amount}")
    currency = _field(f"{_PRICE}[currency]").upper()
    if not CURRENCY.fullmatch(currency):
        raise BadInputError(f"{_PRICE}[currency]", f"Invalid currency: {currency}")
    success = _url("success_url")
    parts = urlsplit(success)
    return {
        "provider": "stripe",
        "amount": int(amount) * int(_field(f"{_ITEM}[quantity]", "1")),
        "currency": currency,
        "description": _field(f"{_PRICE}[product_data][name]"),
        "reference": _field("client_reference_id"),
        "return_url": success,
        "cancel_url": _url("cancel_url"),
        "notify_url": settings.stripe_webhook_url
        or f"{parts.scheme}://{parts.netloc}{WEBHOOK_PATH}",
    }


def _field(name: str, default: str | None = None) -> str:
    value = request.form.get(name, default)
    if not value:
        raise BadInputError(name, f"Missing required param: {name}.")
    return value


def _url(name: str) -> str:
    value = _field(name)
    if not value.startswith(("http://", "https://")):
        raise BadInputError(name, f"Not a valid URL: {name}")
    return value


def _session(checkout: Checkout, base_url: str) -> dict[str, Any]:
    return {
        "id": f"cs_test_{checkout.id}",
        "object": "checkout.session",
        "mode": "payment",
        "livemode": False,
        "status": "open" if checkout.status == "open" else "complete",
        "payment_status": "unpaid" if checkout.status == "open" else "paid",
        "amount_total": checkout.amount,
        "currency": checkout.currency.lower(),
        "client_reference_id": checkout.reference,
        "created": int(checkout.created.timestamp()),
        "url": f"{base_url}/pay/{checkout.id}",
    }
