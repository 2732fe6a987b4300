"""Promises, plans and reductions as money changes them."""

from __future__ import annotations

from datetime import datetime

from bot.domain.vocabulary import PromiseState
from bot.flows.ports.promise_money import ConditionalReduction, DuePromise, PlanProgress
from bot.store.cases import CaseRows

_DUE = """
SELECT * FROM (
    SELECT p.id, p.due_on, p.amount_minor, p.paid_minor, p.state,
           (%(paid)s AT TIME ZONE f.zone)::date <= p.due_on + f.grace_days AS in_time, l.id AS plan
    FROM promise p JOIN cases c ON c.id = p.case_id JOIN portfolio f ON f.id = c.portfolio_id
    LEFT JOIN instalment i ON i.promise_id = p.id
    LEFT JOIN instalment_plan l ON l.id = i.plan_id AND l.state = 'active'
    WHERE p.case_id = %(case)s AND p.state IN ('open', 'broken', 'partial')) found
WHERE state = 'open' OR in_time OR plan IS NOT NULL ORDER BY due_on, id
"""

_PROGRESS = """
SELECT l.id,
       count(*) FILTER (WHERE p.state IN ('broken', 'partial') AND p.paid_minor < p.amount_minor),
       count(*) FILTER (WHERE p.state = 'open'), l.broken_after
FROM instalment_plan l JOIN instalment i ON i.plan_id = l.id JOIN promise p ON p.id = i.promise_id
WHERE l.state = 'active' AND {which} GROUP BY l.id
"""

# Money counts by the day it was paid, net of what was taken back.
_CONDITIONAL = """
SELECT r.id, r.amount_minor, r.state = 'granted' AS waits,
       coalesce((SELECT sum(p.amount_minor - p.refunded_minor - p.charged_back_minor
                             - p.undone_minor)
        FROM payment p WHERE p.case_id = r.case_id AND p.paid_at >= r.decided_at
          AND (p.paid_at AT TIME ZONE f.zone)::date <= r.pay_by), 0) >= r.condition_minor AS met
FROM reduction r JOIN cases c ON c.id = r.case_id JOIN portfolio f ON f.id = c.portfolio_id
WHERE r.case_id = %s AND r.state IN ('granted', 'void') AND r.pay_by IS NOT NULL
  AND r.decided_at IS NOT NULL
ORDER BY r.id FOR UPDATE OF r
"""


class PromiseMoneyRows(CaseRows):
    """Implements `bot.flows.ports.promise_money.PromiseMoney`."""

    def due_promises(self, case_id: int, paid_at: datetime) -> list[DuePromise]:
        """Earliest first."""
        rows = self._connection.execute(_DUE, {"case": case_id, "paid": paid_at}).fetchall()
        return [DuePromise(a, b, c, d, PromiseState(e), f, g) for a, b, c, d, e, f, g in rows]

    def plan_of(self, promise_id: int) -> PlanProgress | None:
        """The active plan the promise is part of."""
        which = "l.id = (SELECT plan_id FROM instalment WHERE promise_id = %s)"
        return self._progress(which, promise_id)

    def active_plan(self, case_id: int) -> PlanProgress | None:
        """The active plan of the case."""
        return self._progress("l.case_id = %s", case_id)

    def _progress(self, which: str, value: int) -> PlanProgress | None:
        query = _PROGRESS.format(which=which)
        row = self._connection.execute(query.encode(), [value]).fetchone()
        return PlanProgress(*row) if row else None

    def end_plan(self, plan_id: int, state: str, *, at: datetime) -> None:
        """End an active plan; what is still open of it gives way."""
        self._connection.execute(
            "UPDATE instalment_plan SET state = %s, ended_at = %s WHERE id = %s",
            [state, at, plan_id],
        )
        self._connection.execute(
            "UPDATE promise p SET state = 'superseded', settled_at = %s FROM instalment i "
            "WHERE i.promise_id = p.id AND i.plan_id = %s AND p.state = 'open'",
            [at, plan_id],
        )

    def conditional_reductions(self, case_id: int) -> list[ConditionalReduction]:
        """Granted ones, and void ones whose money turns out to have come in time; rows locked."""
        rows = self._connection.execute(_CONDITIONAL, [case_id]).fetchall()
        return [ConditionalReduction(a, b, met) for a, b, waits, met in rows if waits or met]

    def end_reduction(self, reduction_id: int, state: str, *, at: datetime) -> None:
        """applied or void."""
        self._connection.execute(
            "UPDATE reduction SET state = %s, ended_at = %s WHERE id = %s",
            [state, at, reduction_id],
        )
