"""Record: a beep, and what the caller says until a key, silence or the longest time ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.voice.recordings import Recording
from sandbox.voice.twiml.document import Verb
from sandbox.voice.twiml.speech import BEEP_S, KEY_S, spoken_seconds
from sandbox.voice.waits import Wait

if TYPE_CHECKING:
    from sandbox.voice.line import Line

ANY_KEY = "1234567890*#"


def record(line: Line, verb: Verb) -> None:
    """Begin to record."""
    if verb.get("playBeep", "true") == "true":
        line.note("us", "beep", "")
        line.call.elapsed += BEEP_S
    assert line.script
    recording = line.board.recordings.start(
        line, "RecordVerb", _absolute(line, verb.get("recordingStatusCallback")),
        verb.get("recordingStatusCallbackMethod", "POST"),
        tuple(verb.get("recordingStatusCallbackEvent").split()), whole=False,
    )  # fmt: skip
    line.rest(BeingRecorded(verb, recording, line.script.absolute(verb.get("action"))))


def _absolute(line: Line, url: str) -> str:
    assert line.script
    return line.script.absolute(url) if url else ""


class BeingRecorded(Wait):
    """The caller is being recorded; `said_s` seconds so far."""

    kind = "record"

    def __init__(self, verb: Verb, recording: Recording, action: str) -> None:
        super().__init__(float(verb.get("timeout", "5")))
        self.verb = verb
        self.recording = recording
        self.action = action
        self.said_s = 0.0

    def accepts(self) -> list[str]:
        """Words, and keys that end it."""
        return ["dtmf", "speech"]

    def to_json(self) -> dict[str, Any]:
        """With the key that ends it."""
        return {**super().to_json(), "finish_on_key": self.verb.get("finishOnKey", ANY_KEY)}

    def speak(self, line: Line, text: str, confidence: float) -> bool:
        """Words go onto the recording, as long as it lasts."""
        room = float(self.verb.get("maxLength", "3600")) - self.said_s
        seconds = min(spoken_seconds(text), room)
        line.note("them", "record", text)
        line.pass_time(seconds)
        self.said_s += seconds
        if seconds >= room:
            self._done(line, "")
            return True
        self.seconds = float(self.verb.get("timeout", "5"))
        line.rest(self)
        return True

    def press(self, line: Line, keys: str) -> bool:
        """The first key that ends it does."""
        ending = next((key for key in keys if key in self.verb.get("finishOnKey", ANY_KEY)), None)
        if ending is None:
            return False
        line.call.elapsed += KEY_S
        line.note("them", "press", ending)
        self._done(line, ending)
        return True

    def expire(self, line: Line) -> None:
        """Silence: what was said goes to the action; nothing said falls through (Twilio, "Record")."""
        self._done(line, "")

    def _done(self, line: Line, key: str) -> None:
        assert line.script
        line.board.recordings.finish(line, self.recording, self.said_s)
        purpose = line.script.purpose
        line.wait_over()
        if self.said_s:
            line.fetch(self.action, self.verb.get("method", "POST"), purpose, self._told(line, key))

    def _told(self, line: Line, key: str) -> dict[str, str]:
        return {
            "Digits": key,
            "RecordingDuration": str(self.recording.seconds or 0),
            "RecordingSid": self.recording.sid,
            "RecordingUrl": line.board.recordings.url(self.recording),
        }

    def hung_up(self, line: Line) -> None:
        """What was said is kept and told of, with `hangup` for a key."""
        line.board.recordings.finish(line, self.recording, self.said_s)
        if self.said_s:
            told = self._told(line, "hangup")
            line.board.turns.notify(line, self.action, self.verb.get("method", "POST"), told)

    def abandoned(self, line: Line) -> None:
        """Cut off."""
        line.board.recordings.finish(line, self.recording, self.said_s)
