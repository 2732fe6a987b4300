"""The list of hand-offs as it is looked at: most urgent first, with counts and saved filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.seal import Seal

Row = dict[str, Any]

#: What the list can be narrowed to. `todo` is everything but what others hold and what is aside.
VIEWS = ("todo", "open", "mine", "aside", "all")

_SHOWN = {
    "todo": "(h.state = 'open' OR h.claimed_by = %(me)s) AND h.aside_until IS NULL "
    "AND (h.assigned_to IS NULL OR h.assigned_to = %(me)s)",
    "open": "h.state = 'open'",
    "mine": "(h.claimed_by = %(me)s OR (h.state = 'open' AND h.assigned_to = %(me)s)) "
    "AND h.aside_until IS NULL",
    "aside": "h.aside_until IS NOT NULL AND h.claimed_by = %(me)s",
    "all": "true",
}

# The index gives the candidates in order of priority and deadline; only they are looked at more
# closely. Of what falls due within the same hour a waiting debtor comes first, then the larger sum;
# who is on the telephone now comes before everything.
_LINES = """
WITH talking AS MATERIALIZED (
    SELECT DISTINCT case_id FROM call WHERE state = 'talking' AND case_id IS NOT NULL
), found AS MATERIALIZED (
    SELECT h.* FROM handoff h
    WHERE h.state IN ('open', 'claimed') AND {shown} {narrowed}
    ORDER BY h.priority, h.due_at, h.id LIMIT %(limit)s * 2
), pressing AS MATERIALIZED (
    SELECT h.* FROM handoff h
    WHERE h.state IN ('open', 'claimed') AND {shown} {narrowed}
      AND h.case_id IN (SELECT case_id FROM talking)
)
SELECT h.id, h.case_id, h.reason, h.reasons, h.priority, h.opened_at, h.due_at, h.state,
       h.claimed_by, u.name AS collector, h.assigned_to, m.name AS meant_for, h.aside_until,
       p.code AS portfolio, p.name AS portfolio_name, p.zone, p.livemode, p.cadence,
       d.name_sealed, c.currency, c.tier, c.state AS case_state, o.owed_minor,
       h.case_id IN (SELECT case_id FROM talking) AS live,
       h.reply_id IS NOT NULL AND (h.claimed_at IS NULL OR h.claimed_at < r.received_at)
       AND NOT EXISTS (SELECT FROM note n WHERE n.case_id = h.case_id AND n.at >= r.received_at)
       AND NOT EXISTS (SELECT FROM touch t WHERE t.case_id = h.case_id
                       AND t.purpose = 'collector' AND t.created_at >= r.received_at)
       AS reply_waiting
FROM (SELECT * FROM found UNION SELECT * FROM pressing) h
JOIN cases c ON c.id = h.case_id JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id LEFT JOIN collector u ON u.id = h.claimed_by
LEFT JOIN collector m ON m.id = h.assigned_to LEFT JOIN reply r ON r.id = h.reply_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(owed_minor), 0)::bigint AS owed_minor FROM debt WHERE case_id = c.id
) o
ORDER BY live DESC, h.priority, date_trunc('hour', h.due_at), reply_waiting DESC,
         o.owed_minor DESC, h.due_at, h.id
LIMIT %(limit)s
"""

_COUNTS = """
SELECT h.reason, count(*) AS everything,
       count(*) FILTER (WHERE {todo}) AS todo,
       count(*) FILTER (WHERE {open}) AS open,
       count(*) FILTER (WHERE {mine}) AS mine,
       count(*) FILTER (WHERE {aside}) AS aside,
       count(*) FILTER (WHERE h.state = 'open'
           AND h.due_at < CASE WHEN p.livemode THEN %(live)s ELSE %(test)s END) AS late
