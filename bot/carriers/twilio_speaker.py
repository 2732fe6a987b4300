"""Answers to Twilio's questions about a call: the talk itself, and the documents around a transfer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.carriers.twilio_voice import Addresses, Collector, one_key, render, spoken
from bot.carriers.twiml import document, element, text
from bot.domain.call.values import Output, Say

#: Seconds of quiet between two words to whoever waits in line.
_QUIET = 10

#: Seconds a collector has to press a key once the whisper is over.
_KEY_WITHIN = 8


class TwilioSpeaker:
    """Implements `bot.flows.ports.speaking.Speaker`. `webhooks` is where the call asks us."""

    def __init__(self, webhooks: str) -> None:
        self._webhooks = webhooks

    def speak(self, outputs: Sequence[Output], turn: int) -> str:
        """The turn's outputs, none of them a transfer."""
        return render(outputs, self._addresses(turn, "queue-end", 0))

    def put_through(
        self,
        outputs: Sequence[Output],
        turn: int,
        *,
        call_id: int,
        phone: str | None,
        caller_id: str,
    ) -> str:
        """Outputs that end in a transfer: to `phone`, or into the line without one."""
        if phone is None:
            return render(outputs, self._addresses(turn, "queue-end", call_id))
        addresses = self._addresses(turn, "dial-end", call_id)
        return render(outputs, addresses, Collector(phone, caller_id))

    def wait(self, say: Say) -> str:
        """A word and some quiet, then we are asked again."""
        again = element("Redirect", text(f"{self._webhooks}/wait"), method="POST")
        return document(spoken(say), element("Pause", length=_QUIET), again)

    def leave(self) -> str:
        """Out of the line."""
        return document(element("Leave"))

    def whisper(self, say: Say, ask: Say, call_id: int) -> str:
        """The collector's side: a key, or nobody is connected (a mailbox presses none)."""
        accept = f"{self._webhooks}/accept?call={call_id}"
        key = one_key(spoken(say), spoken(ask), action=accept, within=_KEY_WITHIN)
        return document(key, element("Hangup"))

    def nothing(self) -> str:
        """No words."""
        return document()

    def _addresses(self, turn: int, transferred: str, call_id: int) -> Addresses:
        return Addresses(
            answer=f"{self._webhooks}/turn?turn={turn}",
            recording_status=f"{self._webhooks}/recording",
            transferred=f"{self._webhooks}/{transferred}?turn={turn}",
            whisper=f"{self._webhooks}/whisper?call={call_id}",
            waiting=f"{self._webhooks}/wait",
        )
