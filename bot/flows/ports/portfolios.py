"""Creditors' books and senders, as setting a desk up needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.vocabulary import SenderKind


@dataclass(frozen=True, slots=True)
class NewSender:
    """A number at a carrier. `address` is E.164."""

    code: str
    kind: SenderKind
    address: str
    livemode: bool
    per_second: float = 1.0
    voice: bool = False  #: may place and take calls
    calls_per_second: float = 1.0
    lines: int = 10  #: calls at a time


@dataclass(frozen=True, slots=True)
class NewPortfolio:
    """A creditor's book."""

    code: str
    name: str
    creditor: str
    creditor_key: str
    signature: str
    zone: str
    region: str
    currency: str
    cadence: str
    packs: tuple[str, ...]
    sender: str  #: code of the sender
    livemode: bool = False
    collector_kind: str = "first_party"
    phone: str = ""
    complaint_phone: str = ""
    payee_account: str = ""
    contact_name: str = ""  #: whom a message left on a machine names
    grace_days: int = 1
    allocation: str = "oldest_due_first"


@dataclass(frozen=True, slots=True)
class SenderLine:
    """A sender as lists show it."""

    sender_id: int
    code: str
    kind: str
    address: str
    livemode: bool
    per_second: float
    stopped_reason: str | None
    portfolios: int
    voice: bool
    calls_per_second: float
    lines: int


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """A portfolio as lists show it; sums are of open debts in its own currency."""

    code: str
    name: str
    creditor: str
    currency: str
    livemode: bool
    paused: bool
    cases: int
    open_cases: int
    outstanding_minor: int


class DuplicateCodeError(ValueError):
    """The code is taken."""


class PortfolioStore(Protocol):
    """One transaction."""

    def sender(self, code: str) -> SenderLine | None:
        """The sender of that code."""
        ...

    def senders(self) -> Sequence[SenderLine]:
        """All senders by code."""
        ...

    def add_sender(self, sender: NewSender) -> None:
        """Raises DuplicateCodeError."""
        ...

    def let_call(self, sender_id: int, *, voice: bool, calls_per_second: float, lines: int) -> None:
        """Whether and how fast a sender may call."""
        ...

    def set_words(self, code: str, words: Mapping[str, str], *, at: datetime) -> None:
        """Write these columns of the portfolio and clear the alarm that it lacks something."""
        ...

    def set_allocation(self, code: str, order: str) -> bool:
        """How the portfolio spreads money; False when there is no such portfolio."""
        ...

    def start_sender(self, sender_id: int, *, at: datetime) -> None:
        """Let a stopped sender send again and clear its alarm."""
        ...

    def portfolios(self) -> Sequence[PortfolioLine]:
        """All portfolios by code."""
        ...

    def portfolio(self, code: str) -> Mapping[str, Any] | None:
        """Every column of one portfolio, and the code of its sender."""
        ...

    def add_portfolio(self, portfolio: NewPortfolio, *, sender_id: int, at: datetime) -> None:
        """Raises DuplicateCodeError."""
        ...

    def change_portfolio(self, portfolio: NewPortfolio, *, sender_id: int) -> None:
        """What may change; what is planned goes out by the new sender."""
        ...
