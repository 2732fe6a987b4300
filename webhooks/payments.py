"""Payment providers' notifications: verified, stored and acted on in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, request

from bot.flows.ports.money import PaymentNotice
from bot.flows.ports.paying import PaymentProvider
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError


def payment_pages(
    providers: Mapping[str, PaymentProvider], settle: Callable[[PaymentNotice], str]
) -> Blueprint:
    """The blueprint: `/webhooks/payments/<provider>`; one that is not configured is refused.

    `settle` returns what became of the notice; whatever that is, it is stored, so the provider
    hears what makes it stop repeating.
    """
    pages = Blueprint("payments", __name__, url_prefix="/webhooks/payments")

    @pages.post("/<name>")
    def told(name: str) -> Response:
        provider = providers.get(name)
        if provider is None:
            abort(404)
        try:
            notice = provider.notice(dict(request.headers), request.get_data())
        except ForgedNoticeError:
            abort(403)
        except MalformedNoticeError as wrong:
            abort(400, f"notification not understood: {wrong}")
        if notice is not None:
            settle(notice)
        known = provider.acknowledgement
        return Response(known.body, mimetype=known.mimetype)

    return pages
