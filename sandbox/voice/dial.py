"""Dial: ring somebody else, let a whisper be heard there first, connect, and tell how it went."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sandbox.numbers import E164, is_dialable
from sandbox.voice.bridge import Ending, connect, in_step
from sandbox.voice.order import CallOrder
from sandbox.voice.recordings import Recording
from sandbox.voice.script import Script
from sandbox.voice.twiml.document import Verb
from sandbox.voice.waits import Ringing, Wait

if TYPE_CHECKING:
    from sandbox.voice.line import Line

MOST_NUMBERS = 10
RING_S = "30"
NO_RECORD = {"do-not-record", "false", ""}


def dial(line: Line, verb: Verb) -> None:
    """Execute a Dial. A party before the connection may not dial (Twilio, 13201)."""
    assert line.script
    board = line.board
    if line.script.purpose != "call":
        board.complain(line.call, 13201, "a whisper or a queue's music cannot dial")
        return
    nouns = verb.children or (Verb("Number", {}, verb.text),)
    dialing = Dialing(verb, line.script)
    if nouns[0].name == "Queue":
        board.queues.serve(line, dialing, nouns[0])
        return
    if nouns[0].name != "Number":
        board.complain(line.call, 12200, f"<{nouns[0].name}> is not dialled by the sandbox")
        dialing.over(line, "failed")
        return
    orders = [order for noun in nouns[:MOST_NUMBERS] if (order := _order(line, verb, noun))]
    if not orders:
        dialing.over(line, "failed")
        return
    line.rest(dialing)
    for order in orders:
        dialing.ring(line, order)


def _order(line: Line, verb: Verb, noun: Verb) -> CallOrder | None:
    """The call to make, or None after a complaint."""
    assert line.script
    board, to = line.board, noun.text.replace(" ", "")
    caller = verb.get("callerId") or line.call.order.shown_from
    known = {line.call.order.shown_from, line.call.order.to}
    if "callerId" in verb.bad or not (caller in known or board.numbers.is_ours(caller)):
        board.complain(line.call, 13214, f"callerId {caller!r} is none of our numbers")
        return None
    if not E164.fullmatch(to):
        board.complain(line.call, 13223, f"<Number>{noun.text}</Number>")
        return None
    if not is_dialable(to):
        board.complain(line.call, 13224, f"<Number>{noun.text}</Number>")
        return None
    absolute = line.script.absolute
    return CallOrder(
        to, caller,
        url=absolute(noun.get("url")) if noun.get("url") else "",
        method=noun.get("method", "POST"),
        callback=absolute(noun.get("statusCallback")) if noun.get("statusCallback") else "",
        callback_method=noun.get("statusCallbackMethod", "POST"),
        callback_events=tuple(noun.get("statusCallbackEvent").split()),
        timeout=verb.get("timeout", RING_S),
        time_limit=verb.get("timeLimit", "14400"),
        detection=noun.get("machineDetection"),
        async_amd="true" if noun.get("amdStatusCallback") else "false",
        amd_callback=absolute(noun.get("amdStatusCallback")) if noun.get("amdStatusCallback") else "",
    )  # fmt: skip


class Dialing(Wait):
    """Waiting for somebody to answer; later for the talk to end."""

    kind = "dial"

    def __init__(self, verb: Verb, script: Script, seconds: float = math.inf) -> None:
        super().__init__(seconds)
        self.verb = verb
        self.script = script
        self.legs: list[Line] = []
        self.talked: Line | None = None
        self.talk_from_s = 0.0
        self.recording: Recording | None = None

    # ── ringing out ─────────────────────────────────────────────────────────────────────────────
    def ring(self, line: Line, order: CallOrder) -> None:
        """Call one number; what becomes of it comes back to the dialling line."""
        board = line.board
        trouble = board.faults.take("call", order.to, order.from_)
        call = board.enter("outbound-dial", order, line.call.sid, trouble, created=line.call.moment)
        leg = board.line_of(call)
        leg.live_pace = line.live_pace
        leg.begin = lambda: self._answered(line, leg)
        leg.connect = lambda: line.tell(lambda: self._connect(line, leg))
        leg.on_end.append(lambda: line.tell(lambda: self._leg_over(line, leg)))
        self.legs.append(leg)
        line.note("note", "dial", order.to, leg=call.sid)
        leg.tell(lambda: board.ring(call))

    def _answered(self, line: Line, leg: Line) -> None:
        """One picked up: the others stop ringing, and it hears its whisper before the connection."""
        for other in self.legs:
            if other is not leg and other.call.answered_s is None:
                other.tell(lambda other=other: other.end("canceled", sip=487))  # type: ignore[misc]
        if leg.call.order.url:
            leg.fetch(leg.call.order.url, leg.call.order.method, "whisper")
        else:
            leg.connect()

    def _connect(self, line: Line, leg: Line) -> None:
        if line.wait is not self or not leg.call.live:
            leg.tell(lambda: leg.end("completed"))
            return
        in_step(line, leg)
        self.begin_talk(line, leg)
        ending = Ending(lambda leg: leg.end("completed"), lambda leg: None)
        star = self.verb.get("hangupOnStar") == "true"
        connect(line, self.ending(), leg, ending, star)

    def begin_talk(self, line: Line, partner: Line) -> None:
        """From here on the two are connected."""
        self.talked = partner
        self.talk_from_s = line.call.elapsed
        if self.verb.get("record") not in NO_RECORD:
            callback = self.verb.get("recordingStatusCallback")
            self.recording = line.board.recordings.start(
                line, "DialVerb", self.script.absolute(callback) if callback else "",
                self.verb.get("recordingStatusCallbackMethod", "POST"),
                tuple(self.verb.get("recordingStatusCallbackEvent").split()),
                2 if self.verb.get("record").endswith("dual") else 1,
            )  # fmt: skip

    def ending(self) -> Ending:
        """What the dialling line does after the talk."""
        return Ending(lambda line: self.over(line, "completed"), self._gone)

    def _leg_over(self, line: Line, leg: Line) -> None:
        """A number did not answer, or left before it was connected."""
        if line.wait is not self or not line.call.live:
            return
        if any(other.call.live for other in self.legs):
            return
        in_step(line, leg)
        self.over(line, leg.call.status)

    def keep_silent(self, line: Line) -> bool:
        """Let all numbers ring out."""
        ringing = [leg for leg in self.legs if isinstance(leg.wait, Ringing)]
        for leg in ringing:
            leg.tell(lambda leg=leg: _ring_out(leg))  # type: ignore[misc]
        return bool(ringing) or super().keep_silent(line)

    # ── how it went ─────────────────────────────────────────────────────────────────────────────
    def expire(self, line: Line) -> None:
        """Nobody came (a queue that stayed empty)."""
        line.board.queues.stop_serving(line)
        self.over(line, "no-answer")

    def over(self, line: Line, status: str) -> None:
        """Tell the action and follow its answer, or go on with the document."""
        told = self._told(line, status)
        line.wait_over()
        action = self.verb.get("action")
        if action:
            line.fetch(self.script.absolute(action), self.verb.get("method", "POST"), extra=told)
        else:
            line.script = self.script

    def hung_up(self, line: Line) -> None:
        """The caller went while it rang."""
        self.abandoned(line)
        self._gone(line)

    def abandoned(self, line: Line) -> None:
        """Stop ringing; who listens to a whisper is let go."""
        line.board.queues.stop_serving(line)
        for leg in self.legs:
            answered = leg.call.answered_s is not None
            status, sip = ("completed", 200) if answered else ("canceled", 487)
            leg.tell(lambda leg=leg, status=status, sip=sip: leg.end(status, sip))  # type: ignore[misc]

    def _gone(self, line: Line) -> None:
        told = self._told(line, "completed" if self.talked else "canceled")
        if action := self.verb.get("action"):
            url = self.script.absolute(action)
            line.board.turns.notify(line, url, self.verb.get("method", "POST"), told)

    def _told(self, line: Line, status: str) -> dict[str, str]:
        told = {"DialCallStatus": status, "DialBridged": "true" if self.talked else "false"}
        leg = self.talked or next((leg for leg in self.legs), None)
        if leg:
            told["DialCallSid"] = leg.call.sid
        if self.talked:
            told["DialCallDuration"] = str(math.ceil(line.call.elapsed - self.talk_from_s))
        if self.recording:
            line.board.recordings.finish(line, self.recording)
            told["RecordingUrl"] = line.board.recordings.url(self.recording)
        return told


def _ring_out(leg: Line) -> None:
    if isinstance(leg.wait, Ringing):
        leg.call.elapsed += leg.wait.seconds
        leg.wait.expire(leg)
