"""What a line waits for, and what it makes of keys, words, silence and the end of time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.voice.line import Line
    from sandbox.voice.twiml.document import Verb


class Wait:
    """A line at rest. `seconds` are left until `expire`; infinite means it ends by others only.

    `passing`: it ends by itself even when a line is driven step by step. `clocked`: it ends on the
    sandbox's clock as well.
    """

    kind = "waiting"
    passing = False
    clocked = False

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds

    def to_json(self) -> dict[str, Any]:
        """As the control API and the handset see it."""
        left = None if math.isinf(self.seconds) else round(self.seconds, 2)
        return {"kind": self.kind, "accepts": self.accepts(), "seconds": left}

    def accepts(self) -> list[str]:
        """`dtmf`, `speech`, both or neither."""
        return []

    def press(self, line: Line, keys: str) -> bool:
        """Keys were pressed; False when nothing listens."""
        return False

    def speak(self, line: Line, text: str, confidence: float) -> bool:
        """Words were said; False when nothing listens."""
        return False

    def keep_silent(self, line: Line) -> bool:
        """Nobody says anything until it ends; False when only others can end it."""
        if math.isinf(self.seconds):
            return False
        if line.pass_time(self.seconds) and line.wait is self:
            self.expire(line)
        return True

    def expire(self, line: Line) -> None:
        """The time is over."""
        line.wait_over()

    def hung_up(self, line: Line) -> None:
        """The call ended while it waited here."""

    def abandoned(self, line: Line) -> None:
        """The call was redirected while it waited here."""


class Ringing(Wait):
    """The handset rings; nobody has answered yet."""

    kind = "ringing"
    clocked = True

    def expire(self, line: Line) -> None:
        """Nobody came."""
        line.end("no-answer", sip=487)


class Speaking(Wait):
    """Something is said or played, or it is quiet for a while (`kind` tells)."""

    passing = True

    def __init__(self, kind: str, seconds: float, gather: Verb | None = None) -> None:
        super().__init__(seconds)
        self.kind = kind
        self.gather = gather
        self.passing = not math.isinf(seconds)

    def accepts(self) -> list[str]:
        """What the Gather around it accepts, for it may be interrupted."""
        if self.gather is None or self.gather.bad & {"language", "input"}:
            return []
        return sorted(set(self.gather.get("input", "dtmf").split()))

    def press(self, line: Line, keys: str) -> bool:
        """A key inside a Gather cuts the prompt short."""
        if "dtmf" not in self.accepts():
            return False
        return self._interrupt(line).press(line, keys)

    def speak(self, line: Line, text: str, confidence: float) -> bool:
        """Speech inside a Gather cuts the prompt short, unless `bargeIn` is false."""
        barges = self.gather is not None and self.gather.get("bargeIn", "true") == "true"
        if "speech" not in self.accepts() or not barges:
            return False
        return self._interrupt(line).speak(line, text, confidence)

    def _interrupt(self, line: Line) -> Wait:
        assert self.gather
        line.note("note", "cut", "")
        line.skip_to(self.gather)
        assert line.wait
        return line.wait
