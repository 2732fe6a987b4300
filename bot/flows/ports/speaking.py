"""How a call's turn becomes the carrier's own language, and what the carrier does beside the talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.call.values import Output, Say
from bot.flows.ports.calls import CallReport


class Speaker(Protocol):
    """Writes answers. Every one is a whole document; none leaves the line silent."""

    def speak(self, outputs: Sequence[Output], turn: int) -> str:
        """The turn's outputs; what is asked comes back with its number. No transfer among them."""
        ...

    def put_through(
        self,
        outputs: Sequence[Output],
        turn: int,
        *,
        call_id: int,
        phone: str | None,
        caller_id: str,
    ) -> str:
        """Outputs that end in a transfer: to a collector's `phone`, who hears the whisper of the
        call first, or into the line without one.
        """
        ...

    def wait(self, say: Say) -> str:
        """What is heard while waiting; then it is asked again."""
        ...

    def leave(self) -> str:
        """Out of the line."""
        ...

    def whisper(self, say: Say, ask: Say, call_id: int) -> str:
        """The collector's side before the two are connected: a key is asked for, without which
        they are not.
        """
        ...

    def nothing(self) -> str:
        """No words: the collector's side after the whisper."""
        ...


class AskedCalls(Protocol):
    """What the carrier knows of calls."""

    def ask(self, sid: str) -> CallReport | None:
        """How the call stands, as a report would tell it; None when the carrier knows none.

        Raises OSError when it cannot be asked now.
        """
        ...


class LiveCalls(Protocol):
    """Running calls at the carrier."""

    def update(self, sid: str, twiml: str) -> None:
        """Let the call go on with another document. Raises OSError."""
        ...
