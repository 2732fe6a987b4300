"""The provider's API, `/sandbox/pay/v1`, with a bearer key."""

import hmac

from flask import Blueprint, Response, request

from sandbox.bad_input import BadInputError, json_object
from sandbox.pay.till import Till
from sandbox.rest.door import document
from sandbox.settings import Settings


def provider_api(settings: Settings, till: Till) -> Blueprint:
    """The blueprint."""
    bp = Blueprint("provider", __name__, url_prefix="/sandbox/pay/v1")

    @bp.before_request
    def check_key() -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(key.strip().encode(), settings.pay_key.encode())
        if scheme.lower() != "bearer" or not right:
            raise BadInputError("Authorization", "send the key as a bearer token", 401)

    @bp.post("/checkouts")
    def create() -> Response:
        key = request.headers.get("Idempotency-Key", "")
        return document(till.open(json_object(), key).to_json(settings.base_url), 201)

    @bp.get("/checkouts/<checkout_id>")
    def fetch(checkout_id: str) -> Response:
        return document(till.find(checkout_id).to_json(settings.base_url))

    @bp.post("/checkouts/<checkout_id>/refunds")
    def refund(checkout_id: str) -> Response:
        checkout = till.refund(checkout_id, json_object().get("amount"))
        return document(checkout.to_json(settings.base_url), 201)

    return bp
