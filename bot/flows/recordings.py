"""Recordings of calls: kept by reference, only after the announcement, played with a trace, deleted
when their time is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.flows.ports.calls import NewRecording, RecordingReport, RecordingRow, RecordingStore
from bot.flows.ports.dispatching import SenderFacts
from bot.flows.ports.transactions import Clock, Transactions
from bot.policy.retention import kept_for

#: Recordings deleted in one run.
_AT_ONCE = 100


class Archive(Protocol):
    """The carrier's recordings."""

    def fetch(self, sid: str) -> bytes:
        """The sound, WAV. Raises OSError; LookupError when it is gone."""
        ...

    def delete(self, sid: str) -> None:
        """For good; one that is gone already is well. Raises OSError."""
        ...


class GoneError(LookupError):
    """There is no such recording (any more)."""


@dataclass(frozen=True)
class Recordings:
    """`archive_for` gives the carrier of a sender."""

    transactions: Transactions[RecordingStore]
    clock: Clock
    archive_for: Callable[[SenderFacts], Archive]

    def report(self, report: RecordingReport) -> bool:
        """A recording is complete; True when it was kept.

        One that began before the announcement is not kept: the carrier is told to delete it.
        """
        with self.transactions() as store:
            call = store.call_of(sid=report.call_sid, token=None)
            if call is None or call.case_id is None:
                return False
            now = self.clock.now(livemode=call.livemode)
            if call.notice:
                keep = now + kept_for(store.packs_of(call.case_id))
                new = NewRecording(report.sid, report.seconds, now, keep)
                return store.add_recording(call, new)
            store.raise_alarm("recorded_unannounced", str(call.call_id), report.sid, at=now)
            sender = store.sender(call.sender_id)
        if sender is not None:
            self._delete([RecordingRow(0, report.sid, sender)])
        return False

    def play(self, recording_id: int, collector_id: int) -> bytes:
        """The sound for a collector, after a line in the trail. Raises GoneError, OSError."""
        with self.transactions() as store:
            row = store.recording(recording_id)
            if row is None:
                raise GoneError(str(recording_id))
            now = self.clock.now(livemode=row.sender.livemode)
            data = {"recording": recording_id}
            store.audit(collector_id, "listen", row.case_id, data, at=now)
        try:
            return self.archive_for(row.sender).fetch(row.sid)
        except LookupError as gone:
            raise GoneError(str(recording_id)) from gone

    def sweep(self, *, livemode: bool) -> int:
        """Delete what is kept no longer; returns how many."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            over = store.recordings_over(livemode=livemode, now=now, limit=_AT_ONCE)
        deleted = self._delete(over)
        with self.transactions() as store:
            store.forget_recordings([row.recording_id for row in deleted], at=now)
        return len(deleted)

    def _delete(self, rows: Sequence[RecordingRow]) -> list[RecordingRow]:
        deleted = []
        for row in rows:
            try:
                self.archive_for(row.sender).delete(row.sid)
            except OSError:
                break  # the next run tries again
            deleted.append(row)
        return deleted
