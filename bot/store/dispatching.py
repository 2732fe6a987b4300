"""Claiming what is due, committing attempts, and settling what the carrier said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.verdict import Verdict
from bot.domain.vocabulary import AttemptState, Channel
from bot.flows.ports.carrier import CallOrder, Order, SmsOrder
from bot.flows.ports.dispatching import (
    Decided,
    DueTouch,
    NewAttempt,
    NewLink,
    OpenAttempt,
    SenderFacts,
    Settled,
)
from bot.store.facts import CHANNELS, PURPOSES
from bot.store.jobs import Job, defer_all
from bot.store.lines import LineRows
from bot.store.planning import DISPATCH_TASK, SEND_QUEUE
from bot.store.seal import Seal
from bot.store.touch_params import opened

#: A sender that was idle may send at once what this long would have carried.
_BURST = timedelta(seconds=5)

#: Ranks of attempt states; an attempt only moves to a higher one.
RANK = (
    "array_position(ARRAY['sending','unknown','refused','accepted','sent','delivered',"
    "'undelivered','failed'], {0})"
)

_CLAIM = """
SELECT t.id, t.key, t.case_id, t.debtor_id, t.contact_point_id, t.channel, t.purpose, t.script,
       nullif(t.params, '{}'), t.tier, t.rule, t.due_at, t.latest_at
FROM touch t JOIN debtor d ON d.id = t.debtor_id
WHERE t.sender_id = %(sender)s AND t.state = 'planned' AND t.due_at <= %(now)s
  AND t.channel = %(channel)s
  AND (t.channel <> 'voice' OR NOT EXISTS (SELECT FROM call c WHERE c.debtor_id = t.debtor_id
      AND c.state <> 'ended' AND c.placed_at > %(now)s - interval '4 hours'))
  AND t.portfolio_id <> ALL (ARRAY(SELECT portfolio_id FROM halt
      WHERE lifted_at IS NULL AND portfolio_id IS NOT NULL))
  AND NOT EXISTS (SELECT FROM halt WHERE lifted_at IS NULL AND portfolio_id IS NULL)
ORDER BY t.due_at, t.id LIMIT %(limit)s
FOR UPDATE OF t, d SKIP LOCKED
"""

_ATTEMPTS = """
INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, state, body_sealed, segments, script_version, at, updated_at, called_at)
SELECT a.token, t.id, t.case_id, t.debtor_id, t.contact_point_id, %(sender)s, t.channel,
    t.purpose, 'sending', a.body, a.segments, a.version, %(at)s, %(at)s, %(called)s
FROM unnest(%(tokens)b::text[], %(touches)b::bigint[], %(bodies)b::bytea[], %(segments)b::int[],
    %(versions)b::int[]) AS a(token, touch_id, body, segments, version)
JOIN touch t ON t.id = a.touch_id
"""

# A final state never gives way to another final state, and nothing moves backward; the sid is
# kept as soon as it is known.
_SETTLE = f"""
UPDATE attempt a SET
    provider_sid = coalesce(a.provider_sid, n.sid),
    state = CASE WHEN {RANK.format("n.state")} > {RANK.format("a.state")}
                  AND a.state NOT IN ('delivered', 'undelivered', 'failed')
            THEN n.state ELSE a.state END,
    error_code = coalesce(n.code, a.error_code),
    updated_at = %s
FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS n(token, state, sid, code)
WHERE a.token = n.token
"""

_STALE = """
SELECT a.id, a.token, a.body_sealed, coalesce(u.phone_sealed, p.phone_sealed), s.address,
       a.sender_id, a.at, a.called_at, a.channel
FROM attempt a JOIN contact_point p ON p.id = a.contact_point_id JOIN sender s ON s.id = a.sender_id
LEFT JOIN call c ON c.attempt_id = a.id AND c.direction = 'desk'
LEFT JOIN collector u ON u.id = c.collector_id
WHERE a.state IN ('sending', 'unknown') AND a.called_at < %s
  AND coalesce(a.error_code, '') NOT IN ('not_at_carrier', 'several_at_carrier')
