"""Two cases become one: what is alive is written over, set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.vocabulary import INITIATED, CaseState
from bot.flows.ports.merging import HeldHandoff, MergeHead, Pair
from bot.store.case_work import CaseWorkRows
from bot.store.money import MoneyRows
from bot.store.promise_money import PromiseMoneyRows

_HEADS = """
SELECT c.id, c.debtor_id, c.portfolio_id, c.currency, p.creditor_key, p.livemode, c.state,
       c.merged_into,
       coalesce((SELECT sum(d.owed_minor)::bigint FROM debt d WHERE d.case_id = c.id), 0),
       coalesce((SELECT e.event = 'closed' FROM case_event e WHERE e.case_id = c.id
                   AND e.event IN ('settled', 'closed') AND e.state_before <> 'closed'
                 ORDER BY e.seq DESC LIMIT 1), false),
       EXISTS (SELECT FROM approval a WHERE a.kind = 'payment' AND a.subject = c.id::text
                 AND a.decided_at IS NULL)
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id
JOIN unnest(%s::bigint[]) WITH ORDINALITY AS n(id, place) ON n.id = c.id ORDER BY n.place
"""

#: Rows that name their case and stay as they are otherwise, by what the trail calls them.
_OF_CASE = {
    "debts": "debt",
    "entries": "entry",
    "payments": "payment",
    "promises": "promise",
    "plans": "instalment_plan",
    "reductions": "reduction",
    "links": "payment_link",
    "checkouts": "checkout",
}

# Of two plans one goes on: one that is active before one that was only proposed, else the kept
# case's.
_PLANS = """
SELECT id, case_id, state FROM instalment_plan
WHERE case_id = ANY(%s) AND state IN ('proposed', 'active')
ORDER BY state <> 'active', case_id <> %s
"""

_NUMBER = """
(SELECT q.id FROM contact_point o JOIN contact_point q
   ON q.phone_hash = o.phone_hash AND q.debtor_id = %(kept_debtor)s
 WHERE o.id = x.contact_point_id)
"""

# Answers that wait go out all the same; what the desk would start by itself is planned anew.
_ANSWERS = f"""
UPDATE touch x SET case_id = %(kept)s, debtor_id = %(kept_debtor)s,
    contact_point_id = coalesce({_NUMBER}, x.contact_point_id)
WHERE case_id = %(gone)s AND state = 'planned' AND purpose <> ALL(%(initiated)s)
"""

_CALLS = f"""
UPDATE call x SET case_id = %(kept)s, debtor_id = %(kept_debtor)s,
    contact_point_id = coalesce({_NUMBER}, x.contact_point_id)
WHERE case_id = %(gone)s AND state <> 'ended'
"""

# What our last message asked is what the next bare key answers: of the two cases the newer one's.
_MEMORY = """
UPDATE cases k SET
    late_count = greatest(k.late_count, g.late_count),
    unclear_replies = greatest(k.unclear_replies, g.unclear_replies),
    last_reply_at = greatest(k.last_reply_at, g.last_reply_at),
    returned_at = greatest(k.returned_at, g.returned_at),
    asked = CASE WHEN (SELECT max(at) FROM attempt WHERE case_id = g.id)
                      > coalesce((SELECT max(at) FROM attempt WHERE case_id = k.id), '-infinity')
            THEN g.asked ELSE k.asked END
FROM cases g WHERE k.id = %(kept)s AND g.id = %(gone)s
"""

_HANDOFF = """
INSERT INTO handoff (case_id, portfolio_id, reason, reasons, priority, opened_at, due_at, reply_id,
    state, claimed_by, claimed_at, worked_at, assigned_to, assigned_at)
SELECT %(kept)s, portfolio_id, reason, reasons, priority, %(at)s, due_at, reply_id,
    CASE WHEN %(claimed)s THEN 'claimed' ELSE 'open' END,
    CASE WHEN %(claimed)s THEN claimed_by END, CASE WHEN %(claimed)s THEN claimed_at END,
    CASE WHEN %(claimed)s THEN worked_at END, assigned_to, assigned_at
