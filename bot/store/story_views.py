"""A case's story, page by page: every page costs the same, however long the story is.

Touches carry their attempt and verdicts, so that a page never tears them apart. Each kind of row
gives its newest ones before the cursor; only those are sorted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.case_work import VERSION
from bot.store.seal import Seal
from bot.store.views import TimelineItem

Row = dict[str, Any]

#: What a reader can narrow the story to → kinds of rows.
PARTS = {
    "all": ("event", "touch", "verdict", "reply", "promise", "payment", "note"),
    "talk": ("touch", "reply"),
    "notes": ("note",),
    "money": ("promise", "payment", "money_event"),
    "events": ("event", "verdict"),
}

_WHO = (
    "CASE WHEN e.actor LIKE 'collector:%%' THEN (SELECT name FROM collector "
    "WHERE id = split_part(e.actor, ':', 2)::bigint) END"
)
_MONEY_EVENTS = "('refund', 'chargeback', 'reinstated', 'credit_used', 'reduction_applied')"
_EVENT = f"""
SELECT e.at, 'event' AS kind, e.id, (to_jsonb(e) - 'case_id') || jsonb_build_object(
    'who', {_WHO}) AS data, NULL::bytea AS sealed
FROM case_event e WHERE e.case_id = %(case)s {{more}}
"""

_BRANCHES = {
    "event": _EVENT.format(more=""),
    "money_event": _EVENT.format(more=f"AND e.event IN {_MONEY_EVENTS}"),
    "touch": """
SELECT coalesce(a.at, t.created_at) AS at, 'touch' AS kind, t.id, jsonb_build_object(
    'purpose', t.purpose, 'channel', t.channel, 'script', t.script, 'version', coalesce(a.script_version, t.script_version),
    'tier', t.tier, 'state', t.state, 'reason', t.reason, 'due_at', t.due_at,
    'segments', t.segments, 'attempt', a.state, 'code', a.error_code,
    'phone', (SELECT phone_masked FROM contact_point WHERE id = t.contact_point_id),
    'verdicts', (SELECT jsonb_agg(jsonb_build_object('stage', v.stage, 'outcome', v.outcome,
                 'rule', v.rule, 'pack', v.pack, 'until', v.until) ORDER BY v.id)
                 FROM verdict v WHERE v.touch_id = t.id AND v.outcome <> 'allow')) AS data,
    a.body_sealed AS sealed
FROM touch t LEFT JOIN LATERAL (
    SELECT at, state, error_code, body_sealed, script_version FROM attempt
    WHERE case_id = t.case_id AND touch_id = t.id  -- the case's attempts have an index, a touch's not
    ORDER BY id DESC LIMIT 1
) a ON true
WHERE t.case_id = %(case)s
""",
    "verdict": """
SELECT v.at, 'verdict' AS kind, v.id, jsonb_build_object('stage', v.stage, 'outcome', v.outcome,
    'rule', v.rule, 'pack', v.pack, 'until', v.until) AS data, NULL::bytea AS sealed
FROM verdict v WHERE v.case_id = %(case)s AND v.touch_id IS NULL AND v.outcome <> 'allow'
""",
    "reply": """
SELECT r.received_at AS at, 'reply' AS kind, r.id, jsonb_build_object('channel', r.channel,
    'state', r.state, 'understanding', r.understanding, 'opt_out_type', r.opt_out_type,
    'correction', (SELECT jsonb_build_object('id', k.id, 'after', k."after", 'by', u.name,
        'at', k.at) FROM correction k JOIN collector u ON u.id = k.collector_id
        WHERE k.reply_id = r.id ORDER BY k.id DESC LIMIT 1)) AS data, r.body_sealed AS sealed
FROM reply r WHERE r.case_id = %(case)s
""",
    "promise": """
SELECT p.made_at AS at, 'promise' AS kind, p.id, to_jsonb(p) - 'case_id' AS data,
    NULL::bytea AS sealed
FROM promise p WHERE p.case_id = %(case)s
""",
    "payment": """
SELECT p.received_at AS at, 'payment' AS kind, p.id, to_jsonb(p) - 'case_id' AS data,
    NULL::bytea AS sealed
FROM payment p WHERE p.case_id = %(case)s
""",
    "note": """
SELECT n.at, 'note' AS kind, n.id, jsonb_build_object('author',
    (SELECT name FROM collector WHERE id = n.author_id)) AS data, n.text_sealed AS sealed
FROM note n WHERE n.case_id = %(case)s
""",
}

#: What keeps the case's touches from going out, whatever is planned: stops, its sender, and a wait
#: for the second person who switches the portfolio live.
_HELD_BACK = """
SELECT 'halt' AS what, h.kind, h.reason, h.portfolio_id IS NULL AS everything, u.name AS who,
       h.halted_at AS at
FROM cases c JOIN halt h ON h.lifted_at IS NULL
  AND (h.portfolio_id IS NULL OR h.portfolio_id = c.portfolio_id)
