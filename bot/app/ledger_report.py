"""The import report: a CSV that opens in a spreadsheet program, or JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from bot.app.errors import Refusal
from bot.domain.ledger.rows import Note
from bot.flows.import_ledger import ImportResult
from bot.policy.ledger_columns import Sentence, ledger_sentences

COLUMNS = (
    "line",
    "column",
    "value",
    "outcome",
    "reason",
    "remedy",
    "reason_zh",
    "remedy_zh",
)

#: A cell that a spreadsheet program would run as a formula; plain signed figures are none.
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+-](?![\d\s.,()*-]*$))")


def check_report_path(path: Path | None) -> None:
    """Raises Refusal when no report could be written there, before anything is imported."""
    if path is None:
        return
    if path.suffix.lower() not in {".csv", ".json"}:
        raise Refusal(f"--report {path.name}", "name it .csv or .json", code=2)
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise Refusal(f"--report {path} cannot be written", "name a file in a folder", code=2)


def write_report(
    path: Path, heading: Mapping[str, object], result: ImportResult, notes: Iterable[Note]
) -> None:
    """Write the report; `heading` says which file went where. Notes are streamed."""
    lines = map(report_line, notes)
    if path.suffix.lower() == ".json":
        _write_json(path, {**heading, "figures": asdict(result.figures)}, lines)
    else:
        _write_csv(path, lines)


def report_line(note: Note) -> dict[str, object]:
    """One line of the report by column."""
    sentence = sentence_of(note)
    return {
        "line": note.line or "",
        "column": note.column,
        "value": note.value,
        "outcome": note.outcome.value,
        "reason": sentence.en,
        "remedy": sentence.remedy,
        "reason_zh": sentence.zh,
        "remedy_zh": sentence.remedy_zh,
    }


def sentence_of(note: Note) -> Sentence:
    """Reason and remedy of a note, filled."""
    return ledger_sentences()[note.code].filled({"column": note.column, **note.details})


def _write_csv(path: Path, lines: Iterator[dict[str, object]]) -> None:
    # Without the byte order mark a Chinese Excel reads UTF-8 as GBK.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for line in lines:
            writer.writerow({name: harmless(value) for name, value in line.items()})


def harmless(value: object) -> object:
    """The value, as text where a spreadsheet program would run it as a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _write_json(
    path: Path, heading: Mapping[str, object], lines: Iterator[dict[str, object]]
) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(heading, ensure_ascii=False, indent=1)[:-2])
        file.write(',\n "rows": [')
        for place, line in enumerate(lines):
            file.write(",\n  " if place else "\n  ")
            file.write(json.dumps(line, ensure_ascii=False))
        file.write("\n ]\n}\n")
