"""What every flow that touches a case needs: facts in, moves and hand-offs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState, Channel, HandoffReason


class Cases(Protocol):
    """Reads and moves cases. Callers hold the debtor's lane (`lock_debtors`) for writes."""

    def lock_debtors(self, debtor_ids: Sequence[int]) -> None:
        """Take the lanes of these debtors, in order of id, until the transaction ends."""
        ...

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots ordered by case id."""
        ...

    def save_event(
        self,
        case_id: int,
        event: Event,
        before: CaseState | None,
        after: CaseState,
        *,
        at: datetime,
        actor: str,
        data: Mapping[str, Any],
    ) -> None:
        """Append the event and write the state it leads to."""
        ...

    def save_remark(
        self, case_id: int, kind: str, *, at: datetime, actor: str, data: Mapping[str, Any]
    ) -> None:
        """A line of the timeline that moves nothing."""
        ...

    def cancel_touches(
        self,
        case_id: int,
        *,
        at: datetime,
        reason: str,
        answers_too: bool = False,
        contact_point_id: int | None = None,
        channel: Channel | None = None,
    ) -> int:
        """Cancel planned touches the desk started (and answers too, if said)."""
        ...

    def check_at(self, case_id: int, at: datetime) -> None:
        """Let the planner look at the case again at `at`."""
        ...

    def open_handoff(
        self,
        case_id: int,
        reason: HandoffReason,
        *,
        priority: int,
        due_at: datetime,
        at: datetime,
        reply_id: int | None,
    ) -> bool:
        """Open a hand-off, or add the reason to the one that is open. True if it is new."""
        ...

    def close_handoff(self, case_id: int, *, at: datetime, outcome: str) -> None:
        """Close the case's hand-off if one is open."""
        ...
