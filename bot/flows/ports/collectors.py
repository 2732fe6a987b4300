"""What logging in and managing collectors needs from the store and from password hashing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.rights import Role
from bot.flows.ports.trail import Trail

__all__ = ["CollectorStore", "Passwords", "Person", "Role"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in."""

    collector_id: int
    login: str
    name: str
    role: Role
    disabled: bool
    locked_until: datetime | None
    password_hash: str = field(repr=False)
    on_duty: bool = False  #: calls may be put through
    reachable: bool = False  #: has a telephone on file
    language: str = "zh-CN"
    theme: str = "auto"  #: auto, light, dark
    must_change: bool = False  #: the password was given by somebody else
    second_factor: bool = False  #: log-in asks for a code as well
    scope: tuple[int, ...] | None = None  #: portfolios the person may see; None for all

    def sees(self, portfolio_id: int) -> bool:
        """Whether the portfolio is among those the person may see."""
        return self.scope is None or portfolio_id in self.scope


class Passwords(Protocol):
    """Slow hashes of passwords."""

    def hash(self, password: str) -> str:
        """A salted hash, text."""
        ...

    def matches(self, password: str, hashed: str | None) -> bool:
        """Takes the same time when there is nothing to compare with (`hashed` is None)."""
        ...


class CollectorStore(Trail, Protocol):
    """One transaction on the people of the desk."""

    def begin_login(
        self, login: str, *, at: datetime, since: datetime
    ) -> tuple[Person, int] | None:
        """Count a try before it is judged; the person and the failures in a row with this one.

        None for unknown, disabled and locked people. Failures before `since` are forgotten.
        """
        ...

    def lock_login(self, collector_id: int, until: datetime) -> None:
        """No try is judged before `until`."""
        ...

    def end_login(self, collector_id: int, address: str) -> None:
        """The try was right: forget the failures, and take this one back from the address."""
        ...

    def address_locked(self, address: str, *, at: datetime) -> datetime | None:
        """Until when nobody is let in from the address."""
        ...

    def count_address(self, address: str, *, at: datetime, since: datetime) -> int:
        """Count a try from an address; returns how many, this one included."""
        ...

    def lock_address(self, address: str, until: datetime) -> None:
        """No try from the address is judged before `until`."""
        ...

    def set_preferences(self, collector_id: int, *, language: str, theme: str) -> None:
        """How the console looks and speaks."""
        ...

    def person(self, collector_id: int) -> Person | None:
        """By id."""
        ...

    def person_named(self, login: str) -> Person | None:
        """By log-in name."""
        ...

    def people(self) -> Sequence[Person]:
        """Everybody, by log-in name."""
        ...

    def add_person(self, login: str, name: str, role: str, password_hash: str) -> int | None:
        """The new id; None when the name is taken."""
        ...

    def set_password(self, collector_id: int, password_hash: str) -> None:
        """A new password, and no lock."""
        ...

    def set_role(self, collector_id: int, role: str) -> None:
        """Another role."""
        ...

    def set_scope(self, collector_id: int, portfolios: Sequence[int] | None) -> None:
        """The portfolios the person may see; None for all."""
        ...

    def portfolio_id(self, code: str) -> int | None:
        """The portfolio of that code."""
        ...

    def set_disabled(self, collector_id: int, *, disabled: bool) -> None:
        """Whether the person may log in."""
        ...

    def set_phone(self, collector_id: int, phone: str | None) -> None:
        """Where calls are put through to, E.164; None takes it away."""
        ...

    def set_duty(self, collector_id: int, *, on: bool) -> None:
        """Whether calls are put through."""
        ...

    def end_sessions(
        self, collector_id: int, why: str, *, at: datetime, but: int | None = None
    ) -> int:
        """End all of a person's sessions but one; returns how many were open."""
        ...

    def release_claims(self, collector_id: int) -> int:
        """Put everything the person holds back into the queue; returns how many."""
        ...
