"""Plans, reductions and the limits of both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from bot.domain.instalments import Limits, Part
from bot.flows.ports.concessions import (
    CaseHead,
    NewPlan,
    NewReduction,
    PlanFacts,
    ReductionFacts,
)
from bot.store.promise_money import PromiseMoneyRows

_LIMITS = [field.name for field in fields(Limits)]
_TERMS = ", ".join(_LIMITS)
_SAVE_TERMS = (
    f"INSERT INTO terms (portfolio_id, {_TERMS}) VALUES ({', '.join(['%s'] * (len(_LIMITS) + 1))}) "
    f"ON CONFLICT (portfolio_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _LIMITS)
)

_REDUCTION = """
SELECT r.id, r.case_id, c.debtor_id, r.state, r.amount_minor, r.pay_by, r.asked_by, f.livemode
FROM reduction r JOIN cases c ON c.id = r.case_id JOIN portfolio f ON f.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id
"""


class ConcessionRows(PromiseMoneyRows):
    """Implements `bot.flows.ports.concessions.ConcessionStore`, with the rooms of money."""

    def case_head(self, case_id: int) -> CaseHead | None:
        """None when there is no such case."""
        row = self._connection.execute(
            "SELECT c.id, c.debtor_id, f.livemode FROM cases c "
            "JOIN portfolio f ON f.id = c.portfolio_id WHERE c.id = %s",
            [case_id],
        ).fetchone()
        return CaseHead(*row) if row else None

    def portfolio_id(self, code: str) -> int | None:
        """The portfolio of that code."""
        row = self._connection.execute(
            "SELECT id FROM portfolio WHERE code = %s", [code]
        ).fetchone()
        return int(row[0]) if row else None

    def limits(self, portfolio_id: int) -> Limits:
        """The portfolio's terms; those that grant nothing when it has none."""
        row = self._connection.execute(
            f"SELECT {_TERMS} FROM terms WHERE portfolio_id = %s".encode(), [portfolio_id]
        ).fetchone()
        return Limits(*row) if row else Limits()

    def save_limits(self, portfolio_id: int, limits: Limits) -> None:
        """Set the portfolio's terms."""
        values = [portfolio_id, *asdict(limits).values()]
        self._connection.execute(_SAVE_TERMS.encode(), values)

    def add_plan(self, plan: NewPlan, *, at: datetime) -> int | None:
        """A proposed plan; None when the case has one that is proposed or active."""
        row = self._connection.execute(
            "INSERT INTO instalment_plan (case_id, currency, total_minor, schedule, broken_after, "
            "source, reply_id, proposed_at, proposed_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (case_id) WHERE state IN ('proposed', 'active') DO NOTHING RETURNING id",
            [
                plan.case_id,
                plan.currency,
                plan.total_minor,
                json.dumps([_stored(part) for part in plan.parts]),
                plan.broken_after,
                plan.source,
                plan.reply_id,
                at,
                plan.by,
            ],
        ).fetchone()
        return int(row[0]) if row else None

    def plan(self, plan_id: int) -> PlanFacts | None:
        """The plan, its row locked."""
        row = self._connection.execute(
            "SELECT l.id, l.case_id, c.debtor_id, l.state, l.schedule, f.livemode "
            "FROM instalment_plan l JOIN cases c ON c.id = l.case_id "
            "JOIN portfolio f ON f.id = c.portfolio_id WHERE l.id = %s FOR UPDATE OF l",
            [plan_id],
        ).fetchone()
        if row is None:
            return None
        parts = tuple(read_part(part) for part in row[4])
        return PlanFacts(row[0], row[1], row[2], row[3], parts, row[5])

    def decide_plan(self, plan_id: int, state: str, *, by: int | None, at: datetime) -> None:
        """active or declined."""
        self._connection.execute(
            "UPDATE instalment_plan SET state = %s, decided_by = %s, decided_at = %s WHERE id = %s",
            [state, by, at, plan_id],
        )

    def add_instalments(
        self, plan_id: int, case_id: int, parts: Sequence[Part], at: datetime
    ) -> None:
        """A promise for each part."""
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "WITH made AS (INSERT INTO promise (case_id, due_on, amount_minor, source, made_at) "
                "VALUES (%s, %s, %s, 'plan', %s) RETURNING id) "
                "INSERT INTO instalment (promise_id, plan_id, sequence) SELECT id, %s, %s FROM made",
                [
                    (case_id, part.due_on, part.amount_minor, at, plan_id, number)
                    for number, part in enumerate(parts, 1)
                ],
            )

    def add_reduction(
        self, asked: NewReduction, currency: str, *, by: int, by_rule: bool, at: datetime
    ) -> int:
        """A reduction, asked; with `by_rule` granted at once."""
        row = self._connection.execute(
            "INSERT INTO reduction (case_id, state, currency, amount_minor, reason, note_sealed, "
            "pay_by, condition_minor, by_rule, asked_by, asked_at, decided_by, decided_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [
                asked.case_id,
                "granted" if by_rule else "asked",
                currency,
                asked.amount_minor,
                asked.reason,
                self._seal.seal(asked.note) if asked.note else None,
                asked.pay_by,
                asked.condition_minor,
                by_rule,
                by,
                at,
                by if by_rule else None,
                at if by_rule else None,
            ],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def reduction(self, reduction_id: int) -> ReductionFacts | None:
        """The reduction, its row locked."""
        row = self._connection.execute(
            _REDUCTION + "WHERE r.id = %s FOR UPDATE OF r", [reduction_id]
        ).fetchone()
        return ReductionFacts(*row) if row else None

    def decide_reduction(self, reduction_id: int, state: str, *, by: int, at: datetime) -> None:
        """granted or declined."""
        self._connection.execute(
            "UPDATE reduction SET state = %s, decided_by = %s, decided_at = %s WHERE id = %s",
            [state, by, at, reduction_id],
        )

    def reductions_over(self, *, livemode: bool, now: datetime, limit: int) -> list[ReductionFacts]:
        """Conditional ones whose day has passed; their debtors' lanes are taken."""
        rows = self._connection.execute(
            _REDUCTION + "WHERE r.state IN ('asked', 'granted') AND f.livemode = %s "
            "AND r.pay_by < (%s AT TIME ZONE f.zone)::date "
            "ORDER BY r.id LIMIT %s FOR UPDATE OF d, r SKIP LOCKED",
            [livemode, now, limit],
        ).fetchall()
        return [ReductionFacts(*row) for row in rows]


def _stored(part: Part) -> dict[str, Any]:
    return {"due_on": part.due_on.isoformat(), "amount_minor": part.amount_minor}


def read_part(stored: dict[str, Any]) -> Part:
    """A part of a stored schedule."""
    return Part(date.fromisoformat(stored["due_on"]), stored["amount_minor"])
