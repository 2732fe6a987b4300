"""What people look at: plain reads for console and command line, masked unless revealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.domain.facts import CaseFacts
from bot.store.facts import FactsReader
from bot.store.rates import IntentCount, count_readings
from bot.store.seal import Seal

Row = dict[str, Any]

_HANDOFFS = """
SELECT h.id, h.case_id, h.reason, h.reasons, h.priority, h.opened_at, h.due_at, h.state,
       h.claimed_by, u.name AS collector, p.code AS portfolio, p.name AS portfolio_name, p.zone,
       p.livemode, p.cadence, d.name_sealed, c.currency, c.tier, c.state AS case_state,
       h.reply_id IS NOT NULL AND (h.claimed_at IS NULL OR h.claimed_at < r.received_at)
       AND NOT EXISTS (SELECT FROM note n WHERE n.case_id = h.case_id AND n.at >= r.received_at)
       AS reply_waiting,
       (SELECT coalesce(sum(owed_minor), 0) FROM debt WHERE case_id = c.id) AS owed_minor
FROM handoff h JOIN cases c ON c.id = h.case_id JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id LEFT JOIN collector u ON u.id = h.claimed_by
LEFT JOIN reply r ON r.id = h.reply_id
WHERE h.state IN ('open', 'claimed') AND (%(mine)s::bigint IS NULL OR h.claimed_by = %(mine)s)
  AND (%(reason)s::text IS NULL OR h.reason = %(reason)s)
  AND (%(portfolio)s::text IS NULL OR p.code = %(portfolio)s)
ORDER BY h.priority, h.due_at, h.id LIMIT %(limit)s
"""

_CASE = """
SELECT c.*, p.code AS portfolio, p.name AS portfolio_name, p.zone, p.creditor, p.livemode,
       p.cadence, d.name_sealed, d.locale, d.vulnerable, d.deceased, d.stop_all, d.payday
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id JOIN debtor d ON d.id = c.debtor_id
WHERE c.id = %s
"""

_TIMELINE = """
SELECT at, 'event' AS kind, id, to_jsonb(e) - 'case_id' AS data FROM case_event e
WHERE case_id = %(case)s
UNION ALL
SELECT t.created_at, 'touch', t.id, jsonb_build_object('purpose', t.purpose, 'channel', t.channel,
    'script', t.script, 'version', t.script_version, 'tier', t.tier, 'state', t.state,
    'reason', t.reason, 'due_at', t.due_at, 'segments', t.segments,
    'phone', (SELECT phone_masked FROM contact_point WHERE id = t.contact_point_id))
FROM touch t WHERE case_id = %(case)s
UNION ALL
SELECT v.at, 'verdict', v.id, jsonb_build_object('stage', v.stage, 'outcome', v.outcome,
    'rule', v.rule, 'pack', v.pack, 'until', v.until, 'touch', v.touch_id)
FROM verdict v WHERE case_id = %(case)s AND v.outcome <> 'allow'
UNION ALL
SELECT a.at, 'attempt', a.id, jsonb_build_object('state', a.state, 'code', a.error_code,
    'purpose', a.purpose, 'touch', a.touch_id, 'segments', a.segments)
FROM attempt a WHERE case_id = %(case)s
UNION ALL
SELECT r.received_at, 'reply', r.id, jsonb_build_object('channel', r.channel, 'state', r.state,
    'understanding', r.understanding, 'opt_out_type', r.opt_out_type, 'correction',
    (SELECT jsonb_build_object('id', k.id, 'after', k."after", 'by', u.name, 'at', k.at)
     FROM correction k JOIN collector u ON u.id = k.collector_id WHERE k.reply_id = r.id
     ORDER BY k.id DESC LIMIT 1))
FROM reply r WHERE case_id = %(case)s
UNION ALL
SELECT p.made_at, 'promise', p.id, to_jsonb(p) - 'case_id' FROM promise p WHERE case_id = %(case)s
UNION ALL
SELECT p.received_at, 'payment', p.id, to_jsonb(p) - 'case_id' FROM payment p
WHERE case_id = %(case)s
UNION ALL
SELECT n.at, 'note', n.id, jsonb_build_object('author', u.name)
FROM note n JOIN collector u ON u.id = n.author_id WHERE n.case_id = %(case)s
ORDER BY 1 DESC, 3 DESC LIMIT %(limit)s
"""

_FOUND = """
SELECT DISTINCT c.id AS case_id, c.state, c.tier, c.currency, p.code AS portfolio,
       p.name AS portfolio_name, p.cadence, p.livemode, d.name_sealed,
       (SELECT coalesce(sum(owed_minor), 0) FROM debt WHERE case_id = c.id) AS owed_minor
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id LEFT JOIN debt b ON b.case_id = c.id
LEFT JOIN contact_point cp ON cp.debtor_id = d.id
WHERE b.contract = %s OR cp.phone_hash = %s ORDER BY c.id LIMIT %s
"""

_TEXTS = {
    "attempt": "SELECT id, body_sealed FROM attempt WHERE case_id = %s",
    "reply": "SELECT id, body_sealed FROM reply WHERE case_id = %s",
    "note": "SELECT id, text_sealed FROM note WHERE case_id = %s",
}


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of a case's story; `text` is what was said, where something was."""

    at: datetime
    kind: str
    id: int
    data: Row
    text: str = ""


