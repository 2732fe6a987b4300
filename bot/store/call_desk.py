"""Calls that come in, calls that are put through, and recordings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.call.values import CallLanguage
from bot.domain.facts import PortfolioFacts
from bot.flows.ports.calls import (
    CallRow,
    FreeCollector,
    NewInbound,
    NewRecording,
    OurNumber,
    RecordingRow,
    SilentCall,
)
from bot.flows.ports.dispatching import SenderFacts
from bot.store.calls import CallRows
from bot.store.collectors import TAKES_CALLS

_OURS = """
SELECT s.id, s.livemode, s.voice AND s.stopped_reason IS NULL AND min(p.id) IS NOT NULL
FROM sender s LEFT JOIN portfolio p ON p.sender_id = s.id
WHERE s.address = %s GROUP BY s.id ORDER BY s.livemode LIMIT 1
"""

# As for a reply: the debtor whose telephone it is and whom we contacted last.
_CALLER = """
SELECT c.id, p.debtor_id, p.id
FROM contact_point p
JOIN debtor d ON d.id = p.debtor_id AND d.merged_into IS NULL
JOIN cases c ON c.debtor_id = d.id
JOIN portfolio f ON f.id = c.portfolio_id AND f.sender_id = %(sender)s
LEFT JOIN LATERAL (
    SELECT max(a.at) AS at FROM attempt a WHERE a.case_id = c.id AND a.contact_point_id = p.id
) last ON true
WHERE p.phone_hash = %(hash)s AND p.disabled IS NULL
ORDER BY c.state = 'closed', last.at DESC NULLS LAST, c.id LIMIT 1
"""

_INBOUND = """
INSERT INTO call (provider_sid, direction, sender_id, case_id, debtor_id, contact_point_id,
                  caller_sealed, caller_hash, script, state, placed_at, answered_at, called_at)
VALUES (%(sid)s, 'inbound', %(sender)s, %(case)s, %(debtor)s, %(point)s, %(caller)s, %(hash)s,
        %(script)s, 'talking', %(at)s, %(at)s, %(called)s)
ON CONFLICT (provider_sid) DO NOTHING
"""

_REFERENCE = """
SELECT DISTINCT c.id FROM debt d JOIN cases c ON c.id = d.case_id
JOIN portfolio p ON p.id = c.portfolio_id
WHERE p.sender_id = %s AND regexp_replace(d.contract, '[^0-9]', '', 'g') = %s LIMIT 2
"""

_FREE = f"""
SELECT u.id, u.phone_sealed FROM collector u
LEFT JOIN LATERAL (
    SELECT max(c.id) AS last FROM call c WHERE c.collector_id = u.id
) calls ON true
WHERE {TAKES_CALLS}
  AND NOT EXISTS (SELECT FROM call c WHERE c.collector_id = u.id AND c.state <> 'ended'
                  AND c.transfer IN ('dialing', 'talking'))
ORDER BY calls.last NULLS FIRST, u.id LIMIT 1
"""

#: Whoever gives a call to a collector waits for whoever is doing so.
_ASSIGNING = "SELECT pg_advisory_xact_lock(7302)"

_POSITION = """
SELECT count(*) FROM call c, (SELECT urgent, queued_at, id FROM call WHERE id = %s) mine
WHERE c.transfer = 'queued' AND c.state <> 'ended'
  AND (NOT c.urgent, c.queued_at, c.id) <= (NOT mine.urgent, mine.queued_at, mine.id)
"""

_WAITING = """
SELECT EXISTS (SELECT FROM call
               WHERE transfer = 'queued' AND state <> 'ended' AND queued_at > %s)
