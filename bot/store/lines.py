"""A sender's lines: how many calls may be begun now, and the calls that begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.flows.ports.dispatching import NewAttempt
from bot.store.planning import PlanningRows

#: A call nobody reported the end of frees its line after this (Twilio ends calls after 4 h).
_LONGEST_CALL = timedelta(hours=4)

#: A sender that was idle may begin at once what this long would have begun.
_BURST = timedelta(seconds=1)

_LINES = """
SELECT s.calls_per_second, s.voice_paced_to, s.lines - (
    SELECT count(*) FROM call c WHERE c.sender_id = s.id AND c.state <> 'ended'
      AND c.direction <> 'inbound' AND c.called_at > %s), s.voice
FROM sender s WHERE s.id = %s FOR UPDATE
"""

_CALLS = """
INSERT INTO call (attempt_id, direction, sender_id, case_id, debtor_id, contact_point_id, script,
    script_version, placed_at, called_at, collector_id, transfer)
SELECT a.id, CASE WHEN n.collector IS NULL THEN 'outbound' ELSE 'desk' END, a.sender_id, a.case_id,
    a.debtor_id, a.contact_point_id, n.script, n.version, %(at)s, %(called)s, n.collector,
    CASE WHEN n.collector IS NOT NULL THEN 'dialing' END
FROM unnest(%(tokens)b::text[], %(scripts)b::text[], %(versions)b::int[], %(collectors)b::bigint[])
    AS n(token, script, version, collector)
JOIN attempt a ON a.token = n.token
"""


class LineRows(PlanningRows):
    """The part of `bot.flows.ports.dispatching.DispatchStore` that only calls have."""

    def take_lines(self, sender_id: int, *, wanted: int, real_now: datetime) -> tuple[int, bool]:
        """Free lines within the rate, at most `wanted`; the sender's row is locked."""
        if not wanted:
            return 0, False
        row = self._connection.execute(_LINES, [real_now - _LONGEST_CALL, sender_id]).fetchone()
        assert row is not None
        rate, paced_to, lines, voice = row
        idle = real_now - max(_BURST, timedelta(seconds=1 / rate))
        start = max(paced_to or idle, idle)
        in_time = max(int((real_now - start).total_seconds() * rate), 0)
        free = min(wanted, max(lines, 0)) if voice else 0
        taken = min(free, in_time)
        if taken:
            self._connection.execute(
                "UPDATE sender SET voice_paced_to = %s WHERE id = %s",
                [start + timedelta(seconds=taken / rate), sender_id],
            )
        return taken, taken < free

    def add_calls(
        self, attempts: Sequence[NewAttempt], *, at: datetime, called_at: datetime
    ) -> None:
        """The calls of these attempts, which were just written."""
        calls = [(each.token, each.call) for each in attempts if each.call is not None]
        if not calls:
            return
        self._connection.execute(
            _CALLS,
            {
                "at": at,
                "called": called_at,
                "tokens": [token for token, _ in calls],
                "scripts": [call.script for _, call in calls],
                "versions": [call.version for _, call in calls],
                "collectors": [call.collector_id for _, call in calls],
            },
        )

    def end_calls(self, tokens: Sequence[str], *, at: datetime) -> None:
        """Calls of these attempts that the carrier never placed take no line."""
        if tokens:
            self._connection.execute(
                "UPDATE call c SET state = 'ended', outcome = 'failed', ended_at = %s, "
                "transfer = CASE WHEN c.transfer IS NULL THEN NULL ELSE 'over' END "
                "FROM attempt a WHERE a.id = c.attempt_id AND a.token = ANY(%s)",
                [at, list(tokens)],
            )
