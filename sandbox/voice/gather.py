"""Gather: a line that listens for keys and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.voice.twiml.document import Verb
from sandbox.voice.twiml.speech import KEY_S, spoken_seconds
from sandbox.voice.waits import Wait

if TYPE_CHECKING:
    from sandbox.voice.line import Line

AUTO_SPEECH_END_S = 0.8  # speechTimeout="auto": the silence that ends a sentence
RESULTS = {"dtmf": "Digits", "speech": "SpeechResult"}


def listen(line: Line, verb: Verb) -> None:
    """Begin to listen. A Gather with a bad language fails: it hears nothing (Twilio, 13331)."""
    if "language" in verb.bad or "input" in verb.bad:
        line.note("note", "gather failed", "")
        return
    line.rest(Gathering(verb))


class Gathering(Wait):
    """Listening; digits pressed so far in `keys`."""

    kind = "gather"

    def __init__(self, verb: Verb) -> None:
        super().__init__(float(verb.get("timeout", "5")))
        self.verb = verb
        self.keys = ""

    def accepts(self) -> list[str]:
        """`dtmf`, `speech` or both, as the Gather says."""
        return sorted(set(self.verb.get("input", "dtmf").split()))

    def to_json(self) -> dict[str, Any]:
        """With what a person at the handset needs to know."""
        return {
            **super().to_json(),
            "keys": self.keys,
            "language": self.verb.get("language", "en-US"),
            "num_digits": int(self.verb.get("numDigits", "0")) or None,
            "finish_on_key": self._finish,
            "hints": self.verb.get("hints"),
        }

    @property
    def _finish(self) -> str:
        return self.verb.get("finishOnKey", "#")

    def press(self, line: Line, keys: str) -> bool:
        """Take keys until the Gather is content; in steps, the entry is over with them."""
        if "dtmf" not in self.accepts():
            return False
        most = int(self.verb.get("numDigits", "0"))
        for position, key in enumerate(keys):
            line.call.elapsed += KEY_S
            if self._finish and key == self._finish:
                line.note("them", "press", keys[: position + 1])
                self._done(line, {"Digits": self.keys, "FinishedOnKey": key})
                return True
            self.keys += key
            if most and len(self.keys) >= most:
                line.note("them", "press", keys[: position + 1])
                self._done(line, {"Digits": self.keys, "FinishedOnKey": ""})
                return True
        line.note("them", "press", keys)
        self._wait_for_more(line)
        return True

    def _wait_for_more(self, line: Line) -> None:
        self.seconds = float(self.verb.get("timeout", "5"))
        if line.live_pace:
            line.rest(self)
        elif line.pass_time(self.seconds):
            self._done(line, {"Digits": self.keys, "FinishedOnKey": ""})

    def speak(self, line: Line, text: str, confidence: float) -> bool:
        """Take words; the recogniser ends them after `speechTimeout`."""
        if "speech" not in self.accepts():
            return False
        line.note("them", "speak", text, confidence=confidence)
        quiet = self.verb.get("speechTimeout", "auto")
        end = AUTO_SPEECH_END_S if quiet == "auto" else float(quiet)
        if line.pass_time(spoken_seconds(text) + end):
            self._done(
                line,
                {
                    "SpeechResult": text,
                    "Confidence": str(round(confidence, 4)),
                    "Language": self.verb.get("language", "en-US"),
                },
            )
        return True

    def expire(self, line: Line) -> None:
        """Silence: the digits so far, or nothing, which goes to the action only if it asks so."""
        if self.keys:
            self._done(line, {"Digits": self.keys, "FinishedOnKey": ""})
            return
        line.note("them", "silence", "")
        if self.verb.get("actionOnEmptyResult") == "true":
            self._done(line, {RESULTS[self.accepts()[0]]: ""})
        else:
            line.wait_over()

    def _done(self, line: Line, result: dict[str, str]) -> None:
        if result.get("Digits") == "" and self.verb.get("actionOnEmptyResult") != "true":
            line.wait_over()
            return
        assert line.script
        url = line.script.absolute(self.verb.get("action"))
        purpose = line.script.purpose
        line.wait_over()
        extra = {"msg": "Gather End", **result}
        line.fetch(url, self.verb.get("method", "POST"), purpose, extra)
