"""A collector's work on one case, in SQL."""

from __future__ import annotations

from bot.store.collectors import CollectorRows
from bot.store.money import MoneyRows
from bot.store.queue import QueueRows
from bot.store.receiving import ReceiveRows

#: What a page is told apart by: events of the case and messages of the debtor, both only grow.
VERSION = (
    "SELECT event_seq || '.' || coalesce((SELECT max(id) FROM reply WHERE case_id = cases.id), 0) "
    "FROM cases WHERE id = %s"
)


class CaseWorkRows(QueueRows, MoneyRows, ReceiveRows, CollectorRows):
    """Implements `bot.flows.ports.case_work.CaseWorkStore`."""

    def case_version(self, case_id: int) -> str:
        """Changes with whatever happens to the case."""
        return str(self._value(VERSION, [case_id]))

    def holder(self, case_id: int) -> int | None:
        """Who has it; 0 when it waits unclaimed, None without a hand-off."""
        found: int | None = self._value(
            "SELECT coalesce(claimed_by, 0) FROM handoff "
            "WHERE case_id = %s AND state IN ('open', 'claimed')",
            [case_id],
        )
        return found
