"""Promises as they are written, whoever took them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol


class PromiseWriter(Protocol):
    """Written in the transaction of what they came from."""

    def add_promise(
        self,
        case_id: int,
        due_on: date,
        amount_minor: int,
        *,
        made_at: datetime,
        source: str,
        reply_id: int | None,
    ) -> int:
        """A new open promise; its id."""
        ...

    def supersede_promises(self, case_id: int, *, at: datetime) -> None:
        """Open promises give way to a new one, and so does the plan they were part of."""
        ...
