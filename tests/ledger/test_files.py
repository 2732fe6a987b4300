"""Files in the encodings and shapes that desks send."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.flows.import_ledger import find_sheet
from bot.flows.ports.ledger import RawRow, UnusableFileError
from bot.policy.ledger_columns import ledger_words
from bot.store.ledger_files import CsvLedger, XlsxLedger, as_text, open_ledger

TEXT = "合同编号,客户姓名\nHT1,马敏\n"
ROWS = [["合同编号", "客户姓名"], ["HT1", "马敏"]]


def read(path: Path) -> list[RawRow]:
    return [row for _, rows in open_ledger(path).sheets() for row in rows]


def cells(path: Path) -> list[list[str]]:
    return [list(row.cells) for row in read(path)]


def failure(path: Path) -> UnusableFileError:
    with pytest.raises(UnusableFileError) as wrong:
        read(path)
    return wrong.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_csv_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert cells(path) == ROWS


def test_a_character_across_two_blocks_of_a_large_gb18030_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((TEXT + "x,马" * 400_000).encode("gb18030"))
    assert cells(path)[:2] == ROWS


def test_a_file_in_no_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode() + b"x,\xff\xff\n")
    assert (failure(path).code, failure(path).details["line"]) == ("file_encoding", "3")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, mark: str, end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.replace(",", mark).replace("\n", end).encode())
    assert cells(path) == ROWS


def test_a_row_over_two_lines_is_named_by_its_first(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x\ny",1\nz,2\n')
    assert [row.line for row in read(path)] == [1, 2, 4]


def test_broken_quotes_spoil_their_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x"y,1\nz,2\n')
    assert [(row.line, row.fault) for row in read(path)] == [
        (1, None),
        (2, "broken_quotes"),
        (3, None),
    ]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x,1\n' + "z,2\n" * 100)
    assert (failure(path).code, failure(path).details["line"]) == ("file_quotes", "2")


def test_the_kind_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    openpyxl.Workbook().save(path)
    assert isinstance(open_ledger(path), XlsxLedger)
    other = tmp_path / "b.xlsx"
    other.write_text(TEXT)
    assert isinstance(open_ledger(other), CsvLedger)


def test_xlsx_cells_read_as_a_person_reads_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(
        [13800138000, 177059832.7700001, 0.1 + 0.2, date(2026, 3, 5), None, "x", 7.0]
    )
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert cells(path) == [["13800138000", "177059832.77", "0.3", "2026-03-05", "", "x", "7"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 3, 5), "2026-03-05"),  # noqa: DTZ001  (a workbook knows no zone)
        (datetime(2026, 3, 5, 9, 30), "2026-03-05 09:30:00"),  # noqa: DTZ001
        (123456789012345678.0, "1.23456789012346e+17"),
        (True, "True"),
    ],
)
def test_odd_cells(cell: object, text: str) -> None:
    assert as_text(cell) == text


def test_hidden_sheets_are_not_read_and_the_first_with_a_header_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请勿修改"])
    for title, state in (("旧", "hidden"), ("台账", "visible")):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(["三月台账"])
        sheet.append(["合同编号", "姓名", "手机号", "应还日期", "应还金额"])
        sheet.append([title, "马敏", "13800138000", "2026-03-05", 1])
    path = tmp_path / "a.xlsx"
    book.save(path)
    name, layout, rows = find_sheet(open_ledger(path), {}, ledger_words())
    assert (name, layout.line, [(row.line, row.cells[0]) for row in rows]) == (
        "台账",
        2,
        [(3, "台账")],
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel"),
        (b"PK\x03\x04 not a workbook", "file_broken_xlsx"),
    ],
)
def test_workbooks_that_cannot_be_read_say_why(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert failure(path).code == code


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert failure(tmp_path / "none.csv").code == "file_unreadable"


def test_a_file_without_a_header_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" * 50)
    with pytest.raises(UnusableFileError) as wrong:
        find_sheet(open_ledger(path), {}, ledger_words())
    assert wrong.value.code == "no_header"


def test_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    assert open_ledger(path).sha256.startswith("ba7816bf")
