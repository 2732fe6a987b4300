"""What the clock asks: who has something due, and what waits too long."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from psycopg.errors import UniqueViolation

from bot.store.cases import CaseRows
from bot.store.jobs import defer
from bot.store.planning import DISPATCH_TASK, SEND_QUEUE


class ReleaseRows(CaseRows):
    """Implements `bot.flows.ports.release.ReleaseStore`."""

    def senders_due(self, *, livemode: bool, now: datetime) -> list[int]:
        """Senders that have something due and are not stopped."""
        rows = self._connection.execute(
            "SELECT s.id FROM sender s WHERE s.livemode = %s AND s.stopped_reason IS NULL "
            "AND EXISTS (SELECT FROM touch t WHERE t.sender_id = s.id AND t.state = 'planned' "
            "AND t.due_at <= %s AND t.portfolio_id <> ALL (ARRAY(SELECT portfolio_id FROM halt "
            "WHERE lifted_at IS NULL AND portfolio_id IS NOT NULL))) "
            "AND NOT EXISTS (SELECT FROM halt WHERE lifted_at IS NULL AND portfolio_id IS NULL)",
            [livemode, now],
        )
        return [row[0] for row in rows.fetchall()]

    def wake_once(self, sender_id: int) -> None:
        """Queue a dispatch job unless one of the clock's is waiting already."""
        task, arguments = DISPATCH_TASK, {"sender_id": sender_id}
        lock = f"dispatch:{sender_id}"
        with suppress(UniqueViolation), self._connection.transaction():
            defer(self._connection, task, SEND_QUEUE, arguments, queueing_lock=lock)

    def forget_calls(self, *, livemode: bool, before: datetime, at: datetime) -> int:
        """End calls nobody reported the end of."""
        return self._connection.execute(
            "UPDATE call c SET state = 'ended', outcome = coalesce(outcome, "
            "CASE WHEN answered_at IS NULL THEN 'failed' ELSE 'answered' END), "
            "ended_at = coalesce(ended_at, %s), "
            "transfer = CASE WHEN transfer IS NULL THEN NULL ELSE 'over' END "
            "FROM sender s WHERE s.id = c.sender_id AND s.livemode = %s "
            "AND c.state <> 'ended' AND c.called_at < %s",
            [at, livemode, before],
        ).rowcount

    def late_touches(self, *, livemode: bool, due_before: datetime, now: datetime) -> int:
        """Planned touches that should have gone out and still could."""
        row = self._connection.execute(
            "SELECT count(*) FROM touch t JOIN sender s ON s.id = t.sender_id "
            "WHERE t.state = 'planned' AND s.livemode = %s AND s.stopped_reason IS NULL "
            "AND t.due_at < %s AND t.latest_at > %s AND NOT EXISTS (SELECT FROM halt h "
            "WHERE h.lifted_at IS NULL "
            "AND (h.portfolio_id IS NULL OR h.portfolio_id = t.portfolio_id))",
            [livemode, due_before, now],
        ).fetchone()
        return int(row[0]) if row else 0

    def late_replies(self, *, received_before: datetime) -> int:
        """Replies nobody has read."""
        row = self._connection.execute(
            "SELECT count(*) FROM reply WHERE state = 'stored' AND received_at < %s",
            [received_before],
        ).fetchone()
        return int(row[0]) if row else 0
