"""Bank statement → payments of cases, and lines that wait for a human.

Some dozens of lines of different cases are a transaction, so that a crash leaves whole lines; the
same file once more completes the rest. A dry run decides by the same rules with the same figures and
writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.domain.bank.claimants import Claimant, Directory
from bot.domain.bank.header import Layout, looks_like_header, read_header
from bot.domain.bank.lines import BankLine, LineNote, LineOutcome, Reason, identities
from bot.domain.bank.matching import Match, Weights, match
from bot.domain.bank.names import Names
from bot.domain.bank.reading import Setting, read_line
from bot.domain.bank.words import BankWords
from bot.domain.money import plain
from bot.flows.apply_line import LineShare, apply_shares
from bot.flows.playbook import zone_of
from bot.flows.ports.bank import (
    BankBook,
    BankFigures,
    BankOrder,
    BankStore,
    NewLine,
    WaitingLine,
)
from bot.flows.ports.ledger import LedgerFile, RawRow, UnusableFileError
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.settle import Settler
from bot.flows.sheets import sheet_with_header

#: Lines booked in one transaction: their debtors' lanes are held for some tenths of a second.
BATCH = 50

#: Rows between two words about how far the import is.
TOLD_EVERY = 50


@dataclass(frozen=True, slots=True)
class BankResult:
    """What the import did, or would do."""

    figures: BankFigures
    layout: Layout
    notes: tuple[LineNote, ...]
    import_id: int | None  #: None when nothing was written
    currency: str


@dataclass(frozen=True)
class ImportBank:
    """The import of bank statements."""

    transactions: Transactions[BankStore]
    settler: Settler
    clock: Clock
    words: BankWords
    weights: Weights
    names: Names
    progress: Callable[[str, int, int | None], None] = lambda step, done, total: None

    def run(self, file: LedgerFile, order: BankOrder) -> BankResult:
        """Import `file`.

        Raises UnusableFileError: the file, the mapping or the portfolio cannot be used. Nothing
        has been written then.
        """
        with self.transactions() as store:
            book = store.bank_book(order.portfolio_code)
            if book is None:
                raise UnusableFileError("portfolio_unknown", code=order.portfolio_code)
        return _Run(self, file, order, book, self.clock.now(livemode=book.livemode)).go()


@dataclass
class _Run:
    kit: ImportBank
    file: LedgerFile
    order: BankOrder
    book: BankBook
    at: datetime
    figures: BankFigures = field(default_factory=BankFigures)
    notes: list[LineNote] = field(default_factory=list)
    import_id: int | None = None
    waiting: list[NewLine] = field(default_factory=list)  #: decided, not yet written
    before: dict[int, Claimant] = field(default_factory=dict)  #: their cases as they were

    def go(self) -> BankResult:
        words, mapping = self.kit.words, self.order.mapping
        sheet = sheet_with_header(
            self.file,
            lambda cells: looks_like_header(cells, words, mapping),
            lambda line, cells: read_header(line, cells, words, mapping),
        )
        layout = sheet.layout
        lines = self._read(sheet.rows, layout)
        if not self.figures.rows:
            raise UnusableFileError("no_rows")
        self._take(lines)
        if self.import_id is not None:
            with self.kit.transactions() as store:
                store.save_bank_figures(self.import_id, asdict(self.figures))
        notes = tuple(sorted(self.notes, key=lambda note: note.line))
        return BankResult(self.figures, layout, notes, self.import_id, self.book.currency)

    def _read(self, rows: Iterator[RawRow], layout: Layout) -> list[BankLine]:
        today = self.at.astimezone(zone_of(self.book.zone)).date()
        setting, lines = Setting(self.book.currency, today, self.kit.words), []
        for raw in rows:
            self.figures.rows += 1
            if not self.figures.rows % TOLD_EVERY:
                self.kit.progress("read", self.figures.rows, None)
            if raw.fault:
                self._note(LineNote(raw.line, LineOutcome.REJECTED, raw.fault))
                continue
            found = read_line(raw.line, raw.cells, layout, setting)
            if isinstance(found, LineNote):
                self._note(found)
            elif found.currency != self.book.currency:
                details = {"currency": found.currency}
                self._note(
                    LineNote(found.line, LineOutcome.REJECTED, "wrong_currency", details=details)
                )
            else:
                lines.append(found)
        return lines

    def _note(self, note: LineNote) -> None:
        self.notes.append(note)
        count = note.outcome.value
        setattr(self.figures, count, getattr(self.figures, count) + 1)

    def _take(self, lines: list[BankLine]) -> None:
        once = list(self._once(lines))
        self.figures.credits = len(once)
        with self.kit.transactions() as store:
            known = store.known_lines(self.book.creditor_key, [name for _, name in once])
            today = self.at.astimezone(zone_of(self.book.zone)).date()
            directory = Directory(self.kit.names).put_all(store.claimants(self.book, today))
        for done, (line, identity) in enumerate(once, 1):
            if identity in known:
                self._note(LineNote(line.line, LineOutcome.KNOWN, "known_line"))
            else:
                self._line(line, identity, directory)
            if done == len(once):
                self._flush(directory)
            if done == len(once) or not done % TOLD_EVERY:
                self.kit.progress("apply", done, len(once))

    def _once(self, lines: list[BankLine]) -> Iterator[tuple[BankLine, str]]:
        """Each identity once; a serial number that names two different lines names neither twice."""
        first: dict[str, BankLine] = {}
        for line, identity in identities(lines, self.order.bank):
            earlier = first.setdefault(identity, line)
            if earlier is line:
                yield line, identity
            elif (earlier.payer, earlier.remark) == (line.payer, line.remark):
                self._note(LineNote(line.line, LineOutcome.KNOWN, "known_line"))
            else:
                other = {"other": str(earlier.line)}
                self._note(
                    LineNote(line.line, LineOutcome.REJECTED, "serial_repeated", details=other)
                )

    def _line(self, line: BankLine, identity: str, directory: Directory) -> None:
        """Decide it. Lines that are decided later see its case as it will be then."""
        new = self._decided(line, identity, directory)
        if new.match.case_id in self.before:
            self._flush(directory)
            new = self._decided(line, identity, directory)
        case_id = new.match.case_id
        if case_id is not None:
            self.before[case_id] = directory.claimants[case_id]
            directory.put(self.before[case_id].less(line.amount_minor))
        self.waiting.append(new)
        if len(self.waiting) == BATCH:
            self._flush(directory)

    def _decided(self, line: BankLine, identity: str, directory: Directory) -> NewLine:
        paid_at = min(line.instant(zone_of(self.book.zone)), self.at)
        return NewLine(line, identity, paid_at, match(line, directory, self.kit.weights))

    def _flush(self, directory: Directory) -> None:
        """Write what was decided; a case that was not paid after all owes what it owed."""
        lines, before = self.waiting, self.before
        self.waiting, self.before = [], {}
        fates = self._write(lines) if lines and not self.order.dry_run else {}
        for new in lines:
            wanted = new.match.case_id
            case_id = fates.get(new.identity, wanted)
            if wanted is not None and case_id != wanted:
                directory.put(before[wanted])
            if case_id == _KNOWN:
                self._note(LineNote(new.line.line, LineOutcome.KNOWN, "known_line"))
            elif case_id is None:
                self._waits(new.line, new.match)
            else:
                self._applied(new.line, new.match, case_id)

    def _write(self, lines: list[NewLine]) -> dict[str, int | None]:
        """One transaction: the lines and, of those that are sure, their payments.

        Returns the case by identity: none for a line that waits, `_KNOWN` for one that is known.
        """
        with self.kit.transactions() as store:
            ids = store.add_lines(self.book, self._opened(store), lines)
            sure = [new for new in lines if new.identity in ids and new.match.case_id is not None]
            shares = [self._share(ids[new.identity], new) for new in sure]
            done = apply_shares(store, self.kit.settler, shares, within_debt=True)
            if done:
                store.conclude_lines(list(done), "applied", by=None, at=self.at)
        self.figures.repaired += sum(applied.repaired for applied in done.values())
        self.figures.contacted += sum(applied.contacted for applied in done.values())
        # A sure line that is not done: somebody else's payment was faster.
        booked = {new.identity: new.match.case_id for new in sure if ids[new.identity] in done}
        return {
            new.identity: booked.get(new.identity) if new.identity in ids else _KNOWN
            for new in lines
        }

    def _share(self, line_id: int, new: NewLine) -> LineShare:
        line, book = new.line, self.book
        waiting = WaitingLine(
            line_id,
            book.portfolio_id,
            book.creditor_key,
            line.amount_minor,
            line.currency,
            new.paid_at,
            "review",
            book.livemode,
        )
        assert new.match.case_id is not None
        return LineShare(waiting, new.match.case_id, line.amount_minor)

    def _opened(self, store: BankStore) -> int:
        if self.import_id is None:
            order = self.order
            self.import_id = store.open_bank_import(
                self.book, order.bank, self.file, by=order.by, at=self.at
            )
        return self.import_id

    def _applied(self, line: BankLine, found: Match, case_id: int) -> None:
        self.figures.applied_minor += line.amount_minor
        code = "would_apply" if self.order.dry_run else "applied"
        details = {"case": str(case_id)}
        value = plain(line.amount_minor, line.currency)
        reasons = found.candidates[0].reasons
        self._note(LineNote(line.line, LineOutcome.APPLIED, code, "", value, details, reasons))

    def _waits(self, line: BankLine, found: Match) -> None:
        self.figures.review_minor += line.amount_minor
        doubt = main_doubt(found)
        details, reasons = dict(doubt.details), tuple[Reason, ...]()
        if found.candidates:
            details["case"] = str(found.candidates[0].case_id)
            reasons = found.candidates[0].reasons
        value = plain(line.amount_minor, line.currency)
        self._note(LineNote(line.line, LineOutcome.REVIEW, doubt.code, "", value, details, reasons))


#: No case has this id.
_KNOWN = 0


def main_doubt(found: Match) -> Reason:
    """Why a line waits: what speaks against its best candidate, or that there is none."""
    if not found.candidates:
        return Reason("no_candidate")
    doubts = (*found.candidates[0].doubts, *found.doubts)
    return doubts[0] if doubts else Reason("unsure")
