"""How a call's turn becomes the carrier's own language, and what the carrier does beside the talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.call.values import Output, Say


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

    def whisper(self, say: Say) -> str:
        """The collector's side before the two are connected."""
        ...

    def nothing(self) -> str:
        """No words: the collector's side after the whisper."""
        ...


class LiveCalls(Protocol):
    """Running calls at the carrier."""

    def update(self, sid: str, twiml: str) -> None:
        """Let the call go on with another document. Raises OSError."""
        ...
