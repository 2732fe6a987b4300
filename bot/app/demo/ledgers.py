"""Sample ledgers cut or continued to a wanted number of cases."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from bot.app.demo.stage import BOOKS, sample

#: Of every four cases three are consumer loans, as in the samples.
_LOANS_SHARE = 0.75


#: Loans whose debtors are called as well, at most.
_CALLED = 40


def prepared(cases: int | None, folder: Path) -> dict[str, Path]:
    """Ledger files by portfolio code: the samples, or about `cases` cases made from them."""
    folder.mkdir(parents=True, exist_ok=True)
    if cases is None:
        trade = next(sample(book.ledger) for book in BOOKS if book.code == "trade")
        return _loans(None, folder) | {"trade": trade}
    loans = max(round(cases * _LOANS_SHARE), 2)
    return _loans(loans, folder) | {"trade": _trade(max(cases - loans, 1), folder / "trade.xlsx")}


def _loans(count: int | None, folder: Path) -> dict[str, Path]:
    """The loans, some of them in the book that calls."""
    with sample("ledger_consumer_loans.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    header, body = rows[0], rows[1:]
    body = body if count is None else list(_continued(body, count))
    called = min(_CALLED, len(body) // 2)
    parts = {"phone": body[:called], "loans": body[called:]}
    return {code: _written(folder / f"{code}.csv", header, part) for code, part in parts.items()}


def _written(target: Path, header: list[str], rows: list[list[str]]) -> Path:
    with target.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(header)
        writer.writerows(rows)
    return target


def _continued(body: list[list[str]], count: int) -> Iterator[list[str]]:
    """The sample's rows; once they are used up, the same people under new contracts and phones."""
    for number in range(count):
        lap, place = divmod(number, len(body))
        row = list(body[place])
        if lap:
            row[0] = f"{row[0]}-{lap}"
            row[2] = f"1380{10 + lap:02d}{place:05d}"
        yield row


def _trade(count: int, target: Path) -> Path:
    source = sample("ledger_receivables.xlsx")
    shutil.copyfile(source, target)
    book = openpyxl.load_workbook(target)
    sheet = book.worksheets[0]
    heading = 2
    if sheet.max_row > heading + count:
        sheet.delete_rows(heading + count + 1, sheet.max_row)
    book.save(target)
    return target
