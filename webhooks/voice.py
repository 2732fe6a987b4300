"""Twilio's webhooks of calls. Each is one short transaction; whatever goes wrong, the person on the
line hears a sentence and never silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from logging import getLogger
from typing import Protocol

from flask import Blueprint, Response, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from bot.carriers.twilio_codes import (
    answered_by,
    call_state_of,
    dead_line,
    ended_as,
    transfer_ended_as,
)
from bot.carriers.twilio_signature import TwilioSignature
from bot.domain.call.values import Heard, TransferEnd
from bot.domain.vocabulary import CallOutcome
from bot.flows.ports.calls import CallReport, RecordingReport
from webhooks.signed import ADDRESS, SID, STATUS, View, code, field, signed_by, token

_WORD = re.compile(r"[a-z_-]{1,30}")
_SIP = re.compile(r"[1-6][0-9]{2}")

#: More keys than any question takes, and more words than anybody says in one breath.
_MOST_KEYS, _MOST_WORDS = 40, 1000

_NO_TURN = -1

log = getLogger(__name__)


class Conversation(Protocol):
    """`bot.flows.converse.Conversation`."""

    def answer(self, token: str, sid: str) -> str: ...

    def inbound(self, sid: str, caller: str, to: str) -> str: ...

    def turn(self, sid: str, number: int, heard: Heard) -> str: ...

    def machine(self, token: str, sid: str, word: str, outcome: CallOutcome | None) -> None: ...

    def apologise(self, *, sid: str | None, token: str | None) -> str: ...

    def sorry(self) -> str: ...


class PutThrough(Protocol):
    """`bot.flows.put_through.PutThrough`."""

    def whisper(self, call_id: int) -> str: ...

    def accept(self, call_id: int) -> str: ...

    def wait(self, sid: str, waited: timedelta) -> str: ...

    def queue_end(self, sid: str, number: int, end: TransferEnd) -> str: ...

    def dial_end(self, sid: str, number: int, end: TransferEnd) -> str: ...


class Reports(Protocol):
    """`bot.flows.call_reports.CallReports`."""

    def report(self, report: CallReport) -> bool: ...


class Recordings(Protocol):
    """`bot.flows.recordings.Recordings`."""

    def report(self, report: RecordingReport) -> bool: ...


@dataclass(frozen=True)
class VoiceParts:
    """What the pages call."""

    conversation: Conversation
    put_through: PutThrough
    reports: Reports
    recordings: Recordings


def voice_pages(signature: TwilioSignature | None, parts: VoiceParts) -> Blueprint:
    """The blueprint, below `/webhooks/twilio/voice`."""
    pages = Blueprint("voice", __name__, url_prefix="/webhooks/twilio/voice")
    signed, spoken = signed_by(signature), _spoken(parts.conversation)
    _add_talk(pages, lambda view: signed(spoken(view)), parts)
    _add_transfers(pages, lambda view: signed(spoken(view)), parts.put_through)
    _add_reports(pages, signed, parts)
    return pages


def _spoken(conversation: Conversation) -> Callable[[Callable[[], str]], View]:
    """A view's document as TwiML; an apology when the view fails."""

    def spoken(view: Callable[[], str]) -> View:
        @wraps(view)
        def answered() -> Response:
            try:
                return _twiml(view())
            except HTTPException:
                raise
            except Exception:  # dead air is the one thing that must not happen
                log.exception("call_failed")
                return _twiml(_apology(conversation))

        return answered

    return spoken


def _apology(conversation: Conversation) -> str:
    sid = request.form.get("CallSid", "")
    try:
        return conversation.apologise(sid=sid if SID.fullmatch(sid) else None, token=token())
    except Exception:  # not even the hand-off could be written
        log.exception("apology_failed")
        return conversation.sorry()


