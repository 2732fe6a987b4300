"""Attempts that have gone out, for what the carrier tells of them."""

from __future__ import annotations

from typing import Any

import psycopg

_ATTEMPTS = """
WITH told AS (
    INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, due_at, latest_at, state, created_at, updated_at)
    SELECT 'bench:' || n, c.id, c.debtor_id, c.portfolio_id, s.id, p.id, %(channel)s, 'reminder',
        %(script)s, 1, now(), now(), 'attempted', now(), now()
    FROM generate_series(0, %(count)s - 1) n
    JOIN cases c ON c.id = 1 + n %% %(cases)s JOIN contact_point p ON p.debtor_id = c.debtor_id,
    sender s RETURNING *
)
INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, state, provider_sid, body_sealed, at, called_at, updated_at)
SELECT 'attempt-' || substr(key, 7), id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, 'accepted', CASE channel WHEN 'sms' THEN 'SM' ELSE 'CA' END || md5(substr(key, 7)),
    '\\x00', due_at, due_at, due_at FROM told
"""

_CALLS = """
INSERT INTO call (attempt_id, provider_sid, sender_id, case_id, debtor_id, contact_point_id, script,
    script_version, placed_at, called_at)
SELECT a.id, a.provider_sid, a.sender_id, a.case_id, a.debtor_id, a.contact_point_id, t.script,
    t.script_version, a.at, a.at
FROM attempt a JOIN touch t ON t.id = a.touch_id WHERE a.channel = 'voice'
"""


def send_messages(connection: psycopg.Connection[Any], count: int, cases: int) -> None:
    """Messages `attempt-0` to `attempt-{count - 1}`, dealt out among the first `cases` cases."""
    values = {"count": count, "cases": cases, "channel": "sms", "script": "reminder.d1_5"}
    connection.execute(_ATTEMPTS, values)


def place_calls(connection: psycopg.Connection[Any], count: int, cases: int) -> None:
    """As `send_messages`, calls that ring."""
    values = {"count": count, "cases": cases, "channel": "voice", "script": "ivr.d6_20"}
    connection.execute(_ATTEMPTS, values)
    connection.execute(_CALLS)
