"""Opens ledger files and reads them row by row: CSV in the encodings desks use, and XLSX."""

from __future__ import annotations

import codecs
import csv
import hashlib
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from bot.flows.ports.ledger import RawRow, UnusableFileError

#: Tried in this order; the last one accepts nearly everything that is Chinese.
ENCODINGS = ("utf-8-sig", "gb18030")

#: A quoted cell with more lines than this is a quotation mark that was never closed.
LONGEST_ROW_LINES = 20

#: An XLSX that unpacks to more is refused before it fills the memory.
LARGEST_UNPACKED = 2 * 1024**3

_BLOCK = 1 << 20
_DELIMITERS = ",\t;|"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def open_ledger(path: Path) -> CsvLedger | XlsxLedger:
    """The reader for a file, chosen by its first bytes and not by its name.

    Raises UnusableFileError.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as wrong:
        reason = wrong.strerror or "?"
        raise UnusableFileError("file_unreadable", file=path.name, reason=reason) from wrong
    if start.startswith(_OLD_EXCEL):
        raise UnusableFileError("file_old_excel", file=path.name)
    return XlsxLedger(path) if start.startswith(b"PK\x03\x04") else CsvLedger(path)


class _Ledger:
    """Name and digest of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        digest = hashlib.sha256()
        with self._path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest()


class CsvLedger(_Ledger):
    """Comma, tab, semicolon or bar separated text."""

    def sheets(self) -> Iterator[tuple[str, Iterator[RawRow]]]:
        """One sheet without a name."""
        yield "", self._rows()

    def _rows(self) -> Iterator[RawRow]:
        encoding = self._encoding()
        with self._path.open(encoding=encoding, newline="") as file:
            delimiter = _delimiter([file.readline() for _ in range(10)])
        with self._path.open(encoding=encoding, newline="") as file:
            yield from _split(csv.reader(file, delimiter=delimiter, strict=True), self.name)

    def _encoding(self) -> str:
        """The first encoding in which the whole file can be read."""
        with self._path.open("rb") as file:
            start = file.read(2)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        for encoding in ENCODINGS:
            broken = self._broken_line(encoding)
            if broken is None:
                return encoding
        raise UnusableFileError("file_encoding", file=self.name, line=str(broken))

    def _broken_line(self, encoding: str) -> int | None:
        """The first line that is not text in `encoding`; None when all is."""
        decoder = codecs.getincrementaldecoder(encoding)()
        line = 1
        with self._path.open("rb") as file:
            while True:
                block = file.read(_BLOCK)
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as wrong:
                    return line + wrong.object[: wrong.start].count(b"\n")
                if not block:
                    return None
                line += block.count(b"\n")


def _delimiter(lines: list[str]) -> str:
    """The delimiter that splits the first lines most."""
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _split(reader: Any, name: str) -> Iterator[RawRow]:
    """Rows with the line they begin in; a row with broken quotes is a fault of its own."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if reader.line_num - line >= LONGEST_ROW_LINES:
            raise UnusableFileError("file_quotes", file=name, line=str(line))
        if cells is None:
            yield RawRow(line, ("?",), fault="broken_quotes")
        else:
            yield RawRow(line, cells)


class XlsxLedger(_Ledger):
    """An Excel workbook; only visible sheets, values as last calculated."""

    _EXPECTED: ClassVar = (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError)

    def sheets(self) -> Iterator[tuple[str, Iterator[RawRow]]]:
        """Name and rows of each visible sheet."""
        import openpyxl  # noqa: PLC0415  (slow to load; CSV does without)

        try:
            self._check_size()
            book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except self._EXPECTED as wrong:
            raise UnusableFileError("file_broken_xlsx", file=self.name) from wrong
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    # Some programs write a wrong size; without it the rows are simply read.
                    sheet.reset_dimensions()
                    yield sheet.title, self._rows(sheet)
        finally:
            book.close()

    def _check_size(self) -> None:
        with zipfile.ZipFile(self._path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise UnusableFileError("file_too_large", file=self.name)

    def _rows(self, sheet: Any) -> Iterator[RawRow]:
        try:
            for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield RawRow(line, [as_text(cell) for cell in cells])
        except self._EXPECTED as wrong:
            raise UnusableFileError("file_broken_xlsx", file=self.name) from wrong


def as_text(cell: object) -> str:
    """A cell as a person reads it: days as ISO, figures with Excel's 15 digits, no .0."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
