"""Twilio's webhooks: inbound SMS and message status.

Each is verified against the configured public URL, validated, stored, and only then answered; a
repeat gets the same answer and changes nothing. Unknown parameters are signed over and ignored.
"""

from __future__ import annotations

from typing import Protocol

from flask import Blueprint, Response, request
from werkzeug.datastructures import ImmutableMultiDict

from bot.carriers.twilio_codes import kind_of, state_of
from bot.carriers.twilio_signature import TwilioSignature
from bot.domain.vocabulary import Channel
from bot.flows.ports.delivering import DeliveryReport
from bot.flows.ports.receiving import InboundMessage
from webhooks.signed import ADDRESS, SID, STATUS, code, field, signed_by, token

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

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


def twilio_pages(signature: TwilioSignature | None, inbox: Inbox, reports: Reports) -> Blueprint:
    """The blueprint; without a `signature` (no account configured) everything is refused."""
    pages = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")

    signed = signed_by(signature)

    @pages.post("/sms")
    @signed
    def sms() -> Response:
        inbox.store(_message(request.form))
        return Response(EMPTY_TWIML, mimetype="text/xml")

    @pages.post("/status")
    @signed
    def status() -> Response:
        reports.report(_report(request.form))
        return Response(status=204)

    return pages


def _message(form: ImmutableMultiDict[str, str]) -> InboundMessage:
    return InboundMessage(
        sid=field(form, "MessageSid", SID),
        channel=Channel.SMS,
        sender=field(form, "From", ADDRESS),
        to=field(form, "To", ADDRESS),
        body=form.get("Body", "")[:_LONGEST_BODY],
        opt_out_type=_opt_out_type(form),
    )


def _opt_out_type(form: ImmutableMultiDict[str, str]) -> str | None:
    said = form.get("OptOutType", "").upper()
    return said if said in {"STOP", "START", "HELP"} else None


def _report(form: ImmutableMultiDict[str, str]) -> DeliveryReport:
    status, error = field(form, "MessageStatus", STATUS), code(form, "ErrorCode")
    return DeliveryReport(
        sid=field(form, "MessageSid", SID),
        status=status,
        state=state_of(status),
        token=token(),
        code=error,
        kind=kind_of(error),
    )
