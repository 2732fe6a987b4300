"""Collectors' writes: claims, notes, the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.flows.ports.desk import HandoffFacts
from bot.store.cases import CaseRows

_CLAIM = """
UPDATE handoff SET state = 'claimed', claimed_by = %(who)s,
    claimed_at = coalesce(claimed_at, %(at)s), worked_at = %(at)s,
    assigned_to = NULL, assigned_at = NULL
WHERE id = %(id)s AND (
    (state = 'open' AND (assigned_to IS NULL OR assigned_to = %(who)s))
    OR (state = 'claimed' AND claimed_by = %(who)s))
"""


class DeskRows(CaseRows):
    """Implements `bot.flows.ports.desk.DeskStore`."""

    def handoff(self, handoff_id: int) -> HandoffFacts | None:
        """The hand-off, its row locked."""
        row = self._connection.execute(
            "SELECT h.id, h.case_id, c.debtor_id, h.state, h.claimed_by, p.livemode, "
            "h.priority, h.assigned_to FROM handoff h JOIN cases c ON c.id = h.case_id "
            "JOIN portfolio p ON p.id = c.portfolio_id WHERE h.id = %s FOR UPDATE OF h",
            [handoff_id],
        ).fetchone()
        return HandoffFacts(*row) if row else None

    def claim_handoff(self, handoff_id: int, collector_id: int, *, at: datetime) -> bool:
        """Compare and set: only one that is open and waits for nobody else, or one's own."""
        return bool(
            self._connection.execute(
                _CLAIM, {"id": handoff_id, "who": collector_id, "at": at}
            ).rowcount
        )

    def release_handoff(self, handoff_id: int, *, at: datetime) -> None:
        """Back to the queue; who held it is not handed it again."""
        self._connection.execute(
            "UPDATE handoff SET state = 'open', claimed_by = NULL, claimed_at = NULL, "
            "worked_at = NULL, aside_until = NULL, assigned_to = NULL, assigned_at = NULL, "
            "passed = CASE WHEN passed @> to_jsonb(claimed_by) THEN passed "
            "ELSE passed || to_jsonb(claimed_by) END WHERE id = %s AND state = 'claimed'",
            [handoff_id],
        )

    def worked(self, case_id: int, collector_id: int, *, at: datetime) -> None:
        """Its holder did something on it: it is not left lying, and nothing put aside."""
        self._connection.execute(
            "UPDATE handoff SET worked_at = %s "
            "WHERE case_id = %s AND state = 'claimed' AND claimed_by = %s",
            [at, case_id, collector_id],
        )

    def add_note(self, case_id: int, author_id: int, text: str, *, at: datetime) -> None:
        """A note on the case."""
        self._connection.execute(
            "INSERT INTO note (case_id, author_id, text_sealed, at) VALUES (%s, %s, %s, %s)",
            [case_id, author_id, self._seal.seal(text), at],
        )

    def audit(
        self,
        collector_id: int | None,
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
