"""What switching everything off needs from the store, and what sending asks before each flight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.flows.ports.trail import Trail

SendBarrier = Callable[[], AbstractContextManager[bool]]
"""Held while messages are on their way; gives False when somebody is switching off."""


class HaltKind(StrEnum):
    """Why nothing goes out: somebody switched off, or the book was never switched on."""

    SWITCH = "switch"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Halt:
    """One standing stop. `code` is None for the stop of everything."""

    halt_id: int
    code: str | None
    name: str | None
    kind: HaltKind
    reason: str
    by: str | None  #: the person's name; None from the command line
    at: datetime


class HaltStore(Trail, Protocol):
    """One transaction."""

    def close_barrier(self, *, within: timedelta) -> bool:
        """Wait until nothing is on its way, and let nothing begin before this transaction ends.

        False when something still was on its way after `within`.
        """
        ...

    def book_id(self, code: str) -> int | None:
        """The portfolio of that code."""
        ...

    def add_halt(
        self, portfolio_id: int | None, kind: HaltKind, reason: str, by: int | None, *, at: datetime
    ) -> bool:
        """Stop a portfolio, or everything; False when that stands already."""
        ...

    def lift_halt(self, portfolio_id: int | None, by: int | None, *, at: datetime) -> bool:
        """End a stop; False when none stands."""
        ...

    def halts(self) -> Sequence[Halt]:
        """What stands, the stop of everything first."""
        ...
