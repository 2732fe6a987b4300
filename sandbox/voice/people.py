"""People at handsets: they dial us, answer, press, speak, keep silent, and hang up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.bad_input import BadInputError
from sandbox.voice.amd import Callee
from sandbox.voice.automata import RING_S
from sandbox.voice.call import Call
from sandbox.voice.line import Line
from sandbox.voice.order import CallOrder
from sandbox.voice.waits import Ringing

if TYPE_CHECKING:
    from sandbox.voice.switchboard import Switchboard


class People:
    """Every act returns when the line waits again, or is over."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def dial(self, from_: str, to: str, live: bool = False) -> Call:
        """A handset calls one of our numbers. Raises BadInputError when there is nobody to ask."""
        numbers = self._board.numbers
        url = numbers.url_of(to)
        if not numbers.is_ours(to):
            raise BadInputError("to", f"{to} is none of SANDBOX_SENDERS", 409)
        if not url:
            raise BadInputError("to", f"{to} has no voice webhook; set SANDBOX_VOICE_URL", 409)
        order = CallOrder(
            to, from_, url, fallback_url=numbers.fallback_url, callback=numbers.status_url
        )
        call = self._board.enter("inbound", order)
        line = self._board.line_of(call)
        line.live_pace = live
        line.submit(lambda: self._board.turns.begin(line))
        return call

    def answer(self, sid: str, callee: Callee, live: bool = False) -> Call:
        """Somebody, or something, picks up. Raises BadInputError."""

        def work(line: Line) -> None:
            if not isinstance(line.wait, Ringing):
                raise _not_now(line, "it does not ring")
            line.live_pace = live
            line.call.elapsed += 0.0 if live else RING_S
            self._board.pick_up(line, callee)

        return self._act(sid, work)

    def decline(self, sid: str) -> Call:
        """The handset refuses: busy. Raises BadInputError."""
        return self._act(sid, lambda line: self._unanswered(line, "busy", 486))

    def ignore(self, sid: str) -> Call:
        """Nobody picks up until the ringing ends. Raises BadInputError."""

        return self._act(sid, ring_out)

    def _unanswered(self, line: Line, status: str, sip: int) -> None:
        if not isinstance(line.wait, Ringing):
            raise _not_now(line, "it does not ring")
        line.end(status, sip)

    def press(self, sid: str, keys: str) -> tuple[Call, bool]:
        """Press keys; whether anything listened. Raises BadInputError."""
        return self._input(sid, lambda line: bool(line.wait and line.wait.press(line, keys)))

    def speak(self, sid: str, text: str, confidence: float) -> tuple[Call, bool]:
        """Say something; whether anything listened. Raises BadInputError."""
        return self._input(
            sid, lambda line: bool(line.wait and line.wait.speak(line, text, confidence))
        )

    def silence(self, sid: str) -> tuple[Call, bool]:
        """Say nothing until what waits gives up; False when nothing waits for its time to end."""
        return self._input(sid, lambda line: bool(line.wait and line.wait.keep_silent(line)))

    def hang_up(self, sid: str) -> Call:
        """The person ends the call. Raises BadInputError."""

        def work(line: Line) -> None:
            if line.call.status == "ringing" and not line.call.inbound:
                raise _not_now(line, "it rings; decline it")
            line.catch_up()
            line.note("them", "hangup", "")
            line.end("completed" if line.call.answered_s is not None else "canceled")

        return self._act(sid, work)

    def _input(self, sid: str, work: Callable[[Line], bool]) -> tuple[Call, bool]:
        taken: list[bool] = []

        def guarded(line: Line) -> None:
            if line.call.answered_s is None:
                raise _not_now(line, "nobody has answered it")
            line.catch_up()
            line.documents = 0
            taken.append(work(line))

        call = self._act(sid, guarded)
        return call, bool(taken and taken[0])

    def _act(self, sid: str, work: Callable[[Line], None]) -> Call:
        call = self._board.find(sid)
        line = self._board.line_of(call)

        def guarded() -> None:
            if not call.live:
                raise _not_now(line, "it is over")
            work(line)

        line.submit(guarded)
        return call


def ring_out(line: Line) -> None:
    """Let it ring until it ends. Raises BadInputError when it does not ring."""
    if not isinstance(line.wait, Ringing):
        raise _not_now(line, "it does not ring")
    line.call.elapsed += line.wait.seconds
    line.wait.expire(line)


def _not_now(line: Line, why: str) -> BadInputError:
    return BadInputError("sid", f"call {line.call.sid} is {line.call.status}: {why}", 409)
