"""Answering-machine detection: what answers, when that is known, and who is told.

Times are of the kind Twilio states for its detection ("Answering Machine Detection"): a person is
recognised by a short greeting, a machine by a long one; `DetectMessageEnd` waits for the beep or for
the silence after the greeting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.voice.fields import detection_fields
from sandbox.voice.twiml.speech import spoken_seconds
from sandbox.voice.waits import Speaking

if TYPE_CHECKING:
    from sandbox.voice.line import Line

HUMAN_S = 2.4
FAX_S = 3.0
MACHINE_S = 4.0
BEEP_AFTER_S = 0.8
SILENCE_AFTER_S = 2.0


@dataclass(frozen=True)
class Callee:
    """What picks up: `kind` human, machine, fax or unknown; a machine's greeting and its beep."""

    kind: str = "human"
    greeting: str = ""
    beep: bool = True

    def verdict(self, mode: str, timeout_s: float) -> tuple[str, float]:
        """`AnsweredBy` and the seconds from answer until it is known."""
        if self.kind == "human":
            return "human", HUMAN_S
        if self.kind == "fax":
            return "fax", FAX_S
        if self.kind == "unknown":
            return "unknown", timeout_s
        if mode == "Enable":
            return "machine_start", MACHINE_S
        greeting = spoken_seconds(self.greeting)
        ending = "beep" if self.beep else "silence"
        wait = greeting + (BEEP_AFTER_S if self.beep else SILENCE_AFTER_S)
        if max(wait, MACHINE_S) > timeout_s:
            return "unknown", timeout_s
        return f"machine_end_{ending}", max(wait, MACHINE_S)


def detect(line: Line, callee: Callee, extra_s: float = 0.0) -> None:
    """Begin the call, before or while it is found out who answered."""
    order = line.call.order
    if not order.detection:
        line.begin()
        return
    verdict, seconds = callee.verdict(order.detection, float(order.detection_timeout))
    seconds += extra_s
    if order.detects_first:
        line.after(seconds, lambda: _know(line, verdict))
        line.rest(_Detecting(seconds))
        return
    line.after(seconds, lambda: _tell(line, verdict, seconds))
    line.begin()


class _Detecting(Speaking):
    """Silence while the answer is classified; then the call begins."""

    def __init__(self, seconds: float) -> None:
        super().__init__("detecting", seconds)

    def expire(self, line: Line) -> None:
        """The call's first document."""
        line.wait_over()
        line.begin()


def _know(line: Line, verdict: str) -> None:
    line.call.answered_by = verdict
    line.note("note", "amd", verdict)


def _tell(line: Line, verdict: str, seconds: float) -> None:
    order = line.call.order
    _know(line, verdict)
    fields = detection_fields(line.call, line.board.account, seconds)
    line.board.events.post(line.call, order.amd_method, order.amd_callback, "amd", fields)
