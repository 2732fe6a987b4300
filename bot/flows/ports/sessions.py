"""What sessions of the console need from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flows.ports.collectors import Person
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class Seat:
    """A session that is open, with the person it belongs to."""

    session_id: int
    person: Person
    begun_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as its owner and an admin see it. `agent` is what the browser calls itself."""

    session_id: int
    begun_at: datetime
    seen_at: datetime
    address: str
    agent: str


class SessionStore(Trail, Protocol):
    """One transaction on sessions. Tokens are passed as they are and kept as keyed hashes."""

    def begin_session(
        self, collector_id: int, token: str, *, address: str, agent: str, at: datetime
    ) -> int:
        """A new session; returns its id."""
        ...

    def seat(self, token: str) -> Seat | None:
        """The open session of a token with its person, whatever its age; None for none."""
        ...

    def touch_session(self, session_id: int, *, at: datetime) -> None:
        """It was used."""
        ...

    def end_session(self, session_id: int, why: str, *, at: datetime) -> bool:
        """End one; False when it has ended already."""
        ...

    def end_sessions(
        self, collector_id: int, why: str, *, at: datetime, but: int | None = None
    ) -> int:
        """End all of a person but one; returns how many were open."""
        ...

    def sessions_of(
        self, collector_id: int, *, begun: datetime, seen: datetime
    ) -> Sequence[SessionLine]:
        """Open sessions begun and seen after these instants, the latest first."""
        ...
