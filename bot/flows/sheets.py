"""The sheet of a file that holds the rows, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, TypeVar

from bot.domain.ledger.header import SEARCHED_ROWS, HeaderError
from bot.flows.ports.ledger import LedgerFile, RawRow, UnusableFileError

Layout = TypeVar("Layout")


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Layout]):
    """A sheet's name, where its columns stand, and the rows below its header."""

    name: str
    layout: Layout
    rows: Iterator[RawRow]


def sheet_with_header(
    file: LedgerFile,
    is_header: Callable[[Sequence[str]], bool],
    read: Callable[[int, Sequence[str]], Layout],
) -> Sheet[Layout]:
    """The first sheet with a header among its first rows.

    `read` makes the layout of the header in a line. Raises UnusableFileError.
    """
    for name, rows in file.sheets():
        top = list(islice(_filled(rows), SEARCHED_ROWS))
        for place, raw in enumerate(top):
            if is_header(raw.cells):
                try:
                    layout = read(raw.line, raw.cells)
                except HeaderError as wrong:
                    raise UnusableFileError(wrong.code, **wrong.details) from wrong
                return Sheet(name, layout, chain(top[place + 1 :], rows))
    raise UnusableFileError("no_header", rows=str(SEARCHED_ROWS))


def _filled(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    return (raw for raw in rows if any(cell.strip() for cell in raw.cells))
