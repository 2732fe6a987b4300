"""Ledger file → debtors, cases and debts.

The file is staged first (outside memory), then taken in batches that hold every row of a name,
one transaction each. A crash leaves whole batches behind; importing the same file again completes
the rest and changes nothing else. One transaction for the whole file would hold the lanes of all
its debtors, and so stop replies and payments, for as long as the import runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from bot.domain.ledger.changes import Changes
from bot.domain.ledger.decide import decide
from bot.domain.ledger.header import (
    Layout,
    looks_like_header,
    read_header,
    refused_headers,
)
from bot.domain.ledger.reading import Reading, Setting, masked_value, read_row
from bot.domain.ledger.rows import LedgerRow, Note, Outcome
from bot.domain.ledger.words import Column, LedgerWords
from bot.domain.money import plain
from bot.flows.ports.ledger import (
    ImportFigures,
    LedgerBooks,
    LedgerFile,
    LedgerMoney,
    LedgerPortfolio,
    LedgerStage,
    MissingDebt,
    RawRow,
    StagedBatch,
    UnusableFileError,
)
from bot.flows.sheets import sheet_with_header

#: Rows per transaction: some tenths of a second of held lanes.
BATCH = 2_000

#: Rows parsed before they are handed to the stage.
STAGED_AT_ONCE = 1_000

Progress = Callable[[str, int, int | None], None]
"""Step (`read`, `apply`, `missing`), how many are done, of how many (None unknown)."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What the desk asked for. `mapping` is header key → column."""

    portfolio_code: str
    mapping: Mapping[str, Column] = field(default_factory=dict)
    dry_run: bool = False
    full_balance: bool = False
    settle_missing: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What the import did, or would do. The notes stay with the stage."""

    figures: ImportFigures
    layout: Layout
    sheet: str
    refused_columns: tuple[str, ...]
    import_id: int | None  #: None when nothing was written
    refusal: str | None = None  #: code of the reason why missing debts were not settled
    unnamed: int = 0  #: rejected rows that do not name their contract


@dataclass(slots=True)
class ImportLedger:
    """The import, bound to one connection's store."""

    stage: LedgerStage
    books: LedgerBooks
    money: LedgerMoney
    words: LedgerWords
    progress: Progress = lambda step, done, total: None

    def run(self, file: LedgerFile, order: ImportOrder, at: datetime) -> ImportResult:
        """Import `file`; `at` is the instant on the portfolio's clock, UTC.

        Raises UnusableFileError: the file, the mapping or the portfolio cannot be used. Nothing
        has been written then.
        """
        portfolio = self.books.portfolio(order.portfolio_code)
        if portfolio is None:
            raise UnusableFileError("portfolio_unknown", code=order.portfolio_code)
        with self.books.importing(portfolio.creditor_key) as alone:
            if not alone:
                raise UnusableFileError("import_running")
            return _Run(self, file, order, portfolio, at).go()


