"""The planner's reads and its set-based writes: touches, verdicts and jobs in one go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.facts import PortfolioFacts
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import TouchState
from bot.flows.ports.planning import Checked, NewTouch
from bot.store.cases import CaseRows
from bot.store.jobs import Job, defer_all
from bot.store.seal import Seal
from bot.store.touch_params import shut

#: The job that sends for one sender, and the queue it waits in.
DISPATCH_TASK = "dispatch"
SEND_QUEUE = "send"

#: Touches due within one bucket share one job.
_BUCKET = timedelta(minutes=5)

#: Made once: `json.dumps` with options makes a new encoder for every call.
_AS_JSON = json.JSONEncoder(default=str).encode

# In the order of an index, so that a chunk costs the same however many cases are due.
_DUE = """
SELECT c.id FROM cases c
JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id
WHERE c.state <> 'closed' AND c.next_check_at <= %(now)s
  AND p.livemode = %(livemode)s AND NOT p.paused
  AND p.id <> ALL (ARRAY(SELECT portfolio_id FROM halt
      WHERE lifted_at IS NULL AND portfolio_id IS NOT NULL))
  AND NOT EXISTS (SELECT FROM halt WHERE lifted_at IS NULL AND portfolio_id IS NULL)
  AND (%(portfolio)s::bigint IS NULL OR c.portfolio_id = %(portfolio)s)
ORDER BY c.next_check_at, c.id LIMIT %(limit)s
FOR UPDATE OF d, c SKIP LOCKED
"""

_CHECKS = """
UPDATE cases c SET tier = n.tier, next_check_at = n.at
FROM unnest(%b::bigint[], %b::text[], %b::timestamptz[]) AS n(id, tier, at) WHERE c.id = n.id
"""

# Arrays travel in binary (%b): as text, every value of every row is searched for quotes, which
# takes nine times as long.
_TOUCH_COLUMNS = {
    "key": "text",
    "case_id": "bigint",
    "debtor_id": "bigint",
    "portfolio_id": "bigint",
    "sender_id": "bigint",
    "contact_point_id": "bigint",
    "channel": "text",
    "purpose": "text",
    "script": "text",
    "script_version": "int",
    "tier": "text",
    "rule": "text",
    "anchor": "date",
    "day": "int",
    "segments": "int",
    "due_at": "timestamptz",
    "latest_at": "timestamptz",
    "state": "text",
    "reason": "text",
    "reply_id": "bigint",
}

# Names and kinds are the constants above.
_TOUCHES = f"""
INSERT INTO touch ({", ".join(_TOUCH_COLUMNS)}, params, created_at, updated_at)
SELECT {", ".join(_TOUCH_COLUMNS)}, params::jsonb, %b, %b
FROM unnest({", ".join(f"%b::{kind}[]" for kind in _TOUCH_COLUMNS.values())}, %b::text[])
    AS new({", ".join(_TOUCH_COLUMNS)}, params)
