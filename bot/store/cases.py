"""Moves of cases: events, lanes, cancelled touches, hand-offs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case_life import Event
from bot.domain.vocabulary import INITIATED, CaseState, Channel, HandoffReason
from bot.store.facts import FactsReader

_EVENT = """
WITH moved AS (
    UPDATE cases SET state = %(after)s, event_seq = event_seq + 1,
        closed_at = CASE WHEN %(after)s = 'closed' THEN coalesce(closed_at, %(at)s) END,
        returned_at = CASE WHEN %(event)s = ANY(%(returns)s) THEN %(at)s ELSE returned_at END
    WHERE id = %(case)s RETURNING id, event_seq
)
INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor, data)
SELECT id, event_seq, %(at)s, %(event)s, %(before)s, %(after)s, %(actor)s, %(data)s FROM moved
"""

#: Events after which the bot has the case again and starts counting anew.
_RETURNS = [
    event.value
    for event in (
        Event.RETURNED,
        Event.RETURNED_WITH_PROMISE,
        Event.DISPUTE_RESOLVED,
        Event.RESUMED,
    )
]

_REMARK = """
WITH counted AS (
    UPDATE cases SET event_seq = event_seq + 1 WHERE id = %(case)s RETURNING id, event_seq, state
)
INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor, data)
SELECT id, event_seq, %(at)s, %(kind)s, state, state, %(actor)s, %(data)s FROM counted
"""

_CANCEL = """
UPDATE touch SET state = 'cancelled', reason = %(reason)s, updated_at = %(at)s
WHERE case_id = %(case)s AND state = 'planned'
  AND (%(answers_too)s OR purpose = ANY(%(initiated)s))
  AND (%(point)s::bigint IS NULL OR contact_point_id = %(point)s)
  AND (%(channel)s::text IS NULL OR channel = %(channel)s)
"""

_HANDOFF = """
INSERT INTO handoff (case_id, portfolio_id, reason, reasons, priority, opened_at, due_at, reply_id)
SELECT id, portfolio_id, %(reason)s::text, jsonb_build_array(%(reason)s::text), %(priority)s, %(at)s,
       %(due)s, %(reply)s
FROM cases WHERE id = %(case)s
ON CONFLICT (case_id) WHERE state IN ('open', 'claimed') DO UPDATE SET
    reason = CASE WHEN excluded.priority < handoff.priority
             THEN excluded.reason ELSE handoff.reason END,
    reasons = CASE WHEN handoff.reasons ? excluded.reason
              THEN handoff.reasons ELSE handoff.reasons || excluded.reasons END,
    priority = least(handoff.priority, excluded.priority),
    due_at = least(handoff.due_at, excluded.due_at),
    reply_id = coalesce(excluded.reply_id, handoff.reply_id),
    aside_until = NULL
RETURNING xmax = 0
"""


class CaseRows(FactsReader):
    """Implements `bot.flows.ports.cases.Cases`."""

    def lock_debtors(self, debtor_ids: Sequence[int]) -> None:
        """Row locks on the debtors, in order of id so that two callers cannot deadlock."""
        self._connection.execute(
            "SELECT 1 FROM debtor WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(debtor_ids)]
        )

    def save_event(
        self,
        case_id: int,
        event: Event,
        before: CaseState | None,
        after: CaseState,
        *,
        at: datetime,
        actor: str,
        data: Mapping[str, Any],
    ) -> None:
        """Append the event and write the state it leads to."""
        self._connection.execute(
            _EVENT,
            {
                "case": case_id,
                "event": event.value,
                "returns": _RETURNS,
                "before": before.value if before else "",
                "after": after.value,
                "at": at,
                "actor": actor,
                "data": json.dumps(dict(data)),
            },
        )

    def save_remark(
        self, case_id: int, kind: str, *, at: datetime, actor: str, data: Mapping[str, Any]
    ) -> None:
        """A line of the timeline that moves nothing."""
        self._connection.execute(
            _REMARK,
            {
                "case": case_id,
                "kind": kind,
                "at": at,
                "actor": actor,
                "data": json.dumps(dict(data)),
            },
        )

    def cancel_touches(
        self,
        case_id: int,
        *,
        at: datetime,
        reason: str,
        answers_too: bool = False,
        contact_point_id: int | None = None,
        channel: Channel | None = None,
    ) -> int:
        """Cancel what is planned; returns how many."""
        return self._connection.execute(
            _CANCEL,
            {
                "case": case_id,
                "reason": str(reason),
                "at": at,
                "answers_too": answers_too,
                "initiated": [purpose.value for purpose in INITIATED],
                "point": contact_point_id,
                "channel": channel.value if channel else None,
            },
        ).rowcount

    def check_at(self, case_id: int, at: datetime) -> None:
        """Let the planner look again at `at`."""
        self._connection.execute("UPDATE cases SET next_check_at = %s WHERE id = %s", [at, case_id])

    def open_handoff(
        self,
        case_id: int,
        reason: HandoffReason,
        *,
        priority: int,
        due_at: datetime,
        at: datetime,
        reply_id: int | None,
    ) -> bool:
        """Open a hand-off or join the one that is open. True if it is new."""
        row = self._connection.execute(
            _HANDOFF,
            {
                "case": case_id,
                "reason": reason.value,
                "priority": priority,
                "at": at,
                "due": due_at,
                "reply": reply_id,
            },
        ).fetchone()
        return bool(row and row[0])

    def close_handoff(self, case_id: int, *, at: datetime, outcome: str) -> None:
        """Close the open hand-off, if there is one."""
        self._connection.execute(
            "UPDATE handoff SET state = 'closed', closed_at = %s, outcome = %s "
            "WHERE case_id = %s AND state IN ('open', 'claimed')",
            [at, str(outcome), case_id],
        )

    def touch_handoff(self, case_id: int, reply_id: int) -> None:
        """The open hand-off has a reply waiting, even if it had been put aside."""
        self._connection.execute(
            "UPDATE handoff SET reply_id = %s, aside_until = NULL WHERE case_id = %s AND state IN ('open', 'claimed')",
            [reply_id, case_id],
        )

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """One alarm of a kind and subject stands at a time."""
        self._connection.execute(
            "INSERT INTO alarm (kind, subject, message, at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO NOTHING",
            [kind, subject, message, at],
        )

    def clear_alarm(self, kind: str, subject: str, *, at: datetime) -> None:
        """It is over."""
        self._connection.execute(
            "UPDATE alarm SET cleared_at = %s "
            "WHERE kind = %s AND subject = %s AND cleared_at IS NULL",
            [at, kind, subject],
        )