def _add_talk(
    pages: Blueprint, spoken: Callable[[Callable[[], str]], View], parts: VoiceParts
) -> None:
    talk = parts.conversation

    @pages.post("/answer")
    @spoken
    def answer() -> str:
        attempt, sid = token(), field(request.form, "CallSid", SID)
        return talk.answer(attempt, sid) if attempt else talk.sorry()

    @pages.post("/inbound")
    @spoken
    def inbound() -> str:
        form = request.form
        caller, to = form.get("From", ""), field(form, "To", ADDRESS)
        return talk.inbound(field(form, "CallSid", SID), caller[:40], to)

    @pages.post("/turn")
    @spoken
    def turn() -> str:
        return talk.turn(field(request.form, "CallSid", SID), _number(), heard(request.form))

    @pages.post("/sorry")
    @spoken
    def sorry() -> str:
        return _apology(talk)


def _add_transfers(
    pages: Blueprint, spoken: Callable[[Callable[[], str]], View], put: PutThrough
) -> None:
    @pages.post("/whisper")
    @spoken
    def whisper() -> str:
        return put.whisper(_number("call"))

    @pages.post("/accept")
    @spoken
    def accept() -> str:
        return put.accept(_number("call"))

    @pages.post("/wait")
    @spoken
    def wait() -> str:
        waited = timedelta(seconds=_whole(request.form.get("QueueTime")) or 0)
        return put.wait(field(request.form, "CallSid", SID), waited)

    @pages.post("/queue-end")
    @spoken
    def queue_end() -> str:
        form = request.form
        end = transfer_ended_as(_word(form, "QueueResult"))
        return put.queue_end(field(form, "CallSid", SID), _number(), end)

    @pages.post("/dial-end")
    @spoken
    def dial_end() -> str:
        form = request.form
        bridged = form.get("DialBridged") != "false"
        end = transfer_ended_as(_word(form, "DialCallStatus"), bridged=bridged)
        return put.dial_end(field(form, "CallSid", SID), _number(), end)


def _add_reports(pages: Blueprint, signed: Callable[[View], View], parts: VoiceParts) -> None:
    @pages.post("/status")
    @signed
    def status() -> Response:
        parts.reports.report(_report(request.form))
        return Response(status=204)

    @pages.post("/amd")
    @signed
    def amd() -> Response:
        attempt, word = token(), _word(request.form, "AnsweredBy")
        sid = field(request.form, "CallSid", SID)
        if attempt:
            parts.conversation.machine(attempt, sid, word, answered_by(word))
        return Response(status=204)

    @pages.post("/recording")
    @signed
    def recording() -> Response:
        form = request.form
        if form.get("RecordingStatus", "completed") == "completed":
            parts.recordings.report(
                RecordingReport(
                    field(form, "RecordingSid", SID),
                    field(form, "CallSid", SID),
                    _whole(form.get("RecordingDuration")) or 0,
                )
            )
        return Response(status=204)


def heard(form: ImmutableMultiDict[str, str]) -> Heard:
    """What the carrier heard: a recording, keys, words, or nothing."""
    if form.get("RecordingSid") or form.get("RecordingUrl"):
        return Heard.recorded(_whole(form.get("RecordingDuration")) or 0)
    keys = "".join(key for key in form.get("Digits", "") if key in "0123456789*#")
    if keys:
        return Heard.digits(keys[:_MOST_KEYS])
    words = form.get("SpeechResult", "")[:_MOST_WORDS]
    return Heard.speech(words, _share(form.get("Confidence")))


def _report(form: ImmutableMultiDict[str, str]) -> CallReport:
    status, error = field(form, "CallStatus", STATUS), code(form, "ErrorCode")
    sip = form.get("SipResponseCode", "")
    return CallReport(
        sid=field(form, "CallSid", SID),
        status=status,
        state=call_state_of(status),
        outcome=ended_as(status, form.get("AnsweredBy")),
        token=token(),
        code=error or (f"sip {sip}" if _SIP.fullmatch(sip) and sip != "200" else None),
        dead=dead_line(status, sip, error),
        seconds=_whole(form.get("CallDuration")),
        answered_by=form.get("AnsweredBy") or None,
    )


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def _number(name: str = "turn") -> int:
    found = _whole(request.args.get(name))
    return _NO_TURN if found is None else found


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None


def _share(text: str | None) -> float:
    try:
        return min(max(float(text or 1), 0.0), 1.0)
    except ValueError:
        return 1.0


def _word(form: ImmutableMultiDict[str, str], name: str) -> str:
    value = form.get(name, "")
    return value if _WORD.fullmatch(value) else ""
