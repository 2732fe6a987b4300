"""Opens bank statements: as ledgers are opened, and Big5 besides."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.flows.ports.ledger import UnusableFileError
from bot.store.ledger_files import CsvLedger, XlsxLedger, open_ledger

#: Nearly every Big5 text can be read as GB 18030 and the other way round, as nonsense.
DOUBTFUL = ("gb18030", "big5hkscs")

#: Lines among which the header is looked for.
_TOP = 40

Recognise = Callable[[Sequence[str]], int]
"""How many fields a row of cells names."""


class CsvStatement(CsvLedger):
    """A CSV whose encoding is the one in which its header can be read."""

    def __init__(self, path: Path, recognise: Recognise) -> None:
        super().__init__(path)
        self._recognise = recognise

    def _encoding(self) -> str:
        with self._path.open("rb") as file:
            start = file.read(2)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        if self._broken_line("utf-8-sig") is None:
            return "utf-8-sig"
        readable = [name for name in DOUBTFUL if self._broken_line(name) is None]
        if not readable:
            line = str(self._broken_line(DOUBTFUL[0]))
            raise UnusableFileError("file_encoding", file=self.name, line=line)
        return max(readable, key=self._sense)

    def _sense(self, encoding: str) -> int:
        """The most fields that a line near the top names."""
        with self._path.open(encoding=encoding, newline="") as file:
            lines = [file.readline() for _ in range(_TOP)]
        cells = (line.replace("\t", ",").replace(";", ",").replace('"', "") for line in lines)
        return max((self._recognise(line.split(",")) for line in cells), default=0)


def open_statement(path: Path, recognise: Recognise) -> CsvStatement | XlsxLedger:
    """The reader for a statement, chosen by its first bytes. Raises UnusableFileError."""
    found = open_ledger(path)
    return found if isinstance(found, XlsxLedger) else CsvStatement(path, recognise)