ORDER BY a.at LIMIT %s
"""


class DispatchRows(LineRows):
    """Implements `bot.flows.ports.dispatching.DispatchStore`."""

    def sender(self, sender_id: int) -> SenderFacts | None:
        """The sender."""
        row = self._connection.execute(
            "SELECT id, address, kind, livemode, per_second, stopped_reason IS NOT NULL "
            "FROM sender WHERE id = %s",
            [sender_id],
        ).fetchone()
        return None if row is None else SenderFacts(*row)

    def take_turns(self, sender_id: int, *, wanted: int, real_now: datetime) -> int:
        """Turns of the sender's rate, at most `wanted`; the sender's row is locked."""
        if not wanted:
            return 0
        row = self._connection.execute(
            "SELECT per_second, paced_to FROM sender WHERE id = %s FOR UPDATE", [sender_id]
        ).fetchone()
        assert row is not None
        rate, paced_to = row
        start = max(paced_to or real_now - _BURST, real_now - _BURST)
        free = max(int((real_now - start).total_seconds() * rate), 0)
        taken = min(wanted, free)
        if taken:
            self._connection.execute(
                "UPDATE sender SET paced_to = %s WHERE id = %s",
                [start + timedelta(seconds=taken / rate), sender_id],
            )
        return taken

    def claim_due(
        self, sender_id: int, *, channel: Channel, now: datetime, limit: int
    ) -> list[DueTouch]:
        """Due touches of the channel with their debtors' lanes."""
        values = {"sender": sender_id, "now": now, "channel": channel.value, "limit": limit}
        rows = self._connection.execute(_CLAIM, values).fetchall()
        return [_due(row, self._seal) for row in rows]

    def next_due(self, sender_id: int) -> datetime | None:
        """The earliest due instant of what is still planned."""
        row = self._connection.execute(
            "SELECT min(due_at) FROM touch WHERE sender_id = %s AND state = 'planned'", [sender_id]
        ).fetchone()
        return row[0] if row else None

    def phones(self, contact_point_ids: Sequence[int]) -> dict[int, str]:
        """E.164 numbers by contact point."""
        rows = self._connection.execute(
            "SELECT id, phone_sealed FROM contact_point WHERE id = ANY(%b::bigint[])",
            [list(contact_point_ids)],
        )
        return {row[0]: self._seal.open(row[1]) for row in rows.fetchall()}

    def collector_phone(self, collector_id: int) -> str | None:
        """Where a collector takes calls."""
        row = self._connection.execute(
            "SELECT phone_sealed FROM collector WHERE id = %s AND NOT disabled", [collector_id]
        ).fetchone()
        return self._seal.open(row[0]) if row and row[0] else None

    def add_links(self, links: Sequence[NewLink]) -> None:
        """Remember payment links."""
        if not links:
            return
        self._connection.execute(
            "INSERT INTO payment_link (token_hash, case_id, created_at, expires_at) "
            "SELECT * FROM unnest(%b::bytea[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])",
            [
                [link.token_hash for link in links],
                [link.case_id for link in links],
                [link.at for link in links],
                [link.expires_at for link in links],
            ],
        )

    def add_attempts(
        self, attempts: Sequence[NewAttempt], *, sender_id: int, at: datetime, called_at: datetime
    ) -> None:
        """Attempts as `sending`, their touches as attempted."""
        if not attempts:
            return
        touches = [attempt.touch.touch_id for attempt in attempts]
        self._connection.execute(
            _ATTEMPTS,
            {
                "sender": sender_id,
                "at": at,
                "called": called_at,
                "tokens": [attempt.token for attempt in attempts],
                "touches": touches,
                "bodies": [self._seal.seal(attempt.body) for attempt in attempts],
                "segments": [attempt.segments for attempt in attempts],
                "versions": [attempt.script_version for attempt in attempts],
            },
        )
        self.add_calls(attempts, at=at, called_at=called_at)
        self._connection.execute(
            "UPDATE touch SET state = 'attempted', updated_at = %s WHERE id = ANY(%b::bigint[])",
            [at, touches],
        )

    def save_decided(self, decided: Sequence[Decided], *, at: datetime) -> None:
        """Defer, deny or expire touches."""
        if not decided:
            return
        self._connection.execute(
            "UPDATE touch t SET state = n.state, due_at = coalesce(n.due_at, t.due_at), "
            "reason = n.reason, updated_at = %s "
            "FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[]) "
            "AS n(id, state, due_at, reason) WHERE t.id = n.id",
            [
                at,
                [one.touch.touch_id for one in decided],
                [one.state.value for one in decided],
                [one.due_at for one in decided],
                [one.reason for one in decided],
            ],
        )

    def save_verdicts(
        self, verdicts: Sequence[tuple[DueTouch, Verdict]], *, stage: str, at: datetime
    ) -> None:
        """Write the gate's answers."""
        rows = [(touch.touch_id, touch.case_id, verdict) for touch, verdict in verdicts]
        self.add_verdicts(rows, stage=stage, at=at)

    def settle(self, results: Sequence[Settled], *, at: datetime) -> None:
        """Move attempts forward."""
        if not results:
            return
        self._connection.execute(
            _SETTLE,
            [
                at,
                [one.token for one in results],
                [one.state.value for one in results],
                [one.sid for one in results],
                [one.code for one in results],
            ],
        )
        over = [one.token for one in results if one.state is AttemptState.REFUSED or one.gone]
        self.end_calls(over, at=at)

    def put_back(self, tokens: Sequence[str], *, due_at: datetime, at: datetime) -> None:
        """Touches of refused attempts become planned again."""
        if tokens:
            self._connection.execute(
                "UPDATE touch t SET state = 'planned', due_at = %s, updated_at = %s "
                "FROM attempt a WHERE a.touch_id = t.id AND a.token = ANY(%s) "
                "AND a.state = 'refused' AND t.state = 'attempted'",
                [due_at, at, list(tokens)],
            )

    def disable_numbers(self, tokens: Sequence[str], *, reason: str, at: datetime) -> None:
        """Disable the numbers of these attempts, cancel what is planned for them, look again."""
        for point, case_id in self._points_of(tokens):
            self.disable_number(point, reason=reason, at=at)
            self.check_at(case_id, at)

    def disable_number(self, contact_point_id: int, *, reason: str, at: datetime) -> None:
        """Never use the number again; cancels everything planned for it."""
        self._connection.execute(
            "UPDATE contact_point SET disabled = %s, disabled_at = %s "
            "WHERE id = %s AND disabled IS NULL",
            [reason, at, contact_point_id],
        )
        self._connection.execute(
            "UPDATE touch SET state = 'cancelled', reason = %s, updated_at = %s "
            "WHERE contact_point_id = %s AND state = 'planned'",
            [reason, at, contact_point_id],
        )

    def suppress_numbers(self, tokens: Sequence[str], *, at: datetime) -> None:
        """The carrier says these numbers opted out."""
        for point, case_id in self._points_of(tokens):
            self._connection.execute(
                "INSERT INTO suppression (creditor_key, phone_hash, channel, source, at) "
                "SELECT d.creditor_key, p.phone_hash, 'sms', 'carrier', %s "
                "FROM contact_point p JOIN debtor d ON d.id = p.debtor_id WHERE p.id = %s "
                "ON CONFLICT (creditor_key, phone_hash, channel) WHERE lifted_at IS NULL DO NOTHING",
                [at, point],
            )
            self.cancel_touches(
                case_id, at=at, reason="opt_out", contact_point_id=point, channel=Channel.SMS
            )

    def _points_of(self, tokens: Sequence[str]) -> list[tuple[int, int]]:
        if not tokens:
            return []
        return self._connection.execute(
            "SELECT DISTINCT contact_point_id, case_id FROM attempt WHERE token = ANY(%s)",
            [list(tokens)],
        ).fetchall()

    def hold_sender(self, sender_id: int, *, until: datetime) -> None:
        """No turns before `until`."""
        self._connection.execute(
            "UPDATE sender SET paced_to = greatest(paced_to, %s) WHERE id = %s", [until, sender_id]
        )

    def stop_sender(self, sender_id: int, *, reason: str, at: datetime) -> None:
        """Stop the sender and raise an alarm."""
        self._connection.execute(
            "UPDATE sender SET stopped_reason = %s, stopped_at = %s "
            "WHERE id = %s AND stopped_reason IS NULL",
            [reason, at, sender_id],
        )
        self.raise_alarm("sender_stopped", str(sender_id), reason, at=at)

    def stale_attempts(self, *, before: datetime, limit: int) -> list[OpenAttempt]:
        """Attempts whose outcome is not known."""
        rows = self._connection.execute(_STALE, [before, limit]).fetchall()
        return [self._open_attempt(row) for row in rows]

    def _open_attempt(self, row: Any) -> OpenAttempt:
        attempt_id, token, body, phone, address, sender_id, at, called_at, channel = row
        to = self._seal.open(phone)
        order: Order = CallOrder(token, to, address, 1)
        if channel == "sms":
            order = SmsOrder(token, to, address, self._seal.open(body), 1)
        return OpenAttempt(attempt_id, order, sender_id, at, called_at)

    def sids_known(self, sids: Sequence[str]) -> set[str]:
        """Which of these sids belong to an attempt already."""
        rows = self._connection.execute(
            "SELECT provider_sid FROM attempt WHERE provider_sid = ANY(%s)", [list(sids)]
        )
        return {row[0] for row in rows.fetchall()}

    def wake_sender(self, sender_id: int, *, at: datetime | None) -> None:
        """Queue a dispatch job; one that waits is enough, it queues the next itself."""
        arguments, lock = {"sender_id": sender_id}, f"dispatch:{sender_id}:later"
        job = Job(DISPATCH_TASK, SEND_QUEUE, arguments, schedule_at=at, queueing_lock=lock)
        defer_all(self._connection, [job])


def _due(row: Any, seal: Seal) -> DueTouch:
    touch_id, key, case_id, debtor_id, point, channel, purpose, script, params, *rest = row
    return DueTouch(
        touch_id,
        key,
        case_id,
        debtor_id,
        point,
        CHANNELS[channel],
        PURPOSES[purpose],
        script,
        opened(params, seal) if params else {},
        *rest,
    )
