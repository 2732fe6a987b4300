"""What wording scripts anew needs from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.flows.ports.approvals import ApprovalStore
from bot.flows.ports.trail import Trail
from bot.scripts.own import OwnText

#: The version that stands for the product's own text, whatever its number in the files.
SHIPPED = 0

ReadOwn = Callable[[int, int], Sequence[OwnText]]
"""Portfolio and state of its wording (`PortfolioFacts.wording`) → its own texts in that state, which
never change."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Wording that is not approved; its row is locked. `revision` counts how often it was saved."""

    draft_id: int
    script: str
    base: int
    texts: Mapping[str, str]
    note: str
    revision: int
    written_by: int


@dataclass(frozen=True, slots=True)
class WordingAsked:
    """Somebody wants a version used: a draft's, or one that was used before (or `SHIPPED`)."""

    approval_id: int
    portfolio_id: int
    portfolio: str  #: its code
    script: str
    asked_by: int
    draft_id: int | None
    version: int | None


class WordingStore(Trail, ApprovalStore, Protocol):
    """One transaction."""

    def portfolio_code(self, portfolio_id: int) -> str | None:
        """None when there is no such portfolio."""
        ...

    def hold_wording(self, portfolio_id: int) -> None:
        """Nobody else decides what the portfolio uses until this transaction ends."""
        ...

    def close_barrier(self, *, within: timedelta) -> bool:
        """See `bot.flows.ports.halting.HaltStore`."""
        ...

    def wording_draft(self, portfolio_id: int, script: str) -> Draft | None:
        """The draft, locked."""
        ...

    def add_draft(
        self,
        portfolio_id: int,
        script: str,
        base: int,
        texts: Mapping[str, str],
        note: str,
        by: int,
        *,
        at: datetime,
    ) -> bool:
        """False when somebody began one at the same time."""
        ...

    def save_draft(
        self, draft_id: int, texts: Mapping[str, str], note: str, by: int, *, at: datetime
    ) -> None:
        """Another revision of it."""
        ...

    def drop_draft(self, draft_id: int) -> None:
        """Throw it away."""
        ...

    def wording_in_use(self, portfolio_id: int, script: str) -> int:
        """The version; `SHIPPED` where it never had own words, or went back."""
        ...

    def wording_version(self, portfolio_id: int, script: str, version: int) -> OwnText | None:
        """One of the portfolio's own versions."""
        ...

    def ask_wording(
        self,
        portfolio_id: int,
        script: str,
        by: int,
        *,
        draft_id: int | None,
        version: int | None,
        at: datetime,
    ) -> bool:
        """Wait for a second person; False when something waits for this script already."""
        ...

    def wording_asked(self, portfolio_id: int, script: str) -> WordingAsked | None:
        """What waits, locked, so that one answer counts."""
        ...

    def approve_draft(self, draft_id: int, by: int, *, first: int, at: datetime) -> int:
        """Give it the script's next version number, `first` or more."""
        ...

    def use_wording(
        self, portfolio_id: int, script: str, version: int, approval_id: int, *, at: datetime
    ) -> None:
        """From the end of this transaction on the portfolio uses it."""
        ...
