"""Control API: pay, fail and refund checkouts unattended; spoil their notifications."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from sandbox.bad_input import BadInputError, flag_of, json_object, number_of
from sandbox.control.traffic import whole
from sandbox.exchange import Exchange
from sandbox.pay.checkout import Checkout
from sandbox.pay.notices import Manner
from sandbox.rest.door import document


def payments_api(exchange: Exchange) -> Blueprint:
    """The blueprint."""
    bp = Blueprint("payments", __name__)
    till, notices, base_url = exchange.till, exchange.notices, exchange.settings.base_url

    def shown(checkout: Checkout) -> dict[str, Any]:
        return {**checkout.to_json(base_url), "events": till.events(checkout.id)}

    @bp.get("/checkouts")
    def checkouts() -> Response:
        kept = list(till.checkouts.values())
        after = whole("after", 0)
        return document({"checkouts": [shown(c) for c in kept[after:]], "next": len(kept)})

    @bp.get("/checkouts/<checkout_id>")
    def checkout(checkout_id: str) -> Response:
        return document(shown(till.find(checkout_id)))

    @bp.post("/checkouts/<checkout_id>/pay")
    def pay(checkout_id: str) -> Response:
        return document(shown(till.pay(checkout_id)))

    @bp.post("/checkouts/<checkout_id>/fail")
    def fail(checkout_id: str) -> Response:
        return document(shown(till.fail(checkout_id)))

    @bp.post("/checkouts/<checkout_id>/refund")
    def refund(checkout_id: str) -> Response:
        return document(shown(till.refund(checkout_id, json_object().get("amount"))))

    @bp.post("/checkouts/<checkout_id>/dispute")
    def dispute(checkout_id: str) -> Response:
        return document(shown(till.dispute(checkout_id)))

    @bp.post("/checkouts/<checkout_id>/reinstate")
    def reinstate(checkout_id: str) -> Response:
        return document(shown(till.reinstate(checkout_id)))

    @bp.get("/merchant")
    def merchant() -> Response:
        """The account at each provider, as settings of whoever takes money here."""
        return document(exchange.keyring.settings(base_url))

    @bp.post("/checkouts/<checkout_id>/notify")
    def notify(checkout_id: str) -> Response:
        times = int(number_of(json_object(), "times", 1, 1, 100))
        found, events = till.find(checkout_id), till.events(checkout_id)
        if not events:
            raise BadInputError("id", "nothing to notify: it was neither paid nor refunded", 409)
        notices.repeat(found.notify_url, events[-1], times)
        return document(shown(found))

    @bp.get("/notifications")
    def manner() -> Response:
        return document({**asdict(notices.manner), "held": notices.held()})

    @bp.put("/notifications")
    def set_manner() -> Response:
        notices.manner = _manner(json_object())
        exchange.journal.write("notifications", **asdict(notices.manner))
        return manner()

    @bp.post("/notifications/release")
    def release() -> Response:
        return document({"released": notices.release(flag_of(json_object(), "reverse"))})

    return bp


def _manner(body: dict[str, Any]) -> Manner:
    unknown = set(body) - {"hold", "copies", "delay_ms", "virtual"}
    if unknown:
        raise BadInputError(min(unknown), "known are hold, copies, delay_ms, virtual")
    return Manner(
        hold=flag_of(body, "hold"),
        copies=int(number_of(body, "copies", 1, 1, 100)),
        delay_s=number_of(body, "delay_ms", 0, 0, 86_400_000) / 1000,
        virtual=flag_of(body, "virtual"),
    )