ON CONFLICT (key) DO NOTHING RETURNING id, key
"""

_VERDICTS = """
INSERT INTO verdict (touch_id, case_id, stage, outcome, rule, pack, until, facts, at)
SELECT t, c, %b, o, r, p, u, f::jsonb, %b FROM unnest(
    %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::text[]
) AS v(t, c, o, r, p, u, f)
"""


class PlanningRows(CaseRows):
    """Implements `bot.flows.ports.planning`."""

    def due_cases(
        self, *, livemode: bool, now: datetime, limit: int, portfolio_id: int | None = None
    ) -> list[int]:
        """Ids of cases to look at; they and their debtors are locked, busy ones skipped."""
        values = {"livemode": livemode, "now": now, "limit": limit, "portfolio": portfolio_id}
        return [row[0] for row in self._connection.execute(_DUE, values).fetchall()]

    def save_checks(self, checks: Sequence[Checked]) -> None:
        """Write tier and next check."""
        self._connection.execute(
            _CHECKS,
            [
                [check.case_id for check in checks],
                [check.tier for check in checks],
                [check.next_check_at for check in checks],
            ],
        )

    def add_touches(
        self, touches: Sequence[NewTouch], *, stage: str, at: datetime, behind: datetime
    ) -> int:
        """Touches with new keys, their verdicts, and the jobs that send them."""
        if not touches:
            return 0
        *columns, params = _columns([_touch_row(touch, self._seal) for touch in touches])
        rows = self._connection.execute(_TOUCHES, [at, at, *columns, params])
        new = {key: touch_id for touch_id, key in rows.fetchall()}
        written = [touch for touch in touches if touch.proposal.key in new]
        self.add_verdicts(
            [(new[touch.proposal.key], touch.facts.case_id, touch.verdict) for touch in written],
            stage=stage,
            at=at,
        )
        planned = [touch for touch in written if touch.state is TouchState.PLANNED]
        defer_all(self._connection, _jobs(planned, at, behind))
        return len(planned)

    def add_verdicts(
        self, verdicts: Sequence[tuple[int, int, Verdict]], *, stage: str, at: datetime
    ) -> None:
        """Write (touch id, case id, verdict) rows."""
        if not verdicts:
            return
        columns = _columns(_verdict_row(*verdict) for verdict in verdicts)
        self._connection.execute(_VERDICTS, [stage, at, *columns])

    def portfolio(self, code: str) -> PortfolioFacts | None:
        """The portfolio of that code."""
        row = self._connection.execute(
            "SELECT id FROM portfolio WHERE code = %s", [code]
        ).fetchone()
        return None if row is None else self.portfolios([row[0]])[row[0]]

    def open_case_ids(self, portfolio_id: int, *, after: int, limit: int) -> list[int]:
        """Ids of cases that are not closed, ascending, beyond `after`."""
        rows = self._connection.execute(
            "SELECT id FROM cases WHERE portfolio_id = %s AND state <> 'closed' AND id > %s "
            "ORDER BY id LIMIT %s",
            [portfolio_id, after, limit],
        )
        return [row[0] for row in rows.fetchall()]

    def masked_phones(self, contact_point_ids: Sequence[int]) -> dict[int, str]:
        """`138****5678` by contact point."""
        rows = self._connection.execute(
            "SELECT id, phone_masked FROM contact_point WHERE id = ANY(%s)",
            [list(contact_point_ids)],
        )
        return dict(rows.fetchall())


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _touch_row(touch: NewTouch, seal: Seal) -> tuple[Any, ...]:
    facts, proposal = touch.facts, touch.proposal
    denied = touch.state is TouchState.DENIED
    return (
        proposal.key,
        facts.case_id,
        facts.debtor.debtor_id,
        facts.portfolio.portfolio_id,
        facts.portfolio.sender_id,
        proposal.contact_point.contact_point_id,
        proposal.channel.value,
        proposal.purpose.value,
        proposal.script,
        touch.script_version,
        proposal.tier,
        proposal.rule,
        proposal.anchor,
        proposal.day,
        touch.segments,
        touch.due_at,
        proposal.latest,
        touch.state.value,
        touch.verdict.rule if denied else None,
        touch.reply_id,
        json.dumps(shut(touch.params, seal)) if touch.params else "{}",
    )


def _verdict_row(touch_id: int, case_id: int, verdict: Verdict) -> tuple[Any, ...]:
    facts = _AS_JSON(dict(verdict.facts))
    outcome = verdict.outcome.value
    return touch_id, case_id, outcome, verdict.rule, verdict.pack, verdict.until, facts


def _jobs(touches: Iterable[NewTouch], at: datetime, behind: datetime) -> list[Job]:
    """One job per sender and bucket; on a test clock it waits as long in real time."""
    wanted = {
        (touch.facts.portfolio.sender_id, max(-(-(touch.due_at - at) // _BUCKET), 0))
        for touch in touches
    }
    return [
        Job(
            DISPATCH_TASK,
            SEND_QUEUE,
            {"sender_id": sender},
            schedule_at=behind + buckets * _BUCKET if buckets else None,
        )
        for sender, buckets in sorted(wanted)
    ]