FROM handoff WHERE id = %(handoff)s
ON CONFLICT (case_id) WHERE state IN ('open', 'claimed') DO UPDATE SET
    reason = CASE WHEN excluded.priority < handoff.priority
             THEN excluded.reason ELSE handoff.reason END,
    reasons = handoff.reasons || (SELECT coalesce(jsonb_agg(new.value), '[]')
        FROM jsonb_array_elements(excluded.reasons) AS new(value)
        WHERE NOT handoff.reasons @> new.value),
    priority = least(handoff.priority, excluded.priority),
    due_at = least(handoff.due_at, excluded.due_at),
    reply_id = coalesce(handoff.reply_id, excluded.reply_id),
    aside_until = NULL
"""

# A number that was given up there is given up here; from now on, for what was sent was sent.
_NUMBERS = """
INSERT INTO contact_point AS p (debtor_id, phone_sealed, phone_hash, phone_masked, kind, region,
    zones, owner, extension, disabled, disabled_at, consent_voice, checked_at)
SELECT %(kept)s, phone_sealed, phone_hash, phone_masked, kind, region, zones, owner, extension,
    disabled, disabled_at, consent_voice, checked_at
FROM contact_point WHERE debtor_id = %(gone)s ORDER BY id
ON CONFLICT (debtor_id, phone_hash) DO UPDATE SET
    disabled = coalesce(p.disabled, excluded.disabled),
    disabled_at = CASE WHEN p.disabled IS NULL AND excluded.disabled IS NOT NULL
                  THEN %(at)s ELSE p.disabled_at END,
    consent_voice = p.consent_voice OR excluded.consent_voice,
    checked_at = greatest(p.checked_at, excluded.checked_at)
"""

_PERSON = """
UPDATE debtor k SET
    vulnerable = coalesce(k.vulnerable, g.vulnerable), deceased = k.deceased OR g.deceased,
    attorney = k.attorney OR g.attorney, stop_all = k.stop_all OR g.stop_all,
    human_only = k.human_only OR g.human_only, payday = coalesce(k.payday, g.payday),
    us_state = coalesce(k.us_state, g.us_state), inconvenient = k.inconvenient || g.inconvenient,
    id_tail_sealed = coalesce(k.id_tail_sealed, g.id_tail_sealed)
FROM debtor g WHERE k.id = %(kept)s AND g.id = %(gone)s
"""

_POINT = """
UPDATE debtor SET merged_into = %(kept)s, merged_at = coalesce(merged_at, %(at)s)
WHERE id = %(gone)s OR merged_into = %(gone)s
"""

_REHOME = f"""
WITH moved AS (
    UPDATE cases SET debtor_id = %(kept_debtor)s
    WHERE debtor_id = %(gone_debtor)s AND merged_into IS NULL RETURNING id
), planned AS (
    UPDATE touch x SET debtor_id = %(kept_debtor)s,
        contact_point_id = coalesce({_NUMBER}, x.contact_point_id)
    FROM moved WHERE x.case_id = moved.id AND x.state = 'planned'
)
UPDATE call x SET debtor_id = %(kept_debtor)s,
    contact_point_id = coalesce({_NUMBER}, x.contact_point_id)
