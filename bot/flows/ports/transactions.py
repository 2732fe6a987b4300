"""A unit of work: everything done inside commits together or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

Store_co = TypeVar("Store_co", covariant=True)


class Transactions(Protocol[Store_co]):
    """Called for each unit of work; commits on a clean exit, rolls back on an exception."""

    def __call__(self) -> AbstractContextManager[Store_co]:
        """Begin."""
        ...


class Clock(Protocol):
    """Tells the time. Test-mode portfolios live on a clock that can be moved forward."""

    def now(self, *, livemode: bool) -> datetime:
        """The instant on the clock of live or of test-mode portfolios, UTC."""
        ...

    def real(self) -> datetime:
        """The real instant, UTC: for pacing and for settling what is ambiguous."""
        ...
