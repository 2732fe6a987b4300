"""What calls that collectors place need: from the store, and as the carrier's own language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.call.values import Say
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import CallOutcome
from bot.flows.ports.calls import CallStore


@dataclass(frozen=True, slots=True)
class Dialable:
    """The touch a collector's call was placed for."""

    touch_id: int
    key: str
    phone: str = ""  #: the debtor's, E.164
    halted: bool = False  #: sending is stopped for the portfolio, or for all


class DeskLines(Protocol):
    """Who is on the line: asked before a collector's call is written."""

    def touch_known(self, key: str) -> bool:
        """Whether the form that made it was taken before."""
        ...

    def on_the_line(self, debtor_id: int, *, but: int | None, at: datetime) -> bool:
        """Whether a call to or from the debtor goes on, or a collector's is about to; `but` is a
        call that does not count.
        """
        ...

    def talking(self, collector_id: int, *, at: datetime) -> bool:
        """Whether the collector is in a call, or about to be."""
        ...

    def keep_result(
        self, call_id: int, case_id: int, who: int, result: str, *, known: bool
    ) -> bool:
        """What the collector says came of their own call that is over; False for any other.

        `known`: it was the debtor.
        """
        ...


class DeskCallStore(CallStore, DeskLines, Protocol):
    """One transaction of a collector's call."""

    def dialable(self, call_id: int) -> Dialable:
        """Whom the call goes on to."""
        ...

    def add_verdicts(
        self, verdicts: list[tuple[int, int, Verdict]], *, stage: str, at: datetime
    ) -> None:
        """Write (touch id, case id, verdict) rows."""
        ...

    def dialed(self, call_id: int, *, at: datetime) -> None:
        """It goes on to the debtor."""
        ...

    def debtor_answered(self, call_id: int, *, at: datetime) -> None:
        """Somebody or something picked up at the debtor's."""
        ...

    def debtor_done(
        self, call_id: int, outcome: CallOutcome, *, seconds: int | None, at: datetime
    ) -> None:
        """How the debtor's side ended; the carrier's word on it replaces what was supposed."""
        ...

    def never_dialed(self, call_id: int, *, at: datetime) -> None:
        """Nothing rang at the debtor's: the attempt counts as none."""
        ...


class DeskSpeaker(Protocol):
    """Whole documents for the collector's side of the line."""

    def ask_key(self, say: Say, silent: Say, token: str) -> str:
        """Say who is called and wait for a key; say `silent` and hang up when none comes."""
        ...

    def dial(self, phone: str, caller_id: str, token: str) -> str:
        """Ring at the debtor's `phone` and connect the two."""
        ...

    def tell(self, say: Say | None) -> str:
        """Say it, if anything, and hang up."""
        ...
