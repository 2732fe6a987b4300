"""A row's cells → a LedgerRow, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from bot.domain.ledger import cells as read
from bot.domain.ledger.cells import CellError
from bot.domain.ledger.header import Layout
from bot.domain.ledger.rows import LedgerRow, Note, Outcome
from bot.domain.ledger.words import Column, LedgerWords, clean, key_of
from bot.domain.money import plain, to_minor
from bot.domain.phone import Phone
from bot.domain.vocabulary import PhoneKind

#: Minor units above which a figure is a phone or contract number in the wrong column.
ABSURD_MINOR = 1_000_000_000_000

LONGEST_NAME = 200

#: A remark row has few cells; a broken debt has many.
FEW_CELLS = 3

_T = TypeVar("_T")

_PARTS = (Column.PRINCIPAL, Column.INTEREST, Column.CHARGES)

#: Columns whose content is personal or may be somebody's number.
_PERSONAL = frozenset({Column.NAME, Column.PHONE, Column.ID_TAIL, Column.CUSTOMER_NO})


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row is read in: the portfolio's region and currency, the words."""

    region: str
    currency: str
    words: LedgerWords


@dataclass(frozen=True, slots=True)
class Reading:
    """One row read. `row` is None when it was rejected or passed over.

    `contract` is filled whenever the row names it, so that a rejected row of a
    full-balance file still counts as listed.
    """

    row: LedgerRow | None
    notes: tuple[Note, ...] = ()
    contract: str | None = None

    @property
    def rejected(self) -> bool:
        """Whether the row would have been a debt but cannot be imported."""
        return any(note.outcome is Outcome.REJECTED for note in self.notes)


def read_row(line: int, raw: Sequence[str], layout: Layout, setting: Setting) -> Reading:
    """The row in `line`. A blank row gives an empty Reading."""
    texts = [clean(cell) for cell in raw]
    if not any(texts):
        return Reading(None)
    passed = _passed_over(texts, layout, setting.words)
    if passed:
        where = next(i for i, text in enumerate(texts) if text)
        header = layout.headers[where] if where < len(layout.headers) else ""
        return Reading(
            None, (Note(line, header, _shortened(texts[where]), Outcome.PASSED_OVER, passed),)
        )
    extra = sum(bool(text) for text in texts[len(layout.headers) :])
    if extra:
        note = Note(line, "", "", Outcome.REJECTED, "too_many_cells", {"extra": str(extra)})
        return Reading(None, (note,), contract=None)
    return _Reader(line, texts, layout, setting).read()


def _passed_over(texts: Sequence[str], layout: Layout, words: LedgerWords) -> str | None:
    """The reason's code for rows that are no debts."""
    filled = [text for text in texts if text]
    first = key_of(filled[0])
    if tuple(texts[: len(layout.headers)]) == layout.headers:
        return "header_again"
    if any(_many_digits(_at(texts, layout, c)) for c in (Column.PHONE, Column.DUE_ON)):
        return None
    if first in words.totals:
        return "total_row"
    remark = first.startswith(words.notes) and not _at(texts, layout, Column.AMOUNT)
    lonely = len(filled) == 1 and not (filled[0].isascii() and _many_digits(filled[0]))
    return "title_row" if lonely or (remark and len(filled) <= FEW_CELLS) else None


def _many_digits(text: str) -> bool:
    """Part of a debt: a number or a day, not a word."""
    return sum(character.isdigit() for character in text) >= 4


def _at(texts: Sequence[str], layout: Layout, column: Column) -> str:
    place = layout.place(column)
    return texts[place] if place is not None and place < len(texts) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def masked_value(column: Column, text: str) -> str:
    """How the report shows a cell: personal ones keep their first character or digits only."""
    if column not in _PERSONAL or not text:
        return _shortened(text)
    if column is Column.PHONE and len(text) > 8:
        return f"{text[:3]}****{text[-2:]}"
    return f"{text[0]}***"


