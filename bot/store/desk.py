"""Collectors' writes: claims, notes, the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.flows.ports.desk import HandoffFacts
from bot.store.cases import CaseRows


class DeskRows(CaseRows):
    """Implements `bot.flows.ports.desk.DeskStore`."""

    def handoff(self, handoff_id: int) -> HandoffFacts | None:
        """The hand-off, its row locked."""
        row = self._connection.execute(
            "SELECT h.id, h.case_id, c.debtor_id, h.state, h.claimed_by, p.livemode "
            "FROM handoff h JOIN cases c ON c.id = h.case_id "
            "JOIN portfolio p ON p.id = c.portfolio_id WHERE h.id = %s FOR UPDATE OF h",
            [handoff_id],
        ).fetchone()
        return HandoffFacts(*row) if row else None

    def claim_handoff(self, handoff_id: int, collector_id: int, *, at: datetime) -> bool:
        """Compare and set: only an open hand-off, or one's own, can be claimed."""
        return bool(
            self._connection.execute(
                "UPDATE handoff SET state = 'claimed', claimed_by = %s, "
                "claimed_at = coalesce(claimed_at, %s) "
                "WHERE id = %s AND (state = 'open' OR (state = 'claimed' AND claimed_by = %s))",
                [collector_id, at, handoff_id, collector_id],
            ).rowcount
        )

    def release_handoff(self, handoff_id: int, *, at: datetime) -> None:
        """Back to the queue."""
        self._connection.execute(
            "UPDATE handoff SET state = 'open', claimed_by = NULL, claimed_at = NULL "
            "WHERE id = %s AND state = 'claimed'",
            [handoff_id],
        )

    def add_note(self, case_id: int, author_id: int, text: str, *, at: datetime) -> None:
        """A note on the case."""
        self._connection.execute(
            "INSERT INTO note (case_id, author_id, text_sealed, at) VALUES (%s, %s, %s, %s)",
            [case_id, author_id, self._seal.seal(text), at],
        )

    def audit(
        self,
        collector_id: int,
        action: str,
        case_id: int | None,
        data: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """A line of the trail."""
        self._connection.execute(
            "INSERT INTO audit (at, collector_id, action, case_id, data) "
            "VALUES (%s, %s, %s, %s, %s)",
            [at, collector_id, action, case_id, json.dumps(dict(data), ensure_ascii=False)],
        )

    def has_open_promise(self, case_id: int) -> bool:
        """Whether a promise still waits for money."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT FROM promise WHERE case_id = %s AND state = 'open')", [case_id]
        ).fetchone()
        return bool(row and row[0])
