"""What waits for a second person, ended once whatever it is."""

from __future__ import annotations

from datetime import datetime

from bot.store.desk import DeskRows


class ApprovalRows(DeskRows):
    """Implements `bot.flows.ports.approvals.ApprovalStore`."""

    def end_asked(self, approval_id: int, outcome: str, by: int, *, at: datetime) -> bool:
        """False when it does not wait any more."""
        return bool(
            self._connection.execute(
                "UPDATE approval SET outcome = %s, decided_by = %s, decided_at = %s "
                "WHERE id = %s AND decided_at IS NULL",
                [outcome, by, at, approval_id],
            ).rowcount
        )
