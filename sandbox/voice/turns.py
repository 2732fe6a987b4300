"""Fetching TwiML: the webhook of one turn, its fallback, and what is written down of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.delivery.poster import Posted
from sandbox.voice.call import Call
from sandbox.voice.fields import call_fields
from sandbox.voice.script import Script, script_of
from sandbox.voice.twiml.codes import TwimlError
from sandbox.voice.twiml.document import Document, read_answer, read_document

if TYPE_CHECKING:
    from sandbox.voice.line import Line
    from sandbox.voice.switchboard import Switchboard

APPLICATION_ERROR = "application error"
ASKED = (
    "Digits", "SpeechResult", "Confidence", "FinishedOnKey", "RecordingSid", "RecordingDuration",
    "DialCallStatus", "QueueResult", "QueuePosition", "AnsweredBy", "CallStatus",
)  # fmt: skip


class Turns:
    """Asks our webhooks what to do next."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def begin(self, line: Line) -> bool:
        """The call's first document: inline, or from its Url."""
        order = line.call.order
        if order.twiml:
            document = read_document(order.twiml.encode())
            self._complain(line.call, document)
            line.script = script_of(document, order.url, order.method)
            return True
        return line.fetch(order.url, order.method)

    def fetch(self, line: Line, url: str, method: str, purpose: str, extra: dict[str, str]) -> bool:
        """Make the answer of `url` the line's script; False when nobody gives one: the call ends."""
        fields = {**call_fields(line.call, self._board.account), **extra}
        try:
            script = self._ask(line.call, url, method, fields, purpose)
        except TwimlError as error:
            fallback = self._fall_back(line.call, url, fields, purpose, error)
            if fallback is None:
                line.note("note", APPLICATION_ERROR, str(error))
                line.end("completed" if line.call.answered_s is not None else "failed", sip=500)
                return False
            script = fallback
        if line.call.live:
            line.script = script
        return line.call.live

    def notify(self, line: Line, url: str, method: str, extra: dict[str, str]) -> None:
        """Tell an action URL of a call that is over; the answer has nobody to hear it."""
        fields = {**call_fields(line.call, self._board.account), **extra}
        posted = self._board.poster.ask(method, url, fields)
        self._note(line.call, url, method, fields, posted, None, [])

    def _fall_back(
        self, call: Call, url: str, fields: dict[str, str], purpose: str, error: TwimlError
    ) -> Script | None:
        order = call.order
        if not order.fallback_url:
            return None
        told = {**fields, "ErrorCode": str(error.code), "ErrorUrl": url}
        try:
            return self._ask(call, order.fallback_url, order.fallback_method, told, purpose)
        except TwimlError:
            return None

    def _ask(
        self, call: Call, url: str, method: str, fields: dict[str, str], purpose: str
    ) -> Script:
        """Raises TwimlError when the answer cannot be executed."""
        if not self._board.poster.may_post_to(url):
            error = TwimlError(11200, "the sandbox may not post there; see SANDBOX_CALLBACK_HOSTS")
            self._note(call, url, method, fields, None, error, [])
            raise error
        posted = self._board.poster.ask(method, url, fields)
        try:
            document = self._read(posted)
        except TwimlError as error:
            self._note(call, url, method, fields, posted, error, [])
            raise
        self._note(call, url, method, fields, posted, None, document.warnings)
        self._complain(call, document)
        self._repeat(call, url, method, fields)
        return script_of(document, url, method, purpose)

    def _read(self, posted: Posted) -> Document:
        if not posted.arrived:
            raise TwimlError(11200, posted.trouble or f"HTTP {posted.http}")
        return read_answer(posted.body, posted.content_type)

    def _repeat(self, call: Call, url: str, method: str, fields: dict[str, str]) -> None:
        """The fault `repeat`: the carrier posts the same webhook again and ignores the answer."""
        for rule in call.troubles:
            for _ in range(rule.copies - 1 if rule.effect == "repeat" else 0):
                posted = self._board.poster.ask(method, url, fields)
                self._note(call, url, method, fields, posted, None, [], note="repeated")

    def _complain(self, call: Call, document: Document) -> None:
        for complaint in document.warnings:
            self._board.complain(call, complaint.code, complaint.detail)

    def _note(
        self, call: Call, url: str, method: str, fields: dict[str, str], posted: Posted | None,
        error: TwimlError | None, warnings: list[Any], note: str = "",
    ) -> None:  # fmt: skip
        body = posted.body[:65_536].decode("utf-8", "replace") if posted else ""
        self._board.record(
            call, "call_turn", call.turns, url=url, method=method,
            asked={name: fields[name] for name in ASKED if name in fields},
            http=posted.http if posted else None,
            tries=posted.tries if posted else 0,
            ms=posted.ms if posted else 0,
            code=error.code if error else None,
            reason=error.detail if error else (posted.trouble if posted else None),
            warnings=[warning.to_json() for warning in warnings],
            twiml=body,
            note=note,
        )  # fmt: skip
