"""Executing a document: what each verb does to its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.voice.dial import dial
from sandbox.voice.gather import listen
from sandbox.voice.record import record
from sandbox.voice.script import Script, Step
from sandbox.voice.twiml.document import Verb
from sandbox.voice.twiml.speech import KEY_S, PLAY_S
from sandbox.voice.waits import Speaking

if TYPE_CHECKING:
    from sandbox.voice.line import Line

MOST_LOOPS = 1000
PICK_UP_S = 1.0


def execute(line: Line, script: Script) -> None:
    """Take one step, or do what follows the last one.

    An inbound call is answered by the first verb that is no Reject.
    """
    rejects = not script.over and script.steps[script.index].verb.name == "Reject"
    if line.call.inbound and line.call.answered_s is None and not rejects:
        line.note("us", "answer", "")
        line.call.elapsed += PICK_UP_S
        line.board.answered(line)
    if script.over:
        _LAST.get(script.purpose, _hang_up)(line)
        return
    step = script.take()
    _VERBS[step.verb.name](line, step)


def _say(line: Line, step: Step) -> None:
    verb = step.verb
    if not verb.text:
        return
    line.note(
        "us", "say", verb.text, language=verb.get("language"), voice=verb.get("voice"),
        seconds=verb.seconds,
    )  # fmt: skip
    line.rest(Speaking("say", _looped(verb, verb.seconds), step.gather))


def _play(line: Line, step: Step) -> None:
    verb = step.verb
    if digits := verb.get("digits"):
        line.note("us", "tones", digits)
        line.rest(Speaking("play", len(digits) * KEY_S, step.gather))
        return
    line.note("us", "play", verb.text)
    line.rest(Speaking("play", _looped(verb, PLAY_S), step.gather))


def _looped(verb: Verb, seconds: float) -> float:
    loops = int(verb.get("loop", "1"))
    return math.inf if loops == 0 else seconds * min(loops, MOST_LOOPS)


def _pause(line: Line, step: Step) -> None:
    line.rest(Speaking("pause", float(step.verb.get("length", "1")), step.gather))


def _redirect(line: Line, step: Step) -> None:
    assert line.script
    verb = step.verb
    url, method = line.script.absolute(verb.text), verb.get("method", "POST")
    if line.script.purpose == "wait":
        line.board.queues.round_over(line, (url, method))
    else:
        line.fetch(url, method, line.script.purpose)


def _hang_up(line: Line, step: Step | None = None) -> None:
    line.note("us", "hangup", "")
    line.end("completed")


def _reject(line: Line, step: Step) -> None:
    """Only a call that was not answered can be rejected (Twilio, "Reject")."""
    if line.call.status != "ringing":
        line.board.complain(line.call, 12200, "<Reject> after the call was answered does nothing")
        return
    busy = step.verb.get("reason") == "busy"
    line.note("us", "reject", "")
    line.end("busy" if busy else "no-answer", sip=486 if busy else 603)


def _leave(line: Line, step: Step) -> None:
    """Out of the queue; anywhere else it ends the call (Twilio, "Leave")."""
    assert line.script
    if line.script.purpose == "wait":
        line.board.queues.leave(line)
    else:
        _hang_up(line)


def _enqueue(line: Line, step: Step) -> None:
    assert line.script
    if line.script.purpose == "call":
        line.board.queues.enqueue(line, step.verb)
    else:
        line.board.complain(line.call, 12200, "<Enqueue> does not belong into this document")


def _start(line: Line, step: Step) -> None:
    """Begin to record the whole call and go on at once (Twilio, "Recording")."""
    assert line.script
    for noun in step.verb.children:
        callback = noun.get("recordingStatusCallback")
        line.board.recordings.start(
            line, "StartCallRecordingTwiML", line.script.absolute(callback) if callback else "",
            noun.get("recordingStatusCallbackMethod", "POST"),
            tuple(noun.get("recordingStatusCallbackEvent").split()),
            1 if noun.get("channels") == "mono" else 2, noun.get("track", "both"),
        )  # fmt: skip


def _connect(line: Line) -> None:
    """A whisper was heard: the parties may talk."""
    line.script = None
    line.connect()


_VERBS: dict[str, Callable[[Line, Step], None]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": lambda line, step: listen(line, step.verb),
    "Redirect": _redirect,
    "Hangup": _hang_up,
    "Reject": _reject,
    "Record": lambda line, step: record(line, step.verb),
    "Dial": lambda line, step: dial(line, step.verb),
    "Enqueue": _enqueue,
    "Leave": _leave,
    "Start": _start,
}
_LAST: dict[str, Callable[[Line], None]] = {
    "call": _hang_up,
    "whisper": _connect,
    "wait": lambda line: line.board.queues.round_over(line),
}
