"""A collector's work on one case, in SQL."""

from __future__ import annotations

import json
from datetime import date, datetime

from bot.flows.ports.case_work import AskedPayment
from bot.store.collectors import CollectorRows
from bot.store.money import MoneyRows
from bot.store.queue import QueueRows
from bot.store.receiving import ReceiveRows

#: What a page is told apart by: events of the case and messages of the debtor, both only grow.
VERSION = (
    "SELECT event_seq || '.' || coalesce((SELECT max(id) FROM reply WHERE case_id = cases.id), 0) "
    "FROM cases WHERE id = %s"
)

_ASK = """
INSERT INTO approval (kind, subject, portfolio_id, case_id, data, asked_by, asked_at)
SELECT 'payment', id::text, portfolio_id, id, %(data)s, %(by)s, %(at)s FROM cases
WHERE id = %(case)s
ON CONFLICT (kind, subject) WHERE decided_at IS NULL DO NOTHING
"""

_ASKED = """
SELECT id, (data ->> 'amount_minor')::bigint, (data ->> 'paid_on')::date, data ->> 'key', asked_by
FROM approval WHERE kind = 'payment' AND subject = %s AND decided_at IS NULL FOR UPDATE
"""


class CaseWorkRows(QueueRows, MoneyRows, ReceiveRows, CollectorRows):
    """Implements `bot.flows.ports.case_work.CaseWorkStore`."""

    def case_version(self, case_id: int) -> str:
        """Changes with whatever happens to the case."""
        return str(self._value(VERSION, [case_id]))

    def ask_payment(
        self, case_id: int, by: int, amount_minor: int, paid_on: date, key: str, *, at: datetime
    ) -> bool:
        """It waits for a second person; one of a case at a time."""
        data = {"amount_minor": amount_minor, "paid_on": paid_on.isoformat(), "key": key}
        values = {"case": case_id, "data": json.dumps(data), "by": by, "at": at}
        return bool(self._connection.execute(_ASK, values).rowcount)

    def asked_payment(self, case_id: int) -> AskedPayment | None:
        """What waits, its row locked."""
        row = self._connection.execute(_ASKED, [str(case_id)]).fetchone()
        return AskedPayment(*row) if row else None

    def holder(self, case_id: int) -> int | None:
        """Who has it; 0 when it waits unclaimed, None without a hand-off."""
        found: int | None = self._value(
            "SELECT coalesce(claimed_by, 0) FROM handoff "
            "WHERE case_id = %s AND state IN ('open', 'claimed')",
            [case_id],
        )
        return found
