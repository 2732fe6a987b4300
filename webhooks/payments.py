"""Payment providers' notifications: verified, stored and acted on in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, request

from bot.flows.ports.money import PaymentNotice
from bot.payments.sandbox_provider import (
    ForgedNoticeError,
    MalformedNoticeError,
    SandboxProvider,
)


def payment_pages(
    sandbox: SandboxProvider | None, settle: Callable[[PaymentNotice], str]
) -> Blueprint:
    """The blueprint; a provider that is not configured is refused.

    `settle` returns what became of the notice; whatever that is, it is stored and answered 200,
    so that the provider stops repeating it.
    """
    pages = Blueprint("payments", __name__, url_prefix="/webhooks/payments")

    @pages.post("/sandbox")
    def from_sandbox() -> Response:
        if sandbox is None:
            abort(404)
        signature = request.headers.get("X-Sandbox-Signature", "")
        try:
            notice = sandbox.notice(request.get_data(), signature)
        except ForgedNoticeError:
            abort(403)
        except MalformedNoticeError as wrong:
            abort(400, f"notification not understood: {wrong}")
        return Response(settle(notice), mimetype="text/plain")

    return pages
