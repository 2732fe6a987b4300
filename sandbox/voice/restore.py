"""Calls after a stop or a kill: their books come back from the log, their lines do not.

Who rang rings again. Who was talking was cut off: such a call is over, and its callback says so.
"""

from collections.abc import Callable
from typing import Any

from sandbox.journal import Entry
from sandbox.voice.automata import behave
from sandbox.voice.call import Call
from sandbox.voice.line import Line
from sandbox.voice.switchboard import Switchboard
from sandbox.voice.twiml.grammar import EVENTS
from sandbox.voice.waits import Ringing

_OF_THE_LOG = frozenset({"seq", "real", "kind", "sid", "at"})


def revive(board: Switchboard) -> None:
    """Go on with the calls that were alive."""
    for call in list(board.book.live.values()):
        line = board.lines[call.sid] = Line(board, call)
        if call.direction == "outbound-api" and call.status == "queued":
            line.post(lambda call=call: board.ring(call))  # type: ignore[misc]
        elif call.direction == "outbound-api" and call.status == "ringing":
            line.post(lambda line=line: _ring_on(line))  # type: ignore[misc]
        else:
            line.post(lambda line=line: _cut_off(line))  # type: ignore[misc]


def _ring_on(line: Line) -> None:
    line.rest(Ringing(float(line.call.order.timeout)))
    behave(line)


def _cut_off(line: Line) -> None:
    answered = line.call.answered_s is not None
    line.note("note", "cut off", "")
    line.end("completed" if answered else "canceled", sip=200 if answered else 487)


def _status(board: Switchboard, entry: Entry) -> None:
    call = board.book.by_sid.get(entry["sid"])
    if call:
        call.status, call.sip = entry["status"], entry["sip"]
        call.elapsed = entry["elapsed"]
        call.answered_s, call.ended_s = entry["answered_s"], entry["ended_s"]
        call.answered_by = entry["answered_by"]
        board.book.touch(call)


def _story(entry: Entry) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if name not in _OF_THE_LOG}
    return {"at": entry["at"], **kept}


def _said(board: Switchboard, entry: Entry) -> None:
    call = board.book.by_sid.get(entry["sid"])
    if call:
        call.transcript.append(_story(entry))
        call.elapsed = max(call.elapsed, entry["elapsed"])
        call.answered_by = entry["text"] if entry["what"] == "amd" else call.answered_by
        board.book.touch(call)


def _callback(board: Switchboard, entry: Entry) -> None:
    call = board.book.by_sid.get(entry["sid"])
    if call:
        call.callbacks.append(_story(entry))
        counts = entry["event"] in EVENTS and entry["note"] != "duplicate"
        call.sequence += 1 if counts else 0


def _list_of(name: str) -> Callable[[Switchboard, Entry], None]:
    def take_in(board: Switchboard, entry: Entry) -> None:
        call: Call | None = board.book.by_sid.get(entry["sid"])
        if call:
            getattr(call, name).append(_story(entry))

    return take_in


def _recording(board: Switchboard, entry: Entry) -> None:
    if entry["sid"] in board.book.by_sid:
        board.recordings.keep(entry)


CALL_READERS: dict[str, Callable[[Switchboard, Entry], object]] = {
    "call_status": _status,
    "call_said": _said,
    "call_callback": _callback,
    "call_turn": _list_of("turns"),
    "call_complaint": _list_of("complaints"),
    "recording": _recording,
    "recording_deleted": lambda board, entry: board.recordings.by_sid.pop(entry["recording"], None),
}
