"""Twilio's webhooks: inbound SMS and message status.

Each is verified against the configured public URL, validated, stored, and only then answered; a
repeat gets the same answer and changes nothing. Unknown parameters are signed over and ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Protocol

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import ImmutableMultiDict

from bot.carriers.twilio_codes import kind_of, state_of
from bot.carriers.twilio_signature import TwilioSignature
from bot.domain.vocabulary import Channel
from bot.flows.ports.delivering import DeliveryReport
from bot.flows.ports.receiving import InboundMessage

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

#: Twilio's identifiers: two letters and 32 hexadecimal digits.
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_ADDRESS = re.compile(r"\+?[0-9A-Za-z]{1,20}")
_STATUS = re.compile(r"[a-z-]{1,20}")
_CODE = re.compile(r"[0-9]{1,6}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")

#: Twilio's limit for a message body; longer ones are cut, never refused.
_LONGEST_BODY = 1600


class Inbox(Protocol):
    """Stores inbound messages (`bot.flows.inbox.Inbox`)."""

    def store(self, message: InboundMessage) -> bool:
        """True when new."""
        ...


class Reports(Protocol):
    """Records status reports (`bot.flows.delivery.Delivery`)."""

    def report(self, report: DeliveryReport) -> bool:
        """True when news."""
        ...


View = Callable[[], Response]


def twilio_pages(signature: TwilioSignature | None, inbox: Inbox, reports: Reports) -> Blueprint:
    """The blueprint; without a `signature` (no account configured) everything is refused."""
    pages = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")

    def signed(view: View) -> View:
        @wraps(view)
        def checked() -> Response:
            given = request.headers.get("X-Twilio-Signature", "")
            url = _signed_path()
            if signature is None or not signature.is_valid(url, request.form, given):
                abort(403)
            return view()

        return checked

    @pages.post("/sms")
    @signed
    def sms() -> Response:
        inbox.store(_message(request.form))
        return Response(EMPTY_TWIML, mimetype="text/xml")

    @pages.post("/status")
    @signed
    def status() -> Response:
        reports.report(_report(request.form, request.args.get("attempt")))
        return Response(status=204)

    return pages


def _signed_path() -> str:
    """Path and query as they were requested."""
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _message(form: ImmutableMultiDict[str, str]) -> InboundMessage:
    return InboundMessage(
        sid=_field(form, "MessageSid", _SID),
        channel=Channel.SMS,
        sender=_field(form, "From", _ADDRESS),
        to=_field(form, "To", _ADDRESS),
        body=form.get("Body", "")[:_LONGEST_BODY],
        opt_out_type=_opt_out_type(form),
    )


def _opt_out_type(form: ImmutableMultiDict[str, str]) -> str | None:
    said = form.get("OptOutType", "").upper()
    return said if said in {"STOP", "START", "HELP"} else None


def _report(form: ImmutableMultiDict[str, str], token: str | None) -> DeliveryReport:
    status = _field(form, "MessageStatus", _STATUS)
    code = form.get("ErrorCode") or None
    if code is not None and not _CODE.fullmatch(code):
        code = None
    return DeliveryReport(
        sid=_field(form, "MessageSid", _SID),
        status=status,
        state=state_of(status),
        token=token if token and _TOKEN.fullmatch(token) else None,
        code=code,
        kind=kind_of(code),
    )


def _field(form: ImmutableMultiDict[str, str], name: str, shape: re.Pattern[str]) -> str:
    """A required field of the expected shape; anything else is answered with 400."""
    value = form.get(name, "")
    if not shape.fullmatch(value):
        abort(400, f"{name} is missing or malformed")
    return value
