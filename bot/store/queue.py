"""The list of hand-offs: who gets what, what is put aside, pauses, saved filters."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.domain.assignment import Waiting, Worker
from bot.flows.ports.queue import CaseHead, Lapsed, Patient, Unassigned
from bot.store.desk import DeskRows

_BACK = (
    "state = 'open', claimed_by = NULL, claimed_at = NULL, worked_at = NULL, "
    "assigned_to = NULL, assigned_at = NULL, aside_until = NULL"
)

_ASSIGN = """
UPDATE handoff SET state = 'open', claimed_by = NULL, claimed_at = NULL, worked_at = NULL,
    aside_until = NULL, assigned_to = %(to)s::bigint,
    assigned_at = CASE WHEN %(to)s::bigint IS NOT NULL THEN %(at)s::timestamptz END
WHERE id = %(id)s AND state IN ('open', 'claimed')
"""

# Whoever let it lie is remembered, so that it goes to somebody else.
_LAPSE = f"""
WITH late AS (
    SELECT h.id, coalesce(h.claimed_by, h.assigned_to) AS who, h.state = 'claimed' AS claimed
    FROM handoff h JOIN portfolio p ON p.id = h.portfolio_id
    JOIN unnest(%(priority)s::int[], %(assigned)s::timestamptz[], %(worked)s::timestamptz[])
      AS t(priority, assigned_before, worked_before) ON t.priority = h.priority
    WHERE h.state IN ('open', 'claimed') AND p.livemode = %(livemode)s AND h.aside_until IS NULL
      AND ((h.state = 'open' AND h.assigned_to IS NOT NULL AND h.due_at <= %(now)s
            AND h.assigned_at <= t.assigned_before)
        OR (h.state = 'open' AND h.assigned_to IN (SELECT id FROM collector WHERE disabled))
        OR (h.state = 'claimed' AND coalesce(h.worked_at, h.claimed_at) <= t.worked_before))
    ORDER BY h.id FOR UPDATE OF h SKIP LOCKED
)
UPDATE handoff h SET {_BACK},
    passed = CASE WHEN passed @> to_jsonb(late.who) THEN passed
             ELSE passed || to_jsonb(late.who) END
FROM late WHERE h.id = late.id RETURNING h.id, h.case_id, late.who, late.claimed
"""

_UNASSIGNED = """
SELECT h.id, h.case_id, h.portfolio_id, h.reason, h.passed,
       ARRAY(SELECT o.claimed_by FROM handoff o JOIN cases x ON x.id = o.case_id
             WHERE x.debtor_id = c.debtor_id AND o.claimed_by IS NOT NULL AND o.state = 'closed'
             ORDER BY o.closed_at DESC LIMIT 5),
       ARRAY(SELECT o.claimed_by FROM debt b JOIN debt s
               ON s.portfolio_id = b.portfolio_id AND s.contract = b.contract
             JOIN handoff o ON o.case_id = s.case_id
             WHERE b.case_id = c.id AND s.case_id <> c.id AND o.claimed_by IS NOT NULL
             ORDER BY coalesce(o.closed_at, o.claimed_at) DESC LIMIT 5)
FROM handoff h JOIN cases c ON c.id = h.case_id JOIN portfolio p ON p.id = h.portfolio_id
WHERE h.state = 'open' AND h.assigned_to IS NULL AND p.livemode = %s
ORDER BY h.priority, h.due_at LIMIT %s FOR UPDATE OF h SKIP LOCKED
"""

_WORKERS = """
SELECT u.id, coalesce(k.capacity, %s), k.skills,
       (SELECT count(*) FROM handoff WHERE state = 'claimed' AND claimed_by = u.id
          AND aside_until IS NULL)
       + (SELECT count(*) FROM handoff WHERE state = 'open' AND assigned_to = u.id),
       CASE WHEN u.all_portfolios THEN NULL
            ELSE ARRAY(SELECT portfolio_id FROM collector_portfolio WHERE collector_id = u.id) END
FROM desk k JOIN collector u ON u.id = k.collector_id
WHERE k.taking AND NOT u.disabled ORDER BY u.id
"""

_SET_DESK = """
INSERT INTO desk (collector_id, taking, skills, capacity)
VALUES (%(who)s, %(taking)s, coalesce(%(skills)s::text[], '{}'), %(capacity)s)
ON CONFLICT (collector_id) DO UPDATE SET taking = excluded.taking,
    skills = CASE WHEN %(skills)s::text[] IS NULL THEN desk.skills ELSE excluded.skills END,
    capacity = CASE WHEN %(skills)s::text[] IS NULL THEN desk.capacity ELSE excluded.capacity END
"""

_OVER = """
SELECT w.id, w.case_id FROM pause w JOIN cases c ON c.id = w.case_id
JOIN portfolio p ON p.id = c.portfolio_id JOIN debtor d ON d.id = c.debtor_id
WHERE w.ended_at IS NULL AND w.resume_at <= %s AND p.livemode = %s
ORDER BY w.resume_at LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""


