"""Alerts, the channels they go to, and what each channel still has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from bot.flows.ports.alerting import Channel, Happening, Waiting
from bot.policy.alerts import alarm_figure
from bot.store.complaints import ComplaintRows
from bot.store.jobs import defer

#: The job that sends alerts, and the queue it waits in.
ALERT_TASK = "alerts"
ALERT_QUEUE = "alerts"

# Every statement gives kind, subject, path and data of what stands now.
_URGENT = """
SELECT 'urgent', h.id::text, '/cases/' || h.case_id, jsonb_build_object(
    'reason', h.reason, 'portfolio', p.name, 'case', h.case_id)
FROM handoff h JOIN portfolio p ON p.id = h.portfolio_id
WHERE h.state = 'open' AND h.priority = 1 AND p.livemode = %(livemode)s
  AND h.opened_at > %(since)s
  AND NOT EXISTS (SELECT FROM alert a WHERE a.kind = 'urgent' AND a.subject = h.id::text)
ORDER BY h.id LIMIT 100
"""

_DEADLINE = """
SELECT 'deadline', h.id::text, '/cases/' || h.case_id, jsonb_build_object(
    'reason', h.reason, 'portfolio', p.name, 'case', h.case_id,
    'minutes', greatest(0, round(extract(epoch FROM h.due_at - %(now)s) / 60)))
FROM handoff h JOIN portfolio p ON p.id = h.portfolio_id
WHERE h.state = 'open' AND h.due_at <= %(now)s + %(near)s AND h.due_at > %(since)s
  AND p.livemode = %(livemode)s
  AND NOT EXISTS (SELECT FROM alert a WHERE a.kind = 'deadline' AND a.subject = h.id::text)
ORDER BY h.due_at LIMIT 100
"""

# A sender's alarm names its id; the message gives its number, which is the desk's own.
_ALARMS = """
SELECT CASE a.kind WHEN 'sender_stopped' THEN 'sender' WHEN 'work_not_done' THEN 'work'
       ELSE 'alarm' END, a.id::text,
    CASE a.kind WHEN 'sender_stopped' THEN '/senders' ELSE '/' END,
    jsonb_build_object('what', a.kind, 'detail', a.message, 'sender', coalesce(s.code, ''))
FROM alarm a LEFT JOIN sender s ON a.kind = 'sender_stopped' AND s.id::text = a.subject
WHERE a.cleared_at IS NULL AND a.at > %(since)s
  AND coalesce(s.livemode, a.subject <> 'test') = %(livemode)s
  AND NOT EXISTS (SELECT FROM alert t WHERE t.subject = a.id::text
                  AND t.kind IN ('sender', 'work', 'alarm'))
ORDER BY a.id LIMIT 100
"""

_COMPLAINTS = """
SELECT 'complaint', c.id::text, '/complaints/' || c.id, jsonb_build_object(
    'portfolio', p.name, 'due', to_char(c.due_at AT TIME ZONE p.zone, 'YYYY-MM-DD'))
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
WHERE c.told_at IS NULL AND p.livemode = %(livemode)s AND c.registered_at > %(since)s
  AND NOT EXISTS (SELECT FROM alert a WHERE a.kind = 'complaint' AND a.subject = c.id::text)
ORDER BY c.id LIMIT 100
"""

_COMPLAINTS_DUE = """
SELECT 'complaint_due', c.id::text || ':' || c.extended, '/complaints/' || c.id,
    jsonb_build_object(
        'portfolio', p.name, 'due', to_char(c.due_at AT TIME ZONE p.zone, 'YYYY-MM-DD'))
FROM complaint c JOIN portfolio p ON p.id = c.portfolio_id
WHERE c.told_at IS NULL AND p.livemode = %(livemode)s AND c.due_at <= %(now)s + interval '3 days'
  AND NOT EXISTS (SELECT FROM alert a WHERE a.kind = 'complaint_due'
                  AND a.subject = c.id::text || ':' || c.extended)
ORDER BY c.due_at LIMIT 100
"""

_HALTS = """
SELECT 'halt', h.id::text, '/pause', jsonb_build_object(
    'scope', coalesce(p.name, '*'), 'detail', h.reason)
FROM halt h LEFT JOIN portfolio p ON p.id = h.portfolio_id
WHERE h.lifted_at IS NULL AND h.kind = 'switch' AND coalesce(p.livemode, true) = %(livemode)s
  AND NOT EXISTS (SELECT FROM alert a WHERE a.kind = 'halt' AND a.subject = h.id::text)
ORDER BY h.id LIMIT 100
"""

_ALL = (_URGENT, _DEADLINE, _ALARMS, _COMPLAINTS, _COMPLAINTS_DUE, _HALTS)

_CHANNELS = """
SELECT id, name, url_sealed, shown, kinds, test_too, quiet_from, quiet_to, zone, language, off,
       trouble, sent_at