"""


_SILENT = """
WITH silent AS (
    SELECT c.id, coalesce(c.provider_sid, a.provider_sid) AS sid, a.token
    FROM call c LEFT JOIN attempt a ON a.id = c.attempt_id
    WHERE c.state <> 'ended' AND c.called_at < %(begun)s
      AND coalesce(c.asked_at, '-infinity') < %(asked)s
      AND coalesce(c.provider_sid, a.provider_sid) IS NOT NULL
    ORDER BY c.asked_at NULLS FIRST, c.id LIMIT %(limit)s
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE call c SET asked_at = %(at)s FROM silent n, sender s
WHERE c.id = n.id AND s.id = c.sender_id
RETURNING n.sid, n.token, s.id, s.address, s.kind, s.livemode, s.per_second,
          s.stopped_reason IS NOT NULL
"""

_RECORDING = """
SELECT r.id, r.provider_sid, r.case_id, s.id, s.address, s.kind, s.livemode, s.per_second,
       s.stopped_reason IS NOT NULL
FROM recording r JOIN call c ON c.id = r.call_id JOIN sender s ON s.id = c.sender_id
"""


class CallDeskRows(CallRows):
    """Implements the rest of `bot.flows.ports.calls.CallStore`."""

    def our_number(self, address: str) -> OurNumber | None:
        """The sender that owns the number."""
        row = self._connection.execute(_OURS, [address]).fetchone()
        return OurNumber(*row) if row else None

    def portfolio_of(self, sender_id: int) -> PortfolioFacts:
        """The first portfolio that uses the number. Raises LookupError."""
        row = self._connection.execute(
            "SELECT min(id) FROM portfolio WHERE sender_id = %s", [sender_id]
        ).fetchone()
        if row is None or row[0] is None:
            raise LookupError(f"no portfolio uses sender {sender_id}")
        return self.portfolios([row[0]])[row[0]]

    def take_inbound(self, call: NewInbound) -> None:
        """Keep an incoming call, matched by its number."""
        hashed = self._seal.index(call.caller)
        known = self._connection.execute(
            _CALLER, {"sender": call.sender_id, "hash": hashed}
        ).fetchone()
        case_id, debtor_id, point = known or (None, None, None)
        self._connection.execute(
            _INBOUND,
            {
                "sid": call.sid,
                "sender": call.sender_id,
                "case": case_id,
                "debtor": debtor_id,
                "point": point,
                "caller": self._seal.seal(call.caller),
                "hash": hashed,
                "script": call.script,
                "at": call.at,
                "called": call.called_at,
            },
        )

    def identify(self, call_id: int, case_id: int) -> None:
        """The call is about this case."""
        self._connection.execute(
            "UPDATE call c SET case_id = k.id, debtor_id = k.debtor_id FROM cases k "
            "WHERE c.id = %s AND k.id = %s AND c.case_id IS NULL",
            [call_id, case_id],
        )

    def case_by_reference(self, sender_id: int, digits: str) -> int | None:
        """The only case whose contract has these digits."""
        if len(digits) < 4:
            return None
        rows = self._connection.execute(_REFERENCE, [sender_id, digits]).fetchall()
        return rows[0][0] if len(rows) == 1 else None

    def id_tail(self, debtor_id: int) -> str | None:
        """The last digits of the debtor's identity document."""
        row = self._connection.execute(
            "SELECT id_tail_sealed FROM debtor WHERE id = %s", [debtor_id]
        ).fetchone()
        return self._seal.open(row[0]) if row and row[0] else None

    def free_collector(self) -> FreeCollector | None:
        """Whoever on duty has waited longest for a call; nobody else is given them meanwhile."""
        self._connection.execute(_ASSIGNING)
        row = self._connection.execute(_FREE).fetchone()
        return FreeCollector(row[0], self._seal.open(row[1])) if row else None

    def keep_whisper(self, call_id: int, words: str) -> None:
        """What the collector will hear first."""
        self._connection.execute(
            "UPDATE call SET whisper_sealed = %s WHERE id = %s", [self._seal.seal(words), call_id]
        )

    def whisper(self, call_id: int) -> tuple[str, CallLanguage]:
        """What the collector hears first, and in which language."""
        row = self._connection.execute(
            "SELECT whisper_sealed, session_sealed FROM call WHERE id = %s", [call_id]
        ).fetchone()
        if row is None or row[0] is None or row[1] is None:
            return "", "zh-CN"
        return self._seal.open(row[0]), json.loads(self._seal.open(row[1]))["language"]

    def met(self, call_id: int, *, at: datetime) -> None:
        """A collector picked up the telephone for it."""
        self._connection.execute(
            "UPDATE call SET transfer = 'talking', met_at = %s WHERE id = %s AND transfer = 'dialing'",
            [at, call_id],
        )

    def set_transfer(
        self,
        call_id: int,
        state: str | None,
        *,
        collector_id: int | None,
        at: datetime,
        urgent: bool = False,
    ) -> None:
        """queued, dialing, talking or over."""
        self._connection.execute(
            "UPDATE call SET transfer = %s, collector_id = coalesce(%s, collector_id), "
            "queued_at = CASE WHEN %s = 'queued' THEN coalesce(queued_at, %s) ELSE queued_at END, "
            "urgent = urgent OR %s WHERE id = %s",
            [state, collector_id, state, at, urgent, call_id],
        )

    def not_met(self, call_id: int) -> None:
        """Whoever picked up was gone before the two were connected."""
        self._connection.execute("UPDATE call SET met_at = NULL WHERE id = %s", [call_id])

    def line_waits(self, *, since: datetime) -> bool:
        """Whether anybody who came after `since` is in line."""
        row = self._connection.execute(_WAITING, [since]).fetchone()
        return bool(row and row[0])

    def queue_position(self, call_id: int) -> int:
        """1 is next."""
        row = self._connection.execute(_POSITION, [call_id]).fetchone()
        return max(int(row[0]), 1) if row else 1

    def add_recording(self, call: CallRow, recording: NewRecording) -> bool:
        """Keep its reference; False when it was known."""
        return bool(
            self._connection.execute(
                "INSERT INTO recording (call_id, case_id, provider_sid, seconds, at, keep_until) "
                "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (provider_sid) DO NOTHING",
                [
                    call.call_id,
                    call.case_id,
                    recording.sid,
                    recording.seconds,
                    recording.at,
                    recording.keep_until,
                ],
            ).rowcount
        )

    def silent_calls(
        self, *, begun_before: datetime, asked_before: datetime, at: datetime, limit: int
    ) -> list[SilentCall]:
        """Calls to ask the carrier about, marked as asked."""
        values = {"begun": begun_before, "asked": asked_before, "at": at, "limit": limit}
        rows = self._connection.execute(_SILENT, values).fetchall()
        return [SilentCall(sid, token, SenderFacts(*sender)) for sid, token, *sender in rows]

    def packs_of(self, case_id: int) -> list[str]:
        """The policy packs of the case's portfolio."""
        row = self._connection.execute(
            "SELECT p.packs FROM cases c JOIN portfolio p ON p.id = c.portfolio_id WHERE c.id = %s",
            [case_id],
        ).fetchone()
        return list(row[0]) if row else []

    def recording(self, recording_id: int) -> RecordingRow | None:
        """A recording that is kept still."""
        row = self._connection.execute(
            _RECORDING + "WHERE r.id = %s AND r.deleted_at IS NULL", [recording_id]
        ).fetchone()
        return _recording(row) if row else None

    def recordings_over(self, *, livemode: bool, now: datetime, limit: int) -> list[RecordingRow]:
        """Recordings whose time is over."""
        rows = self._connection.execute(
            _RECORDING + "WHERE r.deleted_at IS NULL AND r.keep_until < %s AND s.livemode = %s "
            "ORDER BY r.keep_until LIMIT %s",
            [now, livemode, limit],
        )
        return [_recording(row) for row in rows.fetchall()]

    def forget_recordings(self, recording_ids: Sequence[int], *, at: datetime) -> None:
        """They are deleted at the carrier."""
        self._connection.execute(
            "UPDATE recording SET deleted_at = %s WHERE id = ANY(%s)", [at, list(recording_ids)]
        )


def _recording(row: Any) -> RecordingRow:
    recording_id, sid, case_id, *sender = row
    return RecordingRow(recording_id, sid, SenderFacts(*sender), case_id)
