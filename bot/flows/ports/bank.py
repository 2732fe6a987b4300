"""What the import of bank statements and its review need from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from bot.domain.bank.claimants import Claimant
from bot.domain.bank.lines import BankLine
from bot.domain.bank.matching import Match
from bot.flows.ports.ledger import LedgerFile
from bot.flows.ports.money import MoneyStore, PaymentRow
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class BankBook:
    """The portfolio a statement is imported for. Its creditor owns the account."""

    portfolio_id: int
    code: str
    creditor_key: str
    currency: str
    zone: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be kept. `identity` is kept as a blind index only."""

    line: BankLine
    identity: str
    paid_at: datetime
    match: Match


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line in review, its row locked."""

    line_id: int
    portfolio_id: int
    creditor_key: str
    amount_minor: int
    currency: str
    paid_at: datetime
    state: str
    livemode: bool
    undone: int = 0  #: how often it was applied and taken back


@dataclass(slots=True)
class BankFigures:
    """What became of a statement. Counts; sums in minor units of the portfolio's currency."""

    rows: int = 0  #: rows below the header
    credits: int = 0  #: money that came in and could be read
    applied: int = 0
    applied_minor: int = 0
    review: int = 0
    review_minor: int = 0
    known: int = 0
    rejected: int = 0
    passed_over: int = 0
    repaired: int = 0  #: broken promises that had been kept
    contacted: int = 0  #: contacts after the debtor had paid and before we knew


class BankStore(MoneyStore, Trail, Protocol):
    """One transaction on bank lines."""

    def bank_book(self, code: str) -> BankBook | None:
        """The portfolio of that code."""
        ...

    def claimants(self, book: BankBook, today: date) -> list[Claimant]:
        """Every case of the creditor, mode and currency that is open or was closed lately."""
        ...

    def known_lines(self, creditor_key: str, identities: Sequence[str]) -> set[str]:
        """Those that an earlier import has."""
        ...

    def open_bank_import(
        self, book: BankBook, bank: str, file: LedgerFile, *, by: int | None, at: datetime
    ) -> int:
        """A row for this import; returns its id."""
        ...

    def save_bank_figures(self, import_id: int, figures: Mapping[str, Any]) -> None:
        """Keep what the import did."""
        ...

    def add_lines(
        self, book: BankBook, import_id: int, lines: Sequence[NewLine]
    ) -> Mapping[str, int]:
        """Keep the lines, waiting; ids by identity, without those that another import has."""
        ...

    def waiting_line(self, line_id: int) -> WaitingLine | None:
        """The line, its row locked."""
        ...

    def conclude_lines(
        self, line_ids: Sequence[int], state: str, *, by: int | None, at: datetime
    ) -> None:
        """applied, not_ours or review again."""
        ...

    def add_shares(self, shares: Sequence[tuple[int, int]]) -> None:
        """Which payment came from which line: (line, payment)."""
        ...

    def payments_of_line(self, line_id: int) -> list[PaymentRow]:
        """What the line became and still is, by case; rows locked."""
        ...

    def reopen_line(self, line_id: int) -> None:
        """An applied line waits again, one more time undone."""
        ...

    def cases_of(self, line: WaitingLine, case_ids: Sequence[int]) -> set[int]:
        """Those of the cases that belong to the line's creditor and mode."""
        ...

    def contacted_since(self, paid: Sequence[tuple[int, datetime]]) -> Mapping[int, int]:
        """By case: contacts the desk started after an instant, those on their way included."""
        ...


@dataclass(frozen=True, slots=True)
class BankOrder:
    """What the desk asked for. `mapping` is header key → field; `by` who uploaded it."""

    portfolio_code: str
    bank: str = "bank"
    mapping: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    by: int | None = None