@dataclass(slots=True)
class _Run:
    kit: ImportLedger
    file: LedgerFile
    order: ImportOrder
    portfolio: LedgerPortfolio
    at: datetime
    figures: ImportFigures = field(default_factory=ImportFigures)
    import_id: int | None = None
    unnamed: int = 0  #: rejected rows that do not name their contract

    def go(self) -> ImportResult:
        sheet, layout, rows = find_sheet(self.file, self.order.mapping, self.kit.words)
        self.kit.stage.begin()
        self._stage(rows, layout)
        if not self.figures.rows:
            raise UnusableFileError("no_rows")
        batches = self.kit.stage.arrange(BATCH)
        for number in range(batches):
            self._apply(self.kit.stage.batch(number), layout)
            self.kit.progress("apply", number + 1, batches)
        refusal = self._missing() if self.order.full_balance else None
        if self.import_id is not None:
            self.kit.books.save_figures(self.import_id, asdict(self.figures))
        refused = tuple(refused_headers(layout.headers, self.kit.words))
        return ImportResult(
            self.figures, layout, sheet, refused, self.import_id, refusal, self.unnamed
        )

    def _stage(self, rows: Iterator[RawRow], layout: Layout) -> None:
        setting = Setting(self.portfolio.region, self.portfolio.currency, self.kit.words)
        done = 0
        while chunk := list(islice(rows, STAGED_AT_ONCE)):
            readings = [_read(raw, layout, setting) for raw in chunk]
            self._keep(readings)
            done += len(chunk)
            self.kit.progress("read", done, None)

    def _keep(self, readings: list[Reading]) -> None:
        stage, figures = self.kit.stage, self.figures
        rejected = [reading for reading in readings if reading.rejected]
        good = [reading.row for reading in readings if reading.row]
        stage.add_rows(good)
        stage.add_listed([reading.contract for reading in rejected if reading.contract])
        self.unnamed += sum(reading.contract is None for reading in rejected)
        figures.rows += len(good) + len(rejected)
        figures.rejected += len(rejected)
        self._note([note for reading in readings for note in reading.notes])

    def _note(self, notes: list[Note]) -> None:
        self.kit.stage.add_notes(notes)
        self.figures.warnings += sum(note.outcome is Outcome.WARNING for note in notes)
        self.figures.passed_over += sum(note.outcome is Outcome.PASSED_OVER for note in notes)

    def _apply(self, batch: StagedBatch, layout: Layout) -> None:
        """One transaction."""
        rows = [row for row in batch.rows if row.line not in _foreign(batch)]
        books, dry = self.kit.books, self.order.dry_run
        with books.unit():
            known = books.known(self.portfolio, rows, lock=not dry)
            changes = decide(rows, known, layout, self.kit.words)
            if not dry and not changes.empty:
                self._write(changes)
        self._note(self._foreign_notes(batch, layout) + changes.notes)
        self._count(changes, len(_foreign(batch)))

    def _write(self, changes: Changes) -> None:
        books, at = self.kit.books, self.at
        import_id = self._opened_import()
        written = books.write(self.portfolio, changes, import_id=import_id, at=at)
        money = self.kit.money
        if written.owed_again:
            money.owed_again(written.owed_again, at)
        if written.nothing_owed:
            money.nothing_owed(written.nothing_owed, at)
        if changes.payments:
            money.paid(changes.payments, at)
        if written.with_credit:
            money.use_credit(written.with_credit, at)

    def _opened_import(self) -> int:
        if self.import_id is None:
            books, portfolio = self.kit.books, self.portfolio
            self.import_id = books.open_import(portfolio.portfolio_id, self.file, self.at)
        return self.import_id

    def _count(self, changes: Changes, foreign: int) -> None:
        figures = self.figures
        many = list(changes.outcomes.values())
        figures.new += many.count(Outcome.NEW)
        figures.updated += many.count(Outcome.UPDATED)
        figures.unchanged += many.count(Outcome.UNCHANGED)
        figures.duplicates += many.count(Outcome.DUPLICATE)
        figures.superseded += many.count(Outcome.SUPERSEDED)
        figures.rejected += many.count(Outcome.REJECTED) + foreign
        figures.new_debtors += sum(debtor.known is None for debtor in changes.debtors)
        figures.new_cases += sum(case.known is None for case in changes.cases)
        figures.new_phones += sum(len(debtor.phones) for debtor in changes.debtors)
        figures.payments += len(changes.payments)
        for payment in changes.payments:
            sums = figures.paid_minor
            sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount_minor

    def _foreign_notes(self, batch: StagedBatch, layout: Layout) -> list[Note]:
        by_line = {row.line: row for row in batch.rows}
        return [
            _foreign_note(by_line[line], earlier, code, layout)
            for code, found in (
                ("customer_other_name", batch.foreign_customers),
                ("contract_other_name", batch.foreign_contracts),
            )
            for line, earlier in found.items()
        ]

    def _missing(self) -> str | None:
        """Debts a full-balance file does not list; the reason's code when none was settled."""
        settling = self.order.settle_missing
        refusal = "unnamed_rows" if settling and self.unnamed else None
        settling = settling and refusal is None
        after = 0
        while debts := self.kit.books.missing(
            self.portfolio.portfolio_id, after=after, limit=BATCH
        ):
            after = debts[-1].debt_id
            if settling and not self.order.dry_run:
                self._settle(debts)
            self.figures.missing += len(debts)
            self.figures.settled += len(debts) if settling else 0
            self._note([_missing_note(debt, settled=settling) for debt in debts])
            self.kit.progress("missing", self.figures.missing, None)
        return refusal

    def _settle(self, debts: list[MissingDebt]) -> None:
        with self.kit.books.unit():
            cases = self.kit.books.settle_missing(
                debts, import_id=self._opened_import(), at=self.at
            )
            if cases:
                self.kit.money.nothing_owed(cases, self.at)


def find_sheet(
    file: LedgerFile, mapping: Mapping[str, Column], words: LedgerWords
) -> tuple[str, Layout, Iterator[RawRow]]:
    """The first sheet with a header, its layout, and the rows below the header.

    Raises UnusableFileError.
    """
    found = sheet_with_header(
        file,
        lambda cells: looks_like_header(cells, words, mapping),
        lambda line, cells: read_header(line, cells, words, mapping),
    )
    return found.name, found.layout, found.rows


def _read(raw: RawRow, layout: Layout, setting: Setting) -> Reading:
    if raw.fault:
        return Reading(None, (Note(raw.line, "", "", Outcome.REJECTED, raw.fault),))
    return read_row(raw.line, raw.cells, layout, setting)


def _foreign(batch: StagedBatch) -> set[int]:
    return {*batch.foreign_contracts, *batch.foreign_customers}


def _foreign_note(row: LedgerRow, earlier: int, code: str, layout: Layout) -> Note:
    return Note(
        row.line,
        layout.header(Column.NAME),
        masked_value(Column.NAME, row.name),
        Outcome.REJECTED,
        code,
        {"other": f"第 {earlier} 行", "other_en": f"line {earlier}"},
    )


def _missing_note(debt: MissingDebt, *, settled: bool) -> Note:
    outcome, code = (
        (Outcome.SETTLED, "settled_debt") if settled else (Outcome.MISSING, "missing_debt")
    )
    name = debt.contract if debt.ref == debt.contract else f"{debt.contract}-{debt.ref}"
    owed = plain(debt.outstanding_minor, debt.currency)
    return Note(0, "", f"{name}: {owed} {debt.currency}", outcome, code)
