"""Finding a statement's header row and what each of its columns holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.bank.words import JOINED, BankWords, Field
from bot.domain.ledger.header import HeaderError, bare_header
from bot.domain.ledger.words import clean, key_of

#: A row that names this many fields is the header.
ENOUGH = 3

Mapped = Mapping[str, Field]
"""Header key → field, from `--map`; goes before the synonyms."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands."""

    line: int
    headers: tuple[str, ...]
    places: Mapping[Field, tuple[int, ...]]
    unused: tuple[str, ...] = ()

    def header(self, field: Field) -> str:
        """The field as the file writes it; its own name when the file has none."""
        places = self.places.get(field)
        return self.headers[places[0]] if places else field.value


def parse_mapping(given: Iterable[str]) -> dict[str, Field]:
    """`列名=field` → header key → field. Raises HeaderError: map_malformed, map_unknown_field."""
    mapping: dict[str, Field] = {}
    for text in given:
        header, equals, field = text.rpartition("=")
        if not equals or not header.strip():
            raise HeaderError("map_malformed", given=text)
        try:
            mapping[key_of(header)] = Field(field.strip().casefold())
        except ValueError as wrong:
            accepted = ", ".join(Field)
            raise HeaderError("map_unknown_field", field=field, accepted=accepted) from wrong
    return mapping


def recognised(cells: Sequence[str], words: BankWords, mapping: Mapped) -> int:
    """How many different fields the row names."""
    return len({_field(cell, words, mapping) for cell in cells} - {None, Field.IGNORE})


def looks_like_header(cells: Sequence[str], words: BankWords, mapping: Mapped) -> bool:
    """Whether this is the header row: some fields, a day and a sum among them."""
    named = {_field(cell, words, mapping) for cell in cells}
    sums = {Field.CREDIT, Field.AMOUNT}
    return bool(named & sums) and len(named - {None, Field.IGNORE}) >= ENOUGH


def read_header(line: int, cells: Sequence[str], words: BankWords, mapping: Mapped) -> Layout:
    """The layout of the file.

    Raises HeaderError: `map_unknown_header`, `columns_missing`.
    """
    headers = tuple(clean(cell) for cell in cells)
    seen = "、".join(header for header in headers if header)
    unknown = next((h for h in mapping if h not in set(map(key_of, headers))), None)
    if unknown is not None:
        raise HeaderError("map_unknown_header", header=unknown, seen=seen)
    places = _places(headers, words, mapping)
    missing = _missing(places)
    if missing:
        raise HeaderError("columns_missing", missing=missing, seen=seen, line=str(line))
    used = {place for found in places.values() for place in found}
    return Layout(
        line, headers, places, tuple(h for i, h in enumerate(headers) if h and i not in used)
    )


def _missing(places: Mapping[Field, object]) -> str:
    lacking = []
    if Field.DATE not in places and Field.TIME not in places:
        lacking.append(Field.DATE.value)
    if Field.CREDIT not in places and Field.AMOUNT not in places:
        lacking.append(f"{Field.CREDIT.value}|{Field.AMOUNT.value}")
    return ", ".join(lacking)


def _places(
    headers: Sequence[str], words: BankWords, mapping: Mapped
) -> dict[Field, tuple[int, ...]]:
    found: dict[Field, list[tuple[int, int]]] = {}
    for place, header in enumerate(headers):
        field = _field(header, words, mapping)
        if field is not None and field is not Field.IGNORE:
            rank = -1 if key_of(header) in mapping else words.ranks.get(bare_header(header), 0)
            found.setdefault(field, []).append((rank, place))
    return {
        field: tuple(place for _, place in (sorted(many) if field in JOINED else [min(many)]))
        for field, many in found.items()
    }


def _field(header: str, words: BankWords, mapping: Mapped) -> Field | None:
    exact = mapping.get(key_of(header))
    return exact if exact is not None else words.columns.get(bare_header(header))
