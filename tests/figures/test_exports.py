"""Files say what the page says, and run nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.domain.figures.ratio import Ratio
from console.dashboard.charts.bars import bar
from console.dashboard.exports import as_csv, as_workbook, harmless
from console.dashboard.table import Column, Kind, Line, Table

TABLE = Table(
    "made",
    "表/一",
    [
        Column("名"),
        Column("", Kind.PLACE),
        Column("件", Kind.COUNT),
        Column("额", Kind.MONEY),
        Column("率", Kind.SHARE),
        Column("滚", Kind.MONEY_RATIO),
    ],
    [
        Line(("甲", bar(0.5, "甲"), 1234, 204_750, Ratio(1, 4), Ratio(150, 200_000))),
        Line(('=HYPERLINK("http://x")', "", 0, 0, Ratio(0, 0), "")),
    ],
    currency="CNY",
)


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_file_has_numbers_where_the_page_has_words() -> None:
    heading, first, second = rows(as_csv(TABLE))
    assert heading[:3] == ["名", "件", "额 (CNY)"]
    assert first == ["甲", "1234", "2047.50", "1", "4", "0.25", "1.50", "2000.00", "0.00075"]
    assert second[1:] == ["0", "0.00", "0", "0", "", "", "", ""]


def test_no_cell_runs_as_a_formula() -> None:
    assert rows(as_csv(TABLE))[2][0].startswith("'=")
    sheet = load_workbook(io.BytesIO(as_workbook([TABLE])))["表 一"]
    assert sheet["A3"].data_type == "s"
    assert sheet["A3"].value.startswith("=HYPERLINK")
    assert sheet["B2"].value == 1234
    assert sheet["C2"].value == 2047.5


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_texts_that_begin_like_a_formula_are_quoted(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@given(st.text())
def test_harmless_texts_keep_every_letter(text: str) -> None:
    shown = str(harmless(text))
    assert shown in {text, f"'{text}"}
    assert not shown.startswith(("=", "+", "-", "@"))


def test_every_sheet_of_a_workbook_has_a_name_of_its_own() -> None:
    book = load_workbook(io.BytesIO(as_workbook([TABLE, TABLE])))
    assert len(set(book.sheetnames)) == 2
