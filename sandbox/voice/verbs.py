"""Executing a document: what each verb does to its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.voice.gather import listen
from sandbox.voice.script import Script, Step
from sandbox.voice.twiml.document import Verb
from sandbox.voice.twiml.speech import KEY_S, PLAY_S
from sandbox.voice.waits import Speaking

if TYPE_CHECKING:
    from sandbox.voice.line import Line

MOST_LOOPS = 1000


def execute(line: Line, script: Script) -> None:
    """Take one step, or do what follows the last one."""
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
    url = line.script.absolute(verb.text)
    line.fetch(url, verb.get("method", "POST"), line.script.purpose)


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


def _not_here(line: Line, step: Step) -> None:
    line.board.complain(line.call, 12200, f"<{step.verb.name}> is not executed by the sandbox")


_VERBS: dict[str, Callable[[Line, Step], None]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": lambda line, step: listen(line, step.verb),
    "Redirect": _redirect,
    "Hangup": _hang_up,
    "Reject": _reject,
    "Record": _not_here,
    "Dial": _not_here,
    "Enqueue": _not_here,
    "Leave": _not_here,
    "Start": _not_here,
}
_LAST: dict[str, Callable[[Line], None]] = {"call": _hang_up}
