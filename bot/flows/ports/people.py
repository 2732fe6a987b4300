"""What an admin's work on people needs from the store."""

from __future__ import annotations

from typing import Protocol

from bot.flows.ports.collectors import CollectorStore


class PeopleStore(CollectorStore, Protocol):
    """One transaction of an admin."""

    def must_change(self, collector_id: int) -> None:
        """The password was given by somebody else: it opens nothing but its own change."""
        ...

    def set_name(self, collector_id: int, name: str) -> None:
        """How colleagues read it."""
        ...

    def other_admins(self, collector_id: int) -> int:
        """Admins who may log in, besides this one."""
        ...

    def clear_factor(self, collector_id: int) -> None:
        """No second factor, and no recovery codes."""
        ...
