"""Two lines connected: what one says the other hears, and when one goes the other goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.voice.twiml.speech import spoken_seconds
from sandbox.voice.waits import Wait

if TYPE_CHECKING:
    from sandbox.voice.line import Line


def connect(
    one: Line, over_one: Ending, other: Line, over_other: Ending, hangup_on_star: bool = False
) -> None:
    """Let two lines talk. To be called on `one`'s thread; the `Ending`s say what each does after.

    `hangup_on_star`: a star pressed on `one` ends the talk.
    """
    in_step(one, other)
    one.rest(Bridged(other, over_one, hangup_on_star))
    one.note("note", "connected", other.call.handset)

    def join() -> None:
        if other.call.live and one.call.live:
            in_step(other, one)
            other.rest(Bridged(one, over_other))
            other.note("note", "connected", one.call.handset)

    other.tell(join)


def in_step(line: Line, with_: Line) -> None:
    """Bring a line's time up to another's: they wait for each other."""
    behind = (with_.call.moment - line.call.moment).total_seconds()
    line.call.elapsed += max(0.0, behind)


class Ending:
    """What a line does when the talk is over: `partner_gone` while it lives on, `self_gone` if not."""

    def __init__(
        self, partner_gone: Callable[[Line], None], self_gone: Callable[[Line], None]
    ) -> None:
        self.partner_gone = partner_gone
        self.self_gone = self_gone


class Bridged(Wait):
    """Talking to somebody; ends when either side hangs up."""

    kind = "bridge"

    def __init__(self, partner: Line, ending: Ending, hangup_on_star: bool = False) -> None:
        super().__init__()
        self.partner = partner
        self.ending = ending
        self.hangup_on_star = hangup_on_star

    def accepts(self) -> list[str]:
        """Words; keys are tones to the other side."""
        return ["dtmf", "speech"]

    def press(self, line: Line, keys: str) -> bool:
        """A tone on the other side; `*` may end the talk."""
        line.note("them", "press", keys)
        if self.hangup_on_star and "*" in keys:
            line.wait_over()
            self._part(line, self.ending.partner_gone)
        return True

    def speak(self, line: Line, text: str, confidence: float) -> bool:
        """The other side hears it."""
        line.note("them", "speak", text)
        line.call.elapsed += spoken_seconds(text)
        partner = self.partner

        def hear() -> None:
            if partner.call.live:
                in_step(partner, line)
                partner.note("other", "speak", text)

        partner.tell(hear)
        return True

    def hung_up(self, line: Line) -> None:
        """This side went."""
        self._part(line, self.ending.self_gone)

    def abandoned(self, line: Line) -> None:
        """This side was called away; the other is alone."""
        self._part(line, lambda line: None)

    def _part(self, line: Line, then: Callable[[Line], None]) -> None:
        partner = self.partner
        partner.tell(lambda: _left_alone(partner, line))
        then(line)


def _left_alone(partner: Line, gone: Line) -> None:
    wait = partner.wait
    if not (partner.call.live and isinstance(wait, Bridged) and wait.partner is gone):
        return
    in_step(partner, gone)
    partner.wait_over()
    wait.ending.partner_gone(partner)
