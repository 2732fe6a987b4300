"""Finding the header row and what each of its columns holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.ledger.words import Column, LedgerWords, clean, key_of

#: How many rows may stand above the header: titles, the desk's name, the day of the ledger.
SEARCHED_ROWS = 30

#: A row that names this many columns is the header.
ENOUGH = 3

_BRACKETS = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)[)\]}】〕]")

_SUMS = (Column.AMOUNT, Column.PAID, Column.PRINCIPAL, Column.INTEREST, Column.CHARGES)
_NEEDED = (Column.NAME, Column.PHONE, Column.DUE_ON, Column.AMOUNT)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands. Several columns may hold phones, one holds anything else."""

    line: int
    headers: tuple[str, ...]
    places: Mapping[Column, tuple[int, ...]]
    scale: Mapping[Column, Decimal] = field(default_factory=dict)  #: 万元 in the header
    currency: str | None = None  #: named in the amount's header
    unused: tuple[str, ...] = ()

    def place(self, column: Column) -> int | None:
        """The first place of `column`, None when the file has none."""
        found = self.places.get(column)
        return found[0] if found else None

    def header(self, column: Column) -> str:
        """The column as the file writes it; its field name when the file has none."""
        place = self.place(column)
        return column.value if place is None else self.headers[place]


class HeaderError(ValueError):
    """The header cannot be used. `code` and `details` make the sentence."""

    def __init__(self, code: str, /, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def recognised(cells: Sequence[str], words: LedgerWords, mapping: Mapping[str, Column]) -> int:
    """How many different columns the row names."""
    named = {_column(cell, words, mapping) for cell in cells}
    return len(named - {None, Column.IGNORE})


def looks_like_header(
    cells: Sequence[str], words: LedgerWords, mapping: Mapping[str, Column]
) -> bool:
    """Whether this is the header row."""
    return recognised(cells, words, mapping) >= ENOUGH


def read_header(
    line: int, cells: Sequence[str], words: LedgerWords, mapping: Mapping[str, Column]
) -> Layout:
    """The layout of the file. `mapping` (header key → column) goes before the synonyms.

    Raises HeaderError: `third_party_map`, `map_unknown_header`, `columns_missing`.
    """
    headers = tuple(clean(cell) for cell in cells)
    _check_mapping(headers, words, mapping)
    places = _places(headers, words, mapping)
    missing = [column.value for column in _NEEDED if column not in places]
    if Column.CONTRACT not in places and Column.INVOICE not in places:
        missing.insert(0, f"{Column.CONTRACT.value}|{Column.INVOICE.value}")
    if missing:
        seen = "、".join(header for header in headers if header)
        raise HeaderError("columns_missing", missing=", ".join(missing), seen=seen, line=str(line))
    used = {place for found in places.values() for place in found}
    return Layout(
        line=line,
        headers=headers,
        places=places,
        scale=_scales(headers, places, words),
        currency=_currency(headers[places[Column.AMOUNT][0]], words),
        unused=tuple(h for i, h in enumerate(headers) if h and i not in used),
    )


def refused_headers(headers: Sequence[str], words: LedgerWords) -> list[str]:
    """The columns that hold somebody else's phone."""
    return [header for header in headers if bare_header(header) in words.refused]


def _check_mapping(
    headers: Sequence[str], words: LedgerWords, mapping: Mapping[str, Column]
) -> None:
    keys = {key_of(header) for header in headers}
    for header, column in mapping.items():
        if header not in keys:
            seen = "、".join(h for h in headers if h)
            raise HeaderError("map_unknown_header", header=header, seen=seen)
        if column is Column.PHONE and header in words.refused:
            raise HeaderError("third_party_map", header=header)


def _places(
    headers: Sequence[str], words: LedgerWords, mapping: Mapping[str, Column]
) -> dict[Column, tuple[int, ...]]:
    found: dict[Column, list[tuple[int, int]]] = {}
    for place, header in enumerate(headers):
        column = _column(header, words, mapping)
        if column is not None and column is not Column.IGNORE:
            mapped = key_of(header) in mapping
            rank = -1 if mapped else words.ranks.get(bare_header(header), 0)
            found.setdefault(column, []).append((rank, place))
    return {
        column: tuple(
            place for _, place in (sorted(many) if column is Column.PHONE else [min(many)])
        )
        for column, many in found.items()
    }


def _column(header: str, words: LedgerWords, mapping: Mapping[str, Column]) -> Column | None:
    exact = mapping.get(key_of(header))
    if exact is not None:
        return exact
    bare = bare_header(header)
    return None if bare in words.refused else words.columns.get(bare)


def bare_header(header: str) -> str:
    """How a header is looked up: its key without a bracketed unit."""
    return key_of(_BRACKETS.sub("", clean(header)))


def _in_brackets(header: str) -> str:
    return "".join(_BRACKETS.findall(clean(header)))


def _scales(
    headers: Sequence[str], places: Mapping[Column, tuple[int, ...]], words: LedgerWords
) -> dict[Column, Decimal]:
    scales = {}
    for column in _SUMS:
        for place in places.get(column, ()):
            unit = key_of(_in_brackets(headers[place]).removeprefix("单位:").removeprefix("單位:"))
            if unit in words.units:
                scales[column] = words.units[unit]
    return scales


def _currency(header: str, words: LedgerWords) -> str | None:
    return words.currencies.get(key_of(_in_brackets(header)))
