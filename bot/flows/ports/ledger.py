"""What the ledger import needs: a file to read, a place to stage it, the books, and the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.ledger.changes import Changes, LedgerPayment
from bot.domain.ledger.known import Known
from bot.domain.ledger.rows import LedgerRow, Note


class UnusableFileError(Exception):
    """The file as a whole cannot be read. `code` and `details` make the sentence."""

    def __init__(self, code: str, /, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a file as texts. `fault` is a reason's code when the row cannot be split."""

    line: int  #: 1 is the first line of the file or the first row of the sheet
    cells: Sequence[str]
    fault: str | None = None


class LedgerFile(Protocol):
    """A file that can be read row by row, more than once."""

    @property
    def name(self) -> str:
        """Its name without the folder."""
        ...

    @property
    def sha256(self) -> str:
        """Hex digest of its bytes."""
        ...

    def sheets(self) -> Iterator[tuple[str, Iterator[RawRow]]]:
        """Name and rows of each visible sheet; a CSV file is one sheet without a name.

        Raises UnusableFileError, also while rows are read.
        """
        ...


@dataclass(frozen=True, slots=True)
class LedgerPortfolio:
    """The portfolio a ledger belongs to."""

    portfolio_id: int
    code: str
    creditor_key: str
    region: str
    currency: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """Rows that belong together: every row of a name is in one batch.

    `foreign_contracts` and `foreign_customers` map the line of a row whose contract or customer
    number stands under another name earlier in the file → that earlier line.
    """

    rows: Sequence[LedgerRow]
    foreign_contracts: Mapping[int, int]
    foreign_customers: Mapping[int, int]


class LedgerStage(Protocol):
    """Where a file's rows wait, out of memory, until they can be taken by name."""

    def begin(self) -> None:
        """An empty stage."""
        ...

    def add_rows(self, rows: Sequence[LedgerRow]) -> None:
        """Stage good rows."""
        ...

    def add_listed(self, contracts: Sequence[str]) -> None:
        """Contracts that rejected rows name: the file lists them, whatever is wrong."""
        ...

    def add_notes(self, notes: Sequence[Note]) -> None:
        """Keep lines for the report."""
        ...

    def arrange(self, size: int) -> int:
        """Sort the rows into batches of about `size`; returns how many batches there are."""
        ...

    def batch(self, number: int) -> StagedBatch:
        """Batch 0, 1, …"""
        ...

    def notes(self) -> Iterator[Note]:
        """Every note, by line."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch of changes led to."""

    nothing_owed: Sequence[int] = ()  #: open cases among those touched that owe nothing now
    owed_again: Sequence[int] = ()  #: closed cases that owe again
    with_credit: Sequence[int] = ()  #: cases that owe and hold credit of the debtor's


@dataclass(frozen=True, slots=True)
class MissingDebt:
    """An open debt that a full-balance file does not list."""

    debt_id: int
    debtor_id: int
    case_id: int
    contract: str
    ref: str
    currency: str
    outstanding_minor: int


class LedgerBooks(Protocol):
    """Debtors, cases and debts, as the import reads and writes them."""

    def portfolio(self, code: str) -> LedgerPortfolio | None:
        """The portfolio of that code."""
        ...

    def importing(self, creditor_key: str) -> AbstractContextManager[bool]:
        """Keeps other imports of the creditor out; False when one is running."""
        ...

    def unit(self) -> AbstractContextManager[None]:
        """One transaction."""
        ...

    def known(self, portfolio: LedgerPortfolio, rows: Sequence[LedgerRow], *, lock: bool) -> Known:
        """What the books hold about these rows; with `lock` their debtors' lanes are taken."""
        ...

    def open_import(self, portfolio_id: int, file: LedgerFile, at: datetime) -> int:
        """A row for this import; returns its id."""
        ...

    def write(
        self, portfolio: LedgerPortfolio, changes: Changes, *, import_id: int, at: datetime
    ) -> Written:
        """Write everything but the payments."""
        ...

    def save_figures(self, import_id: int, figures: Mapping[str, Any]) -> None:
        """Keep what the import did."""
        ...

    def missing(self, portfolio_id: int, *, after: int, limit: int) -> list[MissingDebt]:
        """Open debts the staged file does not list, ascending by id beyond `after`."""
        ...

    def settle_missing(
        self, debts: Sequence[MissingDebt], *, import_id: int, at: datetime
    ) -> list[int]:
        """Settle those that are still open; returns the open cases that owe nothing now.

        Takes the debtors' lanes.
        """
        ...


class LedgerMoney(Protocol):
    """What an import sets in motion, inside its transaction, the debtors' lanes held."""

    def paid(self, payments: Sequence[LedgerPayment], at: datetime) -> None:
        """The ledger shows more paid than the books: apply it to exactly those debts.

        Touches stop, promises settle, the case closes at zero. Harmless when repeated.
        """
        ...

    def nothing_owed(self, case_ids: Sequence[int], at: datetime) -> None:
        """Open cases whose last debt was withdrawn, lowered or imported as paid: close them."""
        ...

    def owed_again(self, case_ids: Sequence[int], at: datetime) -> None:
        """Closed cases that have an open debt again: reopen them."""
        ...

    def use_credit(self, case_ids: Sequence[int], at: datetime) -> None:
        """Cases that owe and hold credit: the debts take it."""
        ...


@dataclass(slots=True)
class ImportFigures:
    """What became of the file. Counts; money in minor units by currency."""

    rows: int = 0  #: rows that should be debts
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    superseded: int = 0
    rejected: int = 0
    passed_over: int = 0
    warnings: int = 0
    new_debtors: int = 0
    new_cases: int = 0
    new_phones: int = 0
    payments: int = 0
    paid_minor: dict[str, int] = field(default_factory=dict)
    missing: int = 0
    settled: int = 0