FROM handoff h JOIN portfolio p ON p.id = h.portfolio_id
WHERE h.state IN ('open', 'claimed') {books} GROUP BY h.reason
"""

_PEOPLE = """
SELECT u.id, u.name, u.login, u.role, coalesce(k.taking, false) AS taking,
       coalesce(k.skills, '{}') AS skills, k.capacity,
       (SELECT count(*) FROM handoff WHERE state = 'claimed' AND claimed_by = u.id) AS held,
       (SELECT count(*) FROM handoff WHERE state = 'open' AND assigned_to = u.id) AS meant
FROM collector u LEFT JOIN desk k ON k.collector_id = u.id
WHERE NOT u.disabled ORDER BY u.name, u.id
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of the list. `books` None: every portfolio."""

    me: int
    shown: str = "todo"
    reason: str | None = None
    portfolio: str | None = None
    priority: int | None = None
    books: tuple[int, ...] | None = None


class QueueViews:
    """Reads on one connection; names masked."""

    def __init__(self, connection: Connection[Any], seal: Seal, mask: Callable[[str], str]) -> None:
        self._connection = connection
        self._seal = seal
        self._mask = mask

    def lines(self, asked: Asked, *, limit: int) -> list[Row]:
        """Open hand-offs, most urgent first."""
        narrowed = _narrowed(asked)
        query = _LINES.format(shown=_SHOWN[asked.shown], narrowed=narrowed)
        values = {
            "me": asked.me,
            "reason": asked.reason,
            "portfolio": asked.portfolio,
            "priority": asked.priority,
            "books": list(asked.books or ()),
            "limit": limit,
        }
        return [self._named(row) for row in self._rows(query, values)]

    def counts(self, asked: Asked, *, live: datetime, test: datetime) -> tuple[Row, dict[str, int]]:
        """How many each of the views holds and how many nobody claimed in time; and by reason."""
        query = _COUNTS.format(**_SHOWN, books=_books(asked))
        values = {"me": asked.me, "books": list(asked.books or ()), "live": live, "test": test}
        rows = self._rows(query, values)
        names = ("everything", "todo", "open", "mine", "aside", "late")
        totals = {name: sum(row[name] for row in rows) for name in names}
        return totals, {row["reason"]: row["everything"] for row in rows}

    def filters(self, collector_id: int) -> list[Row]:
        """What somebody saved, by name."""
        return self._rows(
            'SELECT id, name, query, "first" FROM saved_filter WHERE collector_id = %s '
            "ORDER BY name",
            [collector_id],
        )

    def taking(self, collector_id: int) -> bool:
        """Whether new hand-offs are assigned to this person."""
        rows = self._rows("SELECT taking FROM desk WHERE collector_id = %s", [collector_id])
        return bool(rows and rows[0]["taking"])

    def portfolios(self, books: tuple[int, ...] | None) -> list[Row]:
        """Code and name of every portfolio, or of those given."""
        return self._rows(
            "SELECT code, name FROM portfolio "
            "WHERE %(all)s OR id = ANY(%(books)s::bigint[]) ORDER BY code",
            {"all": books is None, "books": list(books or ())},
        )

    def people(self) -> list[Row]:
        """Who can be assigned something, with what they hold."""
        return self._rows(_PEOPLE, [])

    def _named(self, row: Row) -> Row:
        return {**row, "debtor": self._mask(self._seal.open(row.pop("name_sealed")))}

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()


def _narrowed(asked: Asked) -> str:
    """Conditions from constants; the values are parameters."""
    parts = [
        _books(asked),
        "AND h.reason = %(reason)s" if asked.reason else "",
        "AND h.priority = %(priority)s" if asked.priority else "",
        "AND h.portfolio_id = (SELECT id FROM portfolio WHERE code = %(portfolio)s)"
        if asked.portfolio
        else "",
    ]
    return " ".join(filter(None, parts))


def _books(asked: Asked) -> str:
    return "" if asked.books is None else "AND h.portfolio_id = ANY(%(books)s::bigint[])"
