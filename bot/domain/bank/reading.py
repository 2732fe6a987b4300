"""One row of a statement → a credit, a row that is passed over, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from bot.domain.bank.header import Layout
from bot.domain.bank.lines import BankLine, LineNote, LineOutcome
from bot.domain.bank.words import BankWords, Field
from bot.domain.ledger.cells import CellError, read_amount, read_currency, read_date
from bot.domain.ledger.words import clean, key_of
from bot.domain.money import plain, to_minor

_TIME_DIGITS = (4, 6)
_WHOLE_DIGITS = 14


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows are read in: the portfolio's currency, today in its zone, and the words."""

    currency: str
    today: date
    words: BankWords


def read_line(
    line: int, cells: Sequence[str], layout: Layout, setting: Setting
) -> BankLine | LineNote:
    """The row as a credit, or a note that says why it is none."""
    row = _Row([bare(cell) for cell in cells], layout, setting.words)
    if row.is_remark():
        return LineNote(line, LineOutcome.PASSED_OVER, "not_a_payment")
    field = Field.CREDIT
    try:
        amount, named = _credit(row)
        if amount is None:
            return LineNote(line, LineOutcome.PASSED_OVER, "money_out")
        field = Field.CURRENCY
        currency = _currency(row, named, setting)
        field = Field.CREDIT
        minor = _minor(amount, currency)
        field = Field.DATE
        paid_on, paid_at = _paid(row, setting.today)
    except CellError as wrong:
        return _rejected(line, field, row, wrong)
    return BankLine(
        line,
        paid_on,
        paid_at,
        minor,
        currency,
        row.text(Field.PAYER),
        row.text(Field.ACCOUNT),
        row.text(Field.REMARK),
        row.text(Field.SERIAL),
        _balance(row, currency),
    )


def bare(cell: str) -> str:
    """The cell without what exports wrap numbers in so that spreadsheets keep them: `="1"`, `\\t1`."""
    text = clean(cell)
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    return text.removeprefix("'")


def read_time(text: str) -> time:
    """10:23, 10:23:45, 102345, 1023, or the end of a full instant. Raises CellError."""
    last = text.replace("T", " ").split(" ")[-1].split(".")[0].removesuffix("Z")
    parts = last.split(":")
    if len(parts) == 1:
        if not last.isdecimal() or len(last) not in _TIME_DIGITS:
            raise CellError("time_unreadable")
        parts = [last[place : place + 2] for place in range(0, len(last), 2)]
    try:
        hour, minute, second = (int(part) for part in [*parts, "0"][:3])
        return time(hour, minute, second)
    except ValueError as wrong:
        raise CellError("time_unreadable") from wrong


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    layout: Layout
    words: BankWords

    def text(self, field: Field) -> str:
        """What the row says, all columns of the field; empty for a cell that means nothing."""
        found = [
            self.cells[place] for place in self.layout.places.get(field, ()) if self._has(place)
        ]
        return " ".join(dict.fromkeys(found))

    def _has(self, place: int) -> bool:
        return place < len(self.cells) and not self.words.ledger.is_blank(self.cells[place])

    def is_remark(self) -> bool:
        """A total, a remark, an empty row, the header once more."""
        filled = [cell for cell in self.cells if cell]
        if not filled or tuple(self.cells) == self.layout.headers[: len(self.cells)]:
            return True
        first, words = key_of(filled[0]), self.words.ledger
        total = any(first.startswith(word) for word in words.totals)
        return total or (len(filled) <= 2 and first.startswith(words.notes))


def _credit(row: _Row) -> tuple[Decimal | None, str | None]:
    """The sum that came in and the currency beside it; None for money that went out."""
    credit = row.text(Field.CREDIT)
    if Field.CREDIT in row.layout.places:
        value, named = _figure(credit, row)
        if value:
            return value, named
        if _figure(row.text(Field.DEBIT), row)[0]:
            return None, None
        if Field.AMOUNT not in row.layout.places:
            raise CellError("no_sum")
    return _signed(row)


def _signed(row: _Row) -> tuple[Decimal | None, str | None]:
    value, named = _figure(row.text(Field.AMOUNT), row)
    if not value:
        raise CellError("no_sum")
    direction = key_of(row.text(Field.DIRECTION))
    if direction in row.words.debits:
        return None, None
    if direction in row.words.credits:
        return value, named
    if Field.DIRECTION in row.layout.places:
        raise CellError("direction_unreadable")
    return (value, named) if value > 0 else (None, None)


def _figure(text: str, row: _Row) -> tuple[Decimal, str | None]:
    return read_amount(text, row.words.ledger) if text else (Decimal(0), None)


def _minor(amount: Decimal, currency: str) -> int:
    if amount < 0:
        raise CellError("credit_negative")
    try:
        return to_minor(amount, currency)
    except ValueError as wrong:
        raise CellError("amount_too_fine", currency=currency) from wrong


def _currency(row: _Row, named: str | None, setting: Setting) -> str:
    written = row.text(Field.CURRENCY)
    return read_currency(written, row.words.ledger) if written else named or setting.currency


def _paid(row: _Row, today: date) -> tuple[date, time | None]:
    day, clock = row.text(Field.DATE), row.text(Field.TIME)
    paid_on, paid_at = _instant(day or clock)
    if paid_on > today:
        raise CellError("date_in_future")
    return paid_on, read_time(clock) if day and clock else paid_at


def _instant(text: str) -> tuple[date, time | None]:
    """`20260305102345`, `2026-03-05 10:23:45` or a day alone."""
    if len(text) == _WHOLE_DIGITS and text.isdecimal():
        return read_date(text[:8]), read_time(text[8:])
    head, _, tail = text.replace("T", " ").partition(" ")
    return (read_date(head), read_time(tail)) if ":" in tail else (read_date(text), None)


def _balance(row: _Row, currency: str) -> str:
    """In one form whatever the file's; as written when it is no figure."""
    text = row.text(Field.BALANCE)
    try:
        return plain(to_minor(_figure(text, row)[0], currency), currency) if text else ""
    except (CellError, ValueError):
        return text


def _rejected(line: int, field: Field, row: _Row, wrong: CellError) -> LineNote:
    if field is Field.CREDIT and not row.layout.places.get(field):
        field = Field.AMOUNT
    shown = row.text(field)
    column = row.layout.header(field)
    return LineNote(line, LineOutcome.REJECTED, wrong.code, column, shown, wrong.details)
