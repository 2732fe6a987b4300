"""`--map 列名=field` → header key → column."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.ledger.header import HeaderError
from bot.domain.ledger.words import Column, key_of


def parse_mapping(given: Iterable[str]) -> dict[str, Column]:
    """Raises HeaderError: `map_malformed`, `map_unknown_field`."""
    mapping: dict[str, Column] = {}
    for text in given:
        header, equals, field = text.rpartition("=")
        if not equals or not header.strip():
            raise HeaderError("map_malformed", given=text)
        try:
            mapping[key_of(header)] = Column(field.strip().casefold())
        except ValueError as wrong:
            accepted = ", ".join(Column)
            raise HeaderError("map_unknown_field", field=field, accepted=accepted) from wrong
    return mapping