class QueueRows(DeskRows):
    """Implements `bot.flows.ports.queue.QueueStore`."""

    def desk_case(self, case_id: int) -> CaseHead | None:
        """The case's lane, or None."""
        row = self._connection.execute(
            "SELECT c.id, c.debtor_id, p.livemode, p.zone FROM cases c "
            "JOIN portfolio p ON p.id = c.portfolio_id WHERE c.id = %s",
            [case_id],
        ).fetchone()
        return CaseHead(*row) if row else None

    def open_handoff_of(self, case_id: int) -> int | None:
        """The hand-off of the case that is not over."""
        query = "SELECT id FROM handoff WHERE case_id = %s AND state IN ('open', 'claimed')"
        found: int | None = self._value(query, [case_id])
        return found

    def assign_handoff(self, handoff_id: int, collector_id: int | None, *, at: datetime) -> bool:
        """Open, and for this person; None is for everybody."""
        values = {"id": handoff_id, "to": collector_id, "at": at}
        return bool(self._connection.execute(_ASSIGN, values).rowcount)

    def put_aside(self, handoff_id: int, until: datetime | None) -> None:
        """Out of the list until then."""
        self._connection.execute(
            "UPDATE handoff SET aside_until = %s WHERE id = %s AND state = 'claimed'",
            [until, handoff_id],
        )

    def can_work(self, collector_id: int) -> bool:
        """Whether the person exists and may log in."""
        query = "SELECT true FROM collector WHERE id = %s AND NOT disabled"
        return bool(self._value(query, [collector_id]))

    def is_taking(self, collector_id: int) -> bool:
        """Whether the person is assigned hand-offs now."""
        return bool(self._value("SELECT taking FROM desk WHERE collector_id = %s", [collector_id]))

    def wake_handoffs(self, *, livemode: bool, now: datetime) -> int:
        """Bring back what was put aside until now; its holder's patience begins anew."""
        return self._connection.execute(
            "UPDATE handoff h SET aside_until = NULL, worked_at = %(now)s FROM portfolio p "
            "WHERE h.aside_until <= %(now)s AND h.state = 'claimed' "
            "AND p.id = h.portfolio_id AND p.livemode = %(livemode)s",
            {"now": now, "livemode": livemode},
        ).rowcount

    def lapse(
        self, patience: Sequence[Patient], *, livemode: bool, now: datetime
    ) -> Sequence[Lapsed]:
        """Take back what was not claimed in time, or was left lying."""
        rows = self._connection.execute(
            _LAPSE,
            {
                "priority": [each.priority for each in patience],
                "assigned": [each.assigned_before for each in patience],
                "worked": [each.worked_before for each in patience],
                "livemode": livemode,
                "now": now,
            },
        ).fetchall()
        return [Lapsed(*row) for row in rows]

    def unassigned(self, *, livemode: bool, limit: int) -> Sequence[Unassigned]:
        """Open hand-offs for nobody, most urgent first."""
        rows = self._connection.execute(_UNASSIGNED, [livemode, limit]).fetchall()
        return [_unassigned(*row) for row in rows]

    def workers(self, capacity: int) -> Sequence[Worker]:
        """Who takes hand-offs now, with their load."""
        rows = self._connection.execute(_WORKERS, [capacity]).fetchall()
        return [
            Worker(who, load, room, frozenset(skills), None if books is None else frozenset(books))
            for who, room, skills, load, books in rows
        ]

    def set_desk(
        self,
        collector_id: int,
        *,
        taking: bool,
        skills: Collection[str] | None = None,
        capacity: int | None = None,
    ) -> None:
        """How somebody takes hand-offs; skills None leaves the rest as it is."""
        values = {
            "who": collector_id,
            "taking": taking,
            "skills": None if skills is None else sorted(skills),
            "capacity": capacity,
        }
        self._connection.execute(_SET_DESK, values)

    def save_filter(
        self, collector_id: int, name: str, query: Mapping[str, Any], *, first: bool
    ) -> None:
        """Under that name; at most one is the first."""
        if first:
            self._connection.execute(
                'UPDATE saved_filter SET "first" = false WHERE collector_id = %s', [collector_id]
            )
        self._connection.execute(
            'INSERT INTO saved_filter (collector_id, name, query, "first") VALUES (%s, %s, %s, %s) '
            "ON CONFLICT (collector_id, name) DO UPDATE SET query = excluded.query, "
            '"first" = excluded."first"',
            [collector_id, name, json.dumps(dict(query)), first],
        )

    def drop_filter(self, collector_id: int, filter_id: int) -> None:
        """One's own."""
        self._connection.execute(
            "DELETE FROM saved_filter WHERE collector_id = %s AND id = %s",
            [collector_id, filter_id],
        )

    def count_filters(self, collector_id: int) -> int:
        """How many somebody keeps."""
        query = "SELECT count(*) FROM saved_filter WHERE collector_id = %s"
        return int(self._value(query, [collector_id]))

    def begin_pause(
        self, case_id: int, collector_id: int, until: date, *, resume_at: datetime, at: datetime
    ) -> None:
        """The case rests until then."""
        self._connection.execute(
            "INSERT INTO pause (case_id, collector_id, until, resume_at, made_at) "
            "VALUES (%s, %s, %s, %s, %s)",
            [case_id, collector_id, until, resume_at, at],
        )

    def pauses_over(
        self, *, livemode: bool, now: datetime, limit: int
    ) -> Sequence[tuple[int, int]]:
        """(pause id, case id); the lanes are taken, busy ones are skipped."""
        return self._connection.execute(_OVER, [now, livemode, limit]).fetchall()

    def end_pause(self, case_id: int, *, at: datetime) -> None:
        """The running pause is over."""
        self._connection.execute(
            "UPDATE pause SET ended_at = %s WHERE case_id = %s AND ended_at IS NULL",
            [at, case_id],
        )

    def _value(self, query: str, values: Sequence[Any]) -> Any:
        row = self._connection.execute(query, values).fetchone()
        return row[0] if row else None


def _unassigned(
    handoff_id: int,
    case_id: int,
    portfolio_id: int,
    reason: str,
    passed: list[int],
    same_debtor: list[int],
    same_contract: list[int],
) -> Unassigned:
    familiar = tuple(dict.fromkeys([*same_debtor, *same_contract]))
    waiting = Waiting(handoff_id, portfolio_id, None, familiar, frozenset(passed))
    return Unassigned(waiting, case_id, reason)