FROM moved WHERE x.case_id = moved.id AND x.state <> 'ended'
"""


class MergeRows(CaseWorkRows, MoneyRows, PromiseMoneyRows):
    """Implements `bot.flows.ports.merging.MergeStore`."""

    def hold_imports(self, creditor_key: str) -> bool:
        """The lock that imports of ledgers hold, for this transaction."""
        name = f"ledger import {creditor_key}"
        row = self._connection.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name]
        ).fetchone()
        return bool(row and row[0])

    def merge_heads(self, case_ids: Sequence[int]) -> list[MergeHead]:
        """In the order of the ids."""
        rows = self._connection.execute(_HEADS, [list(case_ids)]).fetchall()
        return [_head(row) for row in rows]

    def cases_of_debtor(self, debtor_id: int) -> list[int]:
        """Those that were not merged."""
        rows = self._connection.execute(
            "SELECT id FROM cases WHERE debtor_id = %s AND merged_into IS NULL ORDER BY id",
            [debtor_id],
        )
        return [row[0] for row in rows.fetchall()]

    def held_handoff(self, case_id: int) -> HeldHandoff | None:
        """The hand-off that is open, its row locked."""
        row = self._connection.execute(
            "SELECT id, reason, state = 'claimed' FROM handoff "
            "WHERE case_id = %s AND state IN ('open', 'claimed') FOR UPDATE",
            [case_id],
        ).fetchone()
        return HeldHandoff(*row) if row else None

    def move_case(self, pair: Pair, *, at: datetime) -> Mapping[str, int]:
        """Debts, books, money, promises, links; answers that wait and calls that run."""
        self._one_plan(pair, at)
        values = _values(pair)
        moved = {
            name: self._execute(
                f"UPDATE {table} SET case_id = %(kept)s WHERE case_id = %(gone)s", values
            )
            for name, table in _OF_CASE.items()
        }
        self._execute(_ANSWERS, values)
        self._execute(_CALLS, values)
        self._execute(_MEMORY, values)
        for table, alive in (("complaint", "told_at"), ("approval", "decided_at")):
            self._execute(
                f"UPDATE {table} SET case_id = %(kept)s "
                f"WHERE case_id = %(gone)s AND {alive} IS NULL",
                values,
            )
        return {name: many for name, many in moved.items() if many}

    def _one_plan(self, pair: Pair, at: datetime) -> None:
        rows = self._connection.execute(_PLANS, [[pair.gone, pair.kept], pair.kept]).fetchall()
        for plan_id, _, state in rows[1:]:
            self.end_plan(plan_id, "withdrawn" if state == "proposed" else "replaced", at=at)

    def mark_merged(self, pair: Pair) -> None:
        """No chain is longer than one step."""
        self._execute(
            "UPDATE cases SET merged_into = %(kept)s WHERE id = %(gone)s OR merged_into = %(gone)s",
            _values(pair),
        )

    def join_dispute(self, pair: Pair) -> None:
        """The kept case's own kind stands; the whole is contested when it was in one of them."""
        self._execute(
            "UPDATE cases k SET dispute_kind = CASE k.state WHEN 'disputed' THEN k.dispute_kind "
            "ELSE g.dispute_kind END, dispute_whole = g.dispute_whole "
            "OR (k.state = 'disputed' AND k.dispute_whole) "
            "FROM cases g WHERE k.id = %(kept)s AND g.id = %(gone)s",
            _values(pair),
        )

    def join_handoff(self, pair: Pair, held: HeldHandoff, *, at: datetime) -> None:
        """Who had it has it; where both were handed off, who had the kept one."""
        more = {"handoff": held.handoff_id, "claimed": held.claimed, "at": at}
        self._execute(_HANDOFF, {**_values(pair), **more})

    def move_pause(self, pair: Pair) -> None:
        """With the day on which it ends."""
        self._execute(
            "UPDATE pause SET case_id = %(kept)s WHERE case_id = %(gone)s AND ended_at IS NULL",
            _values(pair),
        )

    def rehome_cases(self, gone_debtor: int, kept_debtor: int) -> None:
        """With what is planned for them and the calls that run."""
        self._execute(_REHOME, {"gone_debtor": gone_debtor, "kept_debtor": kept_debtor})

    def join_debtors(self, gone_debtor: int, kept_debtor: int, *, at: datetime) -> None:
        """The gone one keeps its own numbers: what was sent to them names them."""
        values = {"gone": gone_debtor, "kept": kept_debtor, "at": at}
        for statement in (_NUMBERS, _PERSON, _POINT):
            self._execute(statement, values)

    def _execute(self, statement: str, values: Mapping[str, Any]) -> int:
        return self._connection.execute(statement.encode(), values).rowcount


def _head(row: Any) -> MergeHead:
    values: list[Any] = list(row)
    values[6] = CaseState(row[6])
    return MergeHead(*values)


def _values(pair: Pair) -> dict[str, Any]:
    return {
        "gone": pair.gone,
        "kept": pair.kept,
        "kept_debtor": pair.kept_debtor,
        "initiated": [purpose.value for purpose in INITIATED],
    }