@dataclass(slots=True)
class _Reader:
    """Reads one row; collects every problem instead of stopping at the first."""

    line: int
    texts: Sequence[str]
    layout: Layout
    setting: Setting
    notes: list[Note] = field(default_factory=list)

    def read(self) -> Reading:
        contract, ref, sequence = self._debt_key()
        name = self._needed(Column.NAME, _name)
        customer_no = self._optional(Column.CUSTOMER_NO, read.read_number_text, strict=True)
        phones = self._phones()
        due_on = self._needed(Column.DUE_ON, read.read_date)
        money = self._money()
        ref = ref or (due_on.isoformat() if due_on else None)
        rejected = any(note.outcome is Outcome.REJECTED for note in self.notes)
        if rejected or not (contract and ref and name and due_on and money):
            return Reading(None, tuple(self.notes), contract)
        words = self.setting.words
        row = LedgerRow(
            line=self.line,
            contract=contract,
            ref=ref,
            sequence=sequence,
            name=name,
            customer_no=customer_no,
            phones=phones,
            due_on=due_on,
            amount_minor=money.amount,
            paid_minor=money.paid,
            currency=money.currency,
            interest_minor=money.interest,
            charges_minor=money.charges,
            late_count=self._optional(Column.LATE_COUNT, read.read_count),
            payday=self._optional(Column.PAYDAY, read.read_payday),
            locale=self._optional(Column.LOCALE, lambda text: read.read_locale(text, words)),
            id_tail=self._optional(Column.ID_TAIL, read.read_id_tail),
        )
        return Reading(row, tuple(self.notes), contract)

    def _text(self, column: Column) -> str:
        """The cell, empty when it says nothing (`-`, 无, N/A)."""
        text = _at(self.texts, self.layout, column)
        return "" if self.setting.words.is_blank(text) else text

    def _note(self, column: Column, outcome: Outcome, code: str, **details: str) -> None:
        text = masked_value(column, _at(self.texts, self.layout, column))
        header = self.layout.header(column)
        details.setdefault("column", header)
        self.notes.append(Note(self.line, header, text, outcome, code, details))

    def _reject(self, column: Column, code: str, **details: str) -> None:
        self._note(column, Outcome.REJECTED, code, **details)

    def _needed(self, column: Column, reader: Callable[[str], _T]) -> _T | None:
        text = self._text(column)
        if not text:
            self._reject(column, "missing_value")
            return None
        return self._tried(column, text, reader, Outcome.REJECTED)

    def _optional(
        self, column: Column, reader: Callable[[str], _T], *, strict: bool = False
    ) -> _T | None:
        """A value the row can do without; a bad one is left out, and said."""
        text = self._text(column)
        outcome = Outcome.REJECTED if strict else Outcome.WARNING
        return self._tried(column, text, reader, outcome) if text else None

    def _tried(
        self, column: Column, text: str, reader: Callable[[str], _T], outcome: Outcome
    ) -> _T | None:
        try:
            return reader(text)
        except CellError as wrong:
            self._note(column, outcome, wrong.code, **wrong.details)
            return None

    def _debt_key(self) -> tuple[str | None, str | None, int | None]:
        """Contract, reference within it, instalment number.

        An invoice number alone is its own contract. Without invoice and instalment the due date
        tells the debts of a contract apart.
        """
        invoice = self._optional(Column.INVOICE, read.read_number_text, strict=True)
        by_invoice = self.layout.place(Column.CONTRACT) is None or bool(invoice)
        if self._text(Column.CONTRACT) or not by_invoice:
            contract = self._needed(Column.CONTRACT, read.read_number_text)
        elif invoice is None:
            contract = self._needed(Column.INVOICE, read.read_number_text)
        else:
            contract = invoice
        instalment = self._optional(Column.INSTALMENT, read.read_instalment, strict=True)
        number, sequence = instalment or (None, None)
        ref = "-".join(part for part in (invoice, number) if part) or None
        return contract, ref, sequence

    def _phones(self) -> tuple[Phone, ...]:
        """All usable phones of the row; rejected when there is none, as nobody could be reached."""
        places = [p for p in self.layout.places.get(Column.PHONE, ()) if p < len(self.texts)]
        blank = self.setting.words.is_blank
        written = [(place, self.texts[place]) for place in places if not blank(self.texts[place])]
        if not written:
            self._reject(Column.PHONE, "missing_value")
        found: dict[str, Phone] = {}
        bad: list[tuple[int, str]] = []
        for place, text in written:
            phones, codes = read.read_phones(text, self.setting.region)
            for phone in phones:
                found.setdefault(phone.e164, phone)
            bad.extend((place, code) for code in codes)
        self._phone_notes(list(found.values()), bad)
        return tuple(sorted(found.values(), key=lambda phone: phone.kind is PhoneKind.LANDLINE))

    def _phone_notes(self, phones: list[Phone], bad: list[tuple[int, str]]) -> None:
        for place, code in bad:
            value = masked_value(Column.PHONE, self.texts[place])
            outcome = Outcome.WARNING if phones else Outcome.REJECTED
            said = "phone_dropped" if phones else code
            self.notes.append(Note(self.line, self.layout.headers[place], value, outcome, said))
        for phone in phones:
            if phone.extension:
                self._note(
                    Column.PHONE, Outcome.WARNING, "phone_extension", extension=phone.extension
                )

    def _money(self) -> _Money | None:
        amount = self._needed(Column.AMOUNT, self._figure)
        paid = self._optional(Column.PAID, self._figure, strict=True)
        currency = self._currency(amount[1] if amount else None)
        if currency is None:
            return None
        for column, figure in ((Column.AMOUNT, amount), (Column.PAID, paid)):
            self._check_sign(column, figure[1] if figure else None, currency)
        due = self._minor(Column.AMOUNT, amount, currency)
        got = self._minor(Column.PAID, paid, currency)
        self._check_sizes(due, got)
        if due is None:
            return None
        return _Money(due, got, currency, *self._parts(due, currency))

    def _parts(self, due: int, currency: str) -> tuple[int | None, int | None]:
        """Interest and fees within the amount. Parts that do not make up the amount are left out:
        many files keep a part in a column that nobody can guess.
        """
        found = {column: self._part(column, currency) for column in _PARTS}
        interest, charges = found[Column.INTEREST], found[Column.CHARGES]
        if interest is None and charges is None:
            return None, None
        rest = due - (interest or 0) - (charges or 0)
        principal = found[Column.PRINCIPAL]
        wrong = principal is not None and principal != rest
        if wrong or min(interest or 0, charges or 0, rest) < 0:
            column = Column.INTEREST if interest is not None else Column.CHARGES
            self._note(column, Outcome.WARNING, "parts_differ", amount=plain(due, currency))
            return None, None
        return interest or 0, charges or 0

    def _part(self, column: Column, currency: str) -> int | None:
        text, scale = self._text(column), self.layout.scale.get(column, Decimal(1))

        def minor(text: str) -> int:
            figure = self._figure(text)[0] * scale
            try:
                return to_minor(figure, currency)
            except ValueError as finer:
                raise CellError("amount_too_fine", currency=currency) from finer

        return self._tried(column, text, minor, Outcome.WARNING) if text else None

    def _figure(self, text: str) -> tuple[Decimal, str | None]:
        return read.read_amount(text, self.setting.words)

    def _currency(self, sign: str | None) -> str | None:
        """From the column, else the amount's header, its sign, or the portfolio."""
        text = self._text(Column.CURRENCY)
        if text:
            return self._tried(Column.CURRENCY, text, self._currency_word, Outcome.REJECTED)
        usual = self.layout.currency or self.setting.currency
        return usual if sign is None or _same(sign, usual) or self.layout.currency else sign

    def _currency_word(self, text: str) -> str:
        return read.read_currency(text, self.setting.words)

    def _check_sign(self, column: Column, sign: str | None, currency: str) -> None:
        if sign and not _same(sign, currency):
            self._note(column, Outcome.WARNING, "currency_sign", sign=sign, currency=currency)

    def _minor(
        self, column: Column, figure: tuple[Decimal, str | None] | None, currency: str
    ) -> int | None:
        if figure is None:
            return None
        try:
            return to_minor(figure[0] * self.layout.scale.get(column, Decimal(1)), currency)
        except ValueError:
            self._reject(column, "amount_too_fine", currency=currency)
            return None

    def _check_sizes(self, due: int | None, paid: int | None) -> None:
        if due is not None and due <= 0:
            self._reject(Column.AMOUNT, "amount_not_positive")
        elif due is not None and due >= ABSURD_MINOR:
            self._reject(Column.AMOUNT, "amount_absurd")
        if paid is not None and paid < 0:
            self._reject(Column.PAID, "paid_negative")
        elif paid and due and paid > due > 0:
            self._reject(Column.PAID, "paid_above_amount")


@dataclass(frozen=True, slots=True)
class _Money:
    amount: int
    paid: int | None
    currency: str
    interest: int | None = None
    charges: int | None = None


def _same(sign: str, currency: str) -> bool:
    """¥ stands for yuan and for yen."""
    return sign == currency or (sign == "CNY" and currency == "JPY")


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise CellError("name_too_long")
    return text
