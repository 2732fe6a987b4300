"""Recordings: of a whole call, of a Dial, or what a caller says into Record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from sandbox.clock import iso, parse_iso, rfc2822
from sandbox.sms.message import API_VERSION

if TYPE_CHECKING:
    from sandbox.voice.line import Line
    from sandbox.voice.switchboard import Switchboard

DEFAULT_EVENTS = ("completed",)


@dataclass
class Recording:
    """`status`: in-progress, paused, stopped, completed or absent. `seconds` is known at its end.

    `source` is Twilio's: RecordVerb, DialVerb, OutboundAPI, StartCallRecordingAPI,
    StartCallRecordingTwiML.
    """

    sid: str
    call_sid: str
    source: str
    created: datetime
    channels: int = 1
    track: str = "both"
    callback: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ()
    status: str = "in-progress"
    seconds: int | None = None
    updated: datetime | None = None

    def resource(self, account: str, base_url: str) -> dict[str, Any]:
        """Twilio's Recording resource."""
        uri = f"/{API_VERSION}/Accounts/{account}/Recordings/{self.sid}"
        done = self.status in {"completed", "absent"}
        return {
            "account_sid": account,
            "api_version": API_VERSION,
            "call_sid": self.call_sid,
            "channels": self.channels,
            "conference_sid": None,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated or self.created),
            "duration": str(self.seconds) if self.seconds is not None else "-1",
            "encryption_details": None,
            "error_code": 16101 if self.status == "absent" else None,
            "media_url": f"{base_url}{uri}" if done else None,
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "source": self.source,
            "start_time": rfc2822(self.created),
            "status": self.status,
            "subresource_uris": {
                "add_on_results": f"{uri}/AddOnResults.json",
                "transcriptions": f"{uri}/Transcriptions.json",
            },
            "track": self.track,
            "uri": f"{uri}.json",
        }


class Recordings:
    """All of them, by id. A deleted one is gone for good."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self.by_sid: dict[str, Recording] = {}

    def clear(self) -> None:
        """Forget all."""
        self.by_sid.clear()

    def newest_first(self, call_sid: str = "") -> list[Recording]:
        """All, or those of one call."""
        with self._board.book.lock:
            kept = list(self.by_sid.values())[::-1]
        return [recording for recording in kept if call_sid in ("", recording.call_sid)]

    def url(self, recording: Recording) -> str:
        """Where its sound is: `RecordingUrl`."""
        path = f"/{API_VERSION}/Accounts/{self._board.account}/Recordings/{recording.sid}"
        return self._board.base_url + path

    def of_call(self, line: Line) -> Recording:
        """Record from now to the end, as the call's order says."""
        order = line.call.order
        return self.start(
            line, "OutboundAPI", order.recording_callback, order.recording_method,
            order.recording_events, 2 if order.recording_channels == "dual" else 1,
            order.recording_track,
        )  # fmt: skip

    def start(
        self, line: Line, source: str, callback: str = "", method: str = "POST",
        events: tuple[str, ...] = (), channels: int = 1, track: str = "both", whole: bool = True,
    ) -> Recording:  # fmt: skip
        """Begin a recording; a `whole` one ends with the call at the latest."""
        recording = Recording(
            self._board.ids("RE"), line.call.sid, source, line.call.moment, channels, track,
            callback, method, events,
        )  # fmt: skip
        with self._board.book.lock:
            self.by_sid[recording.sid] = recording
        self._write(recording)
        line.note("note", "recording", "in-progress", recording=recording.sid)
        self._tell(line, recording, "in-progress")
        if whole:
            line.on_end.append(lambda: self.finish(line, recording))
        return recording

    def finish(self, line: Line, recording: Recording, seconds: float | None = None) -> None:
        """It is over and can be listened to; one without sound is absent (Twilio, 16101)."""
        if recording.status in {"completed", "absent"}:
            return
        passed = (line.call.moment - recording.created).total_seconds()
        length = math.ceil(round(passed if seconds is None else seconds, 3))
        recording.seconds = max(0, length)
        recording.updated = line.call.moment
        recording.status = "completed" if recording.seconds else "absent"
        self._write(recording)
        line.note("note", "recording", recording.status, recording=recording.sid)
        self._tell(line, recording, recording.status)

    def change(self, recording: Recording, status: str) -> None:
        """Paused, going on, or stopped for good; a stopped one is completed at once."""
        board = self._board
        line = board.line_of(board.book.by_sid[recording.call_sid])
        if status == "stopped":
            self.finish(line, recording)
        else:
            recording.status = status
            self._write(recording)

    def delete(self, recording: Recording) -> None:
        """Gone."""
        with self._board.book.lock:
            self.by_sid.pop(recording.sid, None)
        self._board.journal.write("recording_deleted", recording=recording.sid)

    def keep(self, entry: Mapping[str, Any]) -> None:
        """Take a recording back from a log entry."""
        created = parse_iso(entry["created"])
        self.by_sid[entry["recording"]] = Recording(
            entry["recording"], entry["sid"], entry["source"], created, entry["channels"],
            entry["track"], status=entry["status"], seconds=entry["seconds"],
            updated=created + timedelta(seconds=entry["seconds"] or 0),
        )  # fmt: skip

    def _write(self, recording: Recording) -> None:
        self._board.journal.write(
            "recording", sid=recording.call_sid, recording=recording.sid, status=recording.status,
            seconds=recording.seconds, source=recording.source, channels=recording.channels,
            track=recording.track, created=iso(recording.created),
        )  # fmt: skip

    def _tell(self, line: Line, recording: Recording, event: str) -> None:
        if not recording.callback or event not in (recording.events or DEFAULT_EVENTS):
            return
        fields = self.fields(recording)
        call, callback, method = line.call, recording.callback, recording.method
        self._board.schedule.add(
            lambda: self._board.events.post(call, method, callback, "recording", fields)
        )

    def fields(self, recording: Recording) -> dict[str, str]:
        """A recording callback's fields (Twilio, "recordingStatusCallback")."""
        fields = {
            "AccountSid": self._board.account,
            "CallSid": recording.call_sid,
            "ErrorCode": "16101" if recording.status == "absent" else "0",
            "RecordingChannels": str(recording.channels),
            "RecordingSid": recording.sid,
            "RecordingSource": recording.source,
            "RecordingStartTime": format_datetime(recording.created),
            "RecordingStatus": recording.status,
            "RecordingTrack": recording.track,
        }
        if recording.seconds is not None:
            fields |= {
                "RecordingDuration": str(recording.seconds),
                "RecordingUrl": self.url(recording),
            }
        return fields
