"""What people look at: plain reads for console and command line, masked unless revealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

_CASE = """
SELECT c.*, p.code AS portfolio, p.name AS portfolio_name, p.zone, p.creditor, p.livemode,
       p.cadence, d.name_sealed, d.locale, d.vulnerable, d.deceased, d.stop_all, d.payday
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id JOIN debtor d ON d.id = c.debtor_id
WHERE c.id = %s
"""

_FOUND = """
SELECT DISTINCT c.id AS case_id, c.state, c.tier, c.currency, p.code AS portfolio,
       p.name AS portfolio_name, p.cadence, p.livemode, d.name_sealed,
       (SELECT coalesce(sum(owed_minor), 0) FROM debt WHERE case_id = c.id) AS owed_minor
FROM cases c JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = c.debtor_id LEFT JOIN debt b ON b.case_id = c.id
LEFT JOIN contact_point cp ON cp.debtor_id = d.id
WHERE (b.contract = %(text)s OR cp.phone_hash = %(hash)s) AND c.merged_into IS NULL
  AND (%(scope)s::bigint[] IS NULL OR c.portfolio_id = ANY(%(scope)s))
ORDER BY c.id LIMIT %(limit)s
"""


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
        self._scope: list[int] | None = None

    def within(self, portfolios: Sequence[int] | None) -> Views:
        """Search, portfolios and readings of these only from here on; None for all."""
        self._scope = None if portfolios is None else list(portfolios)
        return self

    def case(self, case_id: int, *, revealed: bool = False) -> Row | None:
        """The case with its portfolio and debtor; the name in full only when revealed."""
        found = self._rows(_CASE, [case_id])
        return self._named(found[0], revealed=revealed) if found else None

    def merged_from(self, case_id: int) -> list[int]:
        """Cases that were merged into it, oldest first."""
        rows = self._rows("SELECT id FROM cases WHERE merged_into = %s ORDER BY id", [case_id])
        return [row["id"] for row in rows]

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
            "SELECT h.*, u.name AS collector, m.name AS meant_for FROM handoff h "
            "LEFT JOIN collector u ON u.id = h.claimed_by "
            "LEFT JOIN collector m ON m.id = h.assigned_to "
            "WHERE h.case_id = %s AND h.state IN ('open', 'claimed')",
            [case_id],
        )
        return found[0] if found else None

    def search(self, text: str, *, limit: int = 50) -> list[Row]:
        """Cases by contract number or by phone number in E.164."""
        values = {"text": text, "hash": self._seal.index(text), "limit": limit}
        rows = self._rows(_FOUND, {**values, "scope": self._scope})
        return [self._named(row) for row in rows]

    def alarms(self) -> list[Row]:
        """Standing alarms, newest first."""
        return self._rows(
            "SELECT kind, subject, message, at FROM alarm WHERE cleared_at IS NULL "
            "ORDER BY at DESC LIMIT 20",
            [],
        )

    def portfolios(self) -> list[Row]:
        """Id, code, name, zone and mode of every portfolio."""
        return self._rows(
            "SELECT id, code, name, zone, livemode FROM portfolio "
            "WHERE %(scope)s::bigint[] IS NULL OR id = ANY(%(scope)s) ORDER BY code",
            {"scope": self._scope},
        )

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
            "SELECT amount_minor, credit_minor, refunded_minor, charged_back_minor, undone_minor, "
            "currency, provider, paid_at FROM payment "
            "WHERE case_id = %s ORDER BY paid_at DESC, id DESC",
            [case_id],
        )

    def facts(self, case_id: int, now: datetime) -> CaseFacts:
        """The snapshot that decisions about the case are made from."""
        return FactsReader(self._connection, self._seal).facts([case_id], now)[0]

    def readings(self, *, livemode: bool, since: datetime) -> list[IntentCount]:
        """How replies were understood, by intent."""
        return count_readings(self._connection, livemode=livemode, since=since, scope=self._scope)

    def next_touch(self, case_id: int) -> Row | None:
        """The next planned touch."""
        found = self._rows(
            "SELECT script, channel, purpose, due_at, rule FROM touch "
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
