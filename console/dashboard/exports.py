"""A table as CSV or as a sheet of a workbook; a share becomes its two numbers and their quotient."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bot.domain.figures.ratio import Ratio
from bot.domain.money import exponent
from console.dashboard.table import Column, Kind, Table, Value
from console.dashboard.words import d

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_SHARES = frozenset({Kind.SHARE, Kind.MONEY_RATIO})

#: What a spreadsheet program would run as a formula (OWASP, CSV injection).
_FORMULA = re.compile(r"^[=+\-@\t\r\n]")

_LONGEST_TITLE = 31

Plain = str | int | Decimal | float


def harmless(value: Plain) -> Plain:
    """The value, as text where a spreadsheet program would run it as a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, without which a Chinese Excel reads GBK."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([harmless(name) for name in _headings(table)])
    writer.writerows([harmless(value) for value in row] for row in _rows(table))
    return file.getvalue().encode("utf-8-sig")


def as_workbook(tables: Sequence[Table]) -> bytes:
    """One sheet each; texts are stored as texts, whatever they begin with."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:_LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, name, bold=True) for name in _headings(table)])
        for row in _rows(table):
            sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Plain, *, bold: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value=float(value) if isinstance(value, Decimal) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _headings(table: Table) -> list[str]:
    return [name for column in table.columns for name in _names(table, column)]


def _names(table: Table, column: Column) -> list[str]:
    if column.kind is Kind.PLACE:
        return []
    if column.kind in _SHARES:
        parts = (d("part"), d("whole"), d("value"))
        return [f"{column.name} · {part}" for part in parts]
    if column.kind is Kind.MONEY and table.currency:
        return [f"{column.name} ({table.currency})"]
    return [column.name]


def _rows(table: Table) -> Iterator[list[Plain]]:
    for line in table.lines:
        yield [
            plain
            for column, value in zip(table.columns, line.values, strict=True)
            for plain in _plain(column, value, table.currency)
        ]


def _plain(column: Column, value: Value, currency: str) -> list[Plain]:
    if column.kind is Kind.PLACE:
        return []
    if column.kind in _SHARES:
        return _share(value, column.kind is Kind.MONEY_RATIO, currency)
    if column.kind is Kind.MONEY and isinstance(value, int):
        return [_major(value, currency)]
    assert not isinstance(value, Ratio)
    return [str(value) if not isinstance(value, int) else value]


def _share(value: Value, of_money: bool, currency: str) -> list[Plain]:
    if not isinstance(value, Ratio):
        return ["", "", ""]
    parts: list[Plain] = [value.part, value.whole]
    if of_money:
        parts = [_major(value.part, currency), _major(value.whole, currency)]
    return [*parts, "" if value.value is None else round(value.value, 6)]


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))
