"""Recording carrier reports: one statement keeps the report and moves its attempt."""

from __future__ import annotations

from datetime import datetime

from bot.flows.ports.delivering import DeliveryReport
from bot.store.dispatching import RANK, DispatchRows

# The report is kept once per (sid, status); only then may the attempt move, and only forward.
_REPORT = f"""
WITH target AS (
    SELECT id, token FROM attempt
    WHERE token = %(token)s OR provider_sid = %(sid)s
    ORDER BY provider_sid = %(sid)s DESC NULLS LAST LIMIT 1
), kept AS (
    INSERT INTO callback (provider_sid, status, error_code, attempt_id, received_at)
    SELECT %(sid)s, %(status)s, %(code)s, (SELECT id FROM target), %(at)s
    ON CONFLICT (provider_sid, status) DO NOTHING RETURNING id
), moved AS (
    UPDATE attempt a SET
        provider_sid = coalesce(a.provider_sid, %(sid)s),
        state = CASE WHEN {RANK.format("%(state)s")} > {RANK.format("a.state")}
                      AND a.state NOT IN ('delivered', 'undelivered', 'failed')
                THEN %(state)s ELSE a.state END,
        error_code = coalesce(%(code)s, a.error_code),
        updated_at = %(at)s
    FROM target WHERE a.id = target.id AND EXISTS (SELECT FROM kept)
)
SELECT target.token FROM target, kept
"""


class DeliveryRows(DispatchRows):
    """Implements `bot.flows.ports.delivering.DeliveryStore`."""

    def record_report(self, report: DeliveryReport, *, real_now: datetime) -> str | None:
        """Keep the report, move the attempt; the attempt's token when it was news."""
        row = self._connection.execute(
            _REPORT,
            {
                "token": report.token,
                "sid": report.sid,
                "status": report.status,
                "state": report.state.value,
                "code": report.code,
                "at": real_now,
            },
        ).fetchone()
        return row[0] if row else None

    def attempt_sender(self, token: str) -> tuple[str, bool]:
        """The attempt's sender: its number, and its mode."""
        row = self._connection.execute(
            "SELECT s.address, s.livemode FROM attempt a JOIN sender s ON s.id = a.sender_id "
            "WHERE a.token = %s",
            [token],
        ).fetchone()
        assert row is not None  # the report named the attempt a moment ago
        return row[0], row[1]

    def stop_sender_of(self, token: str, *, reason: str, at: datetime) -> None:
        """Stop the attempt's sender."""
        row = self._connection.execute(
            "SELECT sender_id FROM attempt WHERE token = %s", [token]
        ).fetchone()
        if row is not None:
            self.stop_sender(row[0], reason=reason, at=at)