LEFT JOIN collector u ON u.id = h.halted_by WHERE c.id = %(case)s
UNION ALL
SELECT 'sender', '', s.stopped_reason, false, s.address, s.stopped_at
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id JOIN sender s ON s.id = p.sender_id
WHERE c.id = %(case)s AND s.stopped_reason IS NOT NULL
UNION ALL
SELECT 'live', '', '', false, u.name, a.asked_at
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id
JOIN approval a ON a.kind = 'go_live' AND a.subject = p.code AND a.decided_at IS NULL
JOIN collector u ON u.id = a.asked_by WHERE c.id = %(case)s
ORDER BY everything DESC, what
"""

# `at` alone decides the order within a branch, so that an index can give it; equal instants of a
# branch are told apart by the id afterwards.
_NEWEST = """
(SELECT * FROM ({branch}) b WHERE %(before)s::timestamptz IS NULL OR b.at <= %(before)s
 ORDER BY b.at DESC LIMIT %(limit)s)
"""

_PAGE = """
SELECT * FROM ({branches}) s
WHERE %(before)s::timestamptz IS NULL
   OR (s.at, s.kind, s.id) < (%(before)s, %(kind)s::text, %(id)s::bigint)
ORDER BY s.at DESC, s.kind DESC, s.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page; the next page begins after it."""

    at: datetime
    kind: str
    id: int

    def told(self) -> str:
        """For an address."""
        return f"{self.at.isoformat()}_{self.kind}_{self.id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From an address; None for one that means nothing."""
        at, _, rest = text.partition("_")
        kind, _, row_id = rest.rpartition("_")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        if moment.tzinfo is None or not row_id.isdecimal() or len(row_id) > 18:
            return None
        return cls(moment, kind, int(row_id))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and where the next page begins; None at the end."""

    items: Sequence[TimelineItem]
    older: Cursor | None


class StoryViews:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def page(
        self, case_id: int, *, part: str = "all", before: Cursor | None = None, limit: int = 60
    ) -> Page:
        """A page of the story in one statement; only its own texts are opened."""
        branches = " UNION ALL ".join(
            _NEWEST.format(branch=_BRANCHES[kind]) for kind in PARTS[part]
        )
        values = {
            "case": case_id,
            # Rows of the cursor's own instant come again and are left out by their ids.
            "limit": limit + 1 + (_SAME_INSTANT if before else 0),
            "before": before.at if before else None,
            "kind": before.kind if before else None,
            "id": before.id if before else None,
        }
        rows = self._rows(_PAGE.format(branches=branches), values)[: limit + 1]
        items = [self._item(row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items, Cursor(last.at, last.kind, last.id) if last else None)

    def entries(self, case_id: int, *, limit: int = 100) -> list[Row]:
        """The case's books, newest first: what moved from where to where."""
        return self._rows(
            "SELECT e.at, e.debit, e.credit, e.amount_minor, e.currency, e.kind, e.source, "
            "b.contract, b.ref FROM entry e LEFT JOIN debt b ON b.id = e.debt_id "
            "WHERE e.case_id = %s ORDER BY e.id DESC LIMIT %s",
            [case_id, limit],
        )

    def version(self, case_id: int) -> str:
        """What a form on the page is told apart by."""
        return str(self._rows(f"SELECT ({VERSION}) AS version", [case_id])[0]["version"])

    def paused_until(self, case_id: int) -> date | None:
        """The day on which a pause ends."""
        found = self._rows(
            "SELECT until FROM pause WHERE case_id = %s AND ended_at IS NULL", [case_id]
        )
        return found[0]["until"] if found else None

    def held_back(self, case_id: int) -> list[Row]:
        """What keeps the case's touches from going out, the stop of everything first."""
        return self._rows(_HELD_BACK, {"case": case_id})

    def asked_payment(self, case_id: int) -> Row | None:
        """Money somebody recorded that waits for a second person."""
        found = self._rows(
            "SELECT (a.data ->> 'amount_minor')::bigint AS amount_minor, a.data ->> 'paid_on' "
            "AS paid_on, a.asked_by, u.name AS asker FROM approval a "
            "JOIN collector u ON u.id = a.asked_by "
            "WHERE a.kind = 'payment' AND a.subject = %s AND a.decided_at IS NULL",
            [str(case_id)],
        )
        return found[0] if found else None

    def latest_reply(self, case_id: int) -> Row | None:
        """The newest message that was read."""
        found = self._rows(
            "SELECT id, understanding, received_at FROM reply "
            "WHERE case_id = %s AND state = 'handled' ORDER BY id DESC LIMIT 1",
            [case_id],
        )
        return found[0] if found else None

    def _item(self, row: Row) -> TimelineItem:
        sealed = row["sealed"]
        text = self._seal.open(sealed) if sealed is not None else ""
        return TimelineItem(row["at"], row["kind"], row["id"], row["data"], text)

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()


#: Rows of one kind that may share an instant (an import writes many at once).
_SAME_INSTANT = 200