FROM alert_channel WHERE %(id)s::bigint IS NULL OR id = %(id)s ORDER BY name
"""

_CLAIM = """
SELECT s.id, s.channel_id, a.kind, a.path, a.data, s.tries
FROM alert_sending s JOIN alert a ON a.id = s.alert_id
JOIN alert_channel c ON c.id = s.channel_id AND NOT c.off
WHERE s.state = 'waiting' AND s.due_at <= %s
ORDER BY s.channel_id, s.id LIMIT %s FOR UPDATE OF s SKIP LOCKED
"""

_COLUMNS = (
    "name",
    "url_sealed",
    "shown",
    "kinds",
    "test_too",
    "quiet_from",
    "quiet_to",
    "zone",
    "language",
    "off",
)


class AlertRows(ComplaintRows):
    """Implements `bot.flows.ports.alerting.AlertStore`."""

    def happenings(
        self, *, livemode: bool, now: datetime, near: timedelta, since: datetime
    ) -> list[Happening]:
        """What stands now and was not told."""
        values = {"livemode": livemode, "now": now, "near": near, "since": since}
        rows = [row for query in _ALL for row in self._connection.execute(query, values)]
        return [Happening(row[0], row[1], livemode, row[2], _figured(row[3])) for row in rows]

    def add_alert(self, happening: Happening, *, at: datetime) -> int | None:
        """Its id; None when it was told before."""
        row = self._connection.execute(
            "INSERT INTO alert (kind, subject, livemode, path, data, at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (kind, subject) DO NOTHING RETURNING id",
            [
                happening.kind,
                happening.subject,
                happening.livemode,
                happening.path,
                Jsonb(dict(happening.data)),
                at,
            ],
        ).fetchone()
        return int(row[0]) if row else None

    def add_sending(self, alert_id: int, channel_id: int, *, due_at: datetime) -> None:
        """One channel is to be told."""
        self._connection.execute(
            "INSERT INTO alert_sending (alert_id, channel_id, due_at) VALUES (%s, %s, %s)",
            [alert_id, channel_id, due_at],
        )

    def channels(self) -> list[Channel]:
        """Every channel by name."""
        rows = self._connection.execute(_CHANNELS, {"id": None}).fetchall()
        return [self._channel_of(row) for row in rows]

    def channel(self, channel_id: int) -> Channel | None:
        """One channel."""
        row = self._connection.execute(_CHANNELS, {"id": channel_id}).fetchone()
        return self._channel_of(row) if row else None

    def save_channel(self, channel: Channel, by: int | None, *, at: datetime) -> bool:
        """Add (id 0) or change a channel; False when the name is taken."""
        values = [
            channel.name,
            self._seal.seal(channel.url),
            channel.shown,
            list(channel.kinds),
            channel.test_too,
            channel.quiet_from,
            channel.quiet_to,
            channel.zone,
            channel.language,
            channel.off,
        ]
        try:
            with self._connection.transaction():
                if channel.channel_id:
                    sets = ", ".join(f"{name} = %s" for name in _COLUMNS)
                    query = f"UPDATE alert_channel SET {sets}, trouble = NULL WHERE id = %s"
                    self._connection.execute(query.encode(), [*values, channel.channel_id])
                else:
                    names, marks = ", ".join(_COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
                    query = (
                        f"INSERT INTO alert_channel ({names}, created_by, created_at) "
                        f"VALUES ({marks}, %s, %s)"
                    )
                    self._connection.execute(query.encode(), [*values, by, at])
        except UniqueViolation:
            return False
        return True

    def remove_channel(self, channel_id: int) -> None:
        """It is told nothing any more."""
        self._connection.execute("DELETE FROM alert_sending WHERE channel_id = %s", [channel_id])
        self._connection.execute("DELETE FROM alert_channel WHERE id = %s", [channel_id])

    def claim_sendings(self, *, now: datetime, limit: int) -> list[Waiting]:
        """What is due, locked, channel by channel."""
        rows = self._connection.execute(_CLAIM, [now, limit]).fetchall()
        return [Waiting(*row) for row in rows]

    def sent(self, sending_ids: Sequence[int], channel_id: int, *, at: datetime) -> None:
        """The messenger took them."""
        self._connection.execute(
            "UPDATE alert_sending SET state = 'sent', sent_at = %s, tries = tries + 1 "
            "WHERE id = ANY(%s)",
            [at, list(sending_ids)],
        )
        self._connection.execute(
            "UPDATE alert_channel SET trouble = NULL, sent_at = %s WHERE id = %s", [at, channel_id]
        )

    def not_sent(
        self,
        sending_ids: Sequence[int],
        channel_id: int,
        trouble: str,
        *,
        again_at: datetime | None,
    ) -> None:
        """The messenger did not; another try at `again_at`, or none."""
        self._connection.execute(
            "UPDATE alert_sending SET tries = tries + 1, due_at = coalesce(%s, due_at), "
            "state = CASE WHEN %s THEN 'failed' ELSE 'waiting' END WHERE id = ANY(%s)",
            [again_at, again_at is None, list(sending_ids)],
        )
        self._connection.execute(
            "UPDATE alert_channel SET trouble = %s WHERE id = %s", [trouble, channel_id]
        )

    def queue_alerts(self) -> None:
        """The job that sends what is due, where something is and none waits."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT FROM alert_sending WHERE state = 'waiting' AND due_at <= now())"
        ).fetchone()
        if row and row[0]:
            defer(self._connection, ALERT_TASK, ALERT_QUEUE, {}, queueing_lock="alerts")

    def _channel_of(self, row: Any) -> Channel:
        values = list(row)
        values[2] = self._seal.open(row[2])
        return Channel(*values)


def _figured(data: dict[str, Any]) -> dict[str, Any]:
    """Of an alarm's text only the figure or code goes out."""
    if "what" not in data:
        return data
    return {**data, "detail": alarm_figure(data["what"], data["detail"])}
