"""Twilio's webhooks of calls that collectors place. Whatever goes wrong, the line is let go and nobody
is dialled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from logging import getLogger
from typing import Protocol

from flask import Blueprint, Response, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from bot.carriers.twilio_codes import call_state_of, dead_line, ended_as
from bot.carriers.twilio_signature import TwilioSignature
from bot.flows.ports.calls import CallReport
from webhooks.signed import SID, STATUS, View, code, field, signed_by, token

_HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'

#: Of `<Dial>`: it could not be dialled at all, so there is no call to name.
_NO_CALL = "CA" + "0" * 32

_LONGEST = 9  #: digits of a length in seconds

log = getLogger(__name__)


class DeskCalls(Protocol):
    """`bot.flows.desk_calls.DeskCalls`."""

    def answered(self, token: str, sid: str) -> str: ...

    def keyed(self, token: str, keys: str) -> str: ...

    def reported(self, report: CallReport) -> bool: ...

    def ended(self, report: CallReport) -> str: ...


def desk_voice_pages(signature: TwilioSignature | None, calls: DeskCalls) -> Blueprint:
    """The blueprint, below `/webhooks/twilio/voice/desk`."""
    pages = Blueprint("desk_voice", __name__, url_prefix="/webhooks/twilio/voice/desk")
    signed = signed_by(signature)

    @pages.post("/answer")
    @signed
    @_spoken
    def answer() -> str:
        return calls.answered(_token(), field(request.form, "CallSid", SID))

    @pages.post("/key")
    @signed
    @_spoken
    def key() -> str:
        return calls.keyed(_token(), request.form.get("Digits", "")[:1])

    @pages.post("/leg")
    @signed
    def leg() -> Response:
        form = request.form
        sid, status = field(form, "CallSid", SID), field(form, "CallStatus", STATUS)
        calls.reported(_report(form, sid, status, "CallDuration"))
        return Response(status=204)

    @pages.post("/end")
    @signed
    @_spoken
    def end() -> str:
        form = request.form
        sid, status = form.get("DialCallSid", ""), field(form, "DialCallStatus", STATUS)
        known = sid if SID.fullmatch(sid) else _NO_CALL
        return calls.ended(_report(form, known, status, "DialCallDuration"))

    return pages


def _spoken(view: Callable[[], str]) -> View:
    """A view's document as TwiML; the line is let go when the view fails."""

    @wraps(view)
    def answered() -> Response:
        try:
            document = view()
        except HTTPException:
            raise
        except Exception:  # the collector looks at the page; the debtor must not be rung by half
            log.exception("desk_call_failed")
            document = _HANG_UP
        return Response(document, mimetype="text/xml")

    return answered


def _token() -> str:
    return token() or ""


def _report(form: ImmutableMultiDict[str, str], sid: str, status: str, length: str) -> CallReport:
    """How the debtor's side stands."""
    sip, error, seconds = form.get("SipResponseCode", ""), code(form, "ErrorCode"), form.get(length)
    told = seconds and seconds.isascii() and seconds.isdigit() and len(seconds) <= _LONGEST
    return CallReport(
        sid=sid,
        status=status,
        state=call_state_of(status),
        outcome=ended_as(status, None),
        token=token(),
        code=error,
        dead=dead_line(status, sip, error),
        seconds=int(seconds) if seconds and told else None,
    )