class Views:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal, mask: Callable[[str], str]) -> None:
        self._connection = connection
        self._seal = seal
        self._mask = mask

    def handoffs(
        self,
        *,
        mine: int | None = None,
        reason: str | None = None,
        portfolio: str | None = None,
        limit: int = 200,
    ) -> list[Row]:
        """Open hand-offs, most urgent first, names masked."""
        values = {"mine": mine, "reason": reason, "portfolio": portfolio, "limit": limit}
        return [self._named(row) for row in self._rows(_HANDOFFS, values)]

    def case(self, case_id: int, *, revealed: bool = False) -> Row | None:
        """The case with its portfolio and debtor; the name in full only when revealed."""
        found = self._rows(_CASE, [case_id])
        return self._named(found[0], revealed=revealed) if found else None

    def debts(self, case_id: int) -> list[Row]:
        """Debts, earliest due first."""
        return self._rows(
            "SELECT contract, ref, due_on, amount_minor + fee_minor - waived_minor AS amount_minor, "
            "paid_minor, owed_minor, fee_minor, waived_minor, settled_by FROM debt "
            "WHERE case_id = %s ORDER BY due_on, id",
            [case_id],
        )

    def contact_points(self, debtor_id: int, *, revealed: bool = False) -> list[Row]:
        """Phones, masked unless revealed."""
        rows = self._rows(
            "SELECT id, phone_masked, phone_sealed, kind, region, owner, disabled "
            "FROM contact_point WHERE debtor_id = %s ORDER BY id",
            [debtor_id],
        )
        for row in rows:
            sealed = row.pop("phone_sealed")
            row["phone"] = self._seal.open(sealed) if revealed else row["phone_masked"]
        return rows

    def handoff_of(self, case_id: int) -> Row | None:
        """The open hand-off of the case."""
        found = self._rows(
            "SELECT h.*, u.name AS collector FROM handoff h "
            "LEFT JOIN collector u ON u.id = h.claimed_by "
            "WHERE h.case_id = %s AND h.state IN ('open', 'claimed')",
            [case_id],
        )
        return found[0] if found else None

    def timeline(self, case_id: int, *, limit: int = 300) -> list[TimelineItem]:
        """The story, newest first, with what was said and written."""
        texts = {
            kind: {row["id"]: self._seal.open(next(iter(list(row.values())[1:]))) for row in rows}
            for kind, rows in (
                (kind, self._rows(query, [case_id])) for kind, query in _TEXTS.items()
            )
        }
        items = self._rows(_TIMELINE, {"case": case_id, "limit": limit})
        return [
            TimelineItem(
                row["at"],
                row["kind"],
                row["id"],
                row["data"],
                texts.get(row["kind"], {}).get(row["id"], ""),
            )
            for row in items
        ]

    def search(self, text: str, *, limit: int = 50) -> list[Row]:
        """Cases by contract number or by phone number in E.164."""
        rows = self._rows(_FOUND, [text, self._seal.index(text), limit])
        return [self._named(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """Open hand-offs by reason."""
        rows = self._rows(
            "SELECT reason, count(*) AS n FROM handoff WHERE state IN ('open', 'claimed') "
            "GROUP BY reason",
            [],
        )
        return {row["reason"]: row["n"] for row in rows}

    def alarms(self) -> list[Row]:
        """Standing alarms, newest first."""
        return self._rows(
            "SELECT kind, subject, message, at FROM alarm WHERE cleared_at IS NULL "
            "ORDER BY at DESC LIMIT 20",
            [],
        )

    def portfolios(self) -> list[Row]:
        """Code, name, zone and mode of every portfolio."""
        return self._rows("SELECT code, name, zone, livemode FROM portfolio ORDER BY code", [])

    def promises(self, case_id: int) -> list[Row]:
        """Promises, newest first."""
        return self._rows(
            "SELECT due_on, amount_minor, paid_minor, state, made_at FROM promise "
            "WHERE case_id = %s ORDER BY id DESC",
            [case_id],
        )

    def payments(self, case_id: int) -> list[Row]:
        """Payments, newest first."""
        return self._rows(
            "SELECT amount_minor, credit_minor, refunded_minor, charged_back_minor, currency, "
            "provider, paid_at FROM payment "
            "WHERE case_id = %s ORDER BY paid_at DESC, id DESC",
            [case_id],
        )

    def facts(self, case_id: int, now: datetime) -> CaseFacts:
        """The snapshot that decisions about the case are made from."""
        return FactsReader(self._connection, self._seal).facts([case_id], now)[0]

    def readings(self, *, livemode: bool, since: datetime) -> list[IntentCount]:
        """How replies were understood, by intent."""
        return count_readings(self._connection, livemode=livemode, since=since)

    def next_touch(self, case_id: int) -> Row | None:
        """The next planned touch."""
        found = self._rows(
            "SELECT script, channel, purpose, due_at FROM touch "
            "WHERE case_id = %s AND state = 'planned' ORDER BY due_at LIMIT 1",
            [case_id],
        )
        return found[0] if found else None

    def _named(self, row: Row, *, revealed: bool = False) -> Row:
        name = self._seal.open(row.pop("name_sealed"))
        return {**row, "debtor": name if revealed else self._mask(name)}

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()
