"""The report of a bank statement's import: every row that is not plainly a payment applied."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.app.ledger_report import harmless
from bot.domain.bank.lines import LineNote
from bot.flows.import_bank import BankResult
from bot.policy.bank import told

COLUMNS = (
    "line",
    "outcome",
    "case",
    "column",
    "value",
    "reason",
    "remedy",
    "reason_zh",
    "remedy_zh",
)


def report_line(note: LineNote) -> dict[str, Any]:
    """One line of the report by column."""
    sentence = told(note)
    said = (sentence.en, sentence.remedy, sentence.zh, sentence.remedy_zh)
    first = (note.line, note.outcome.value, note.details.get("case", ""), note.column, note.value)
    return dict(zip(COLUMNS, (*first, *said), strict=True))


def write_report(path: Path, heading: Mapping[str, object], result: BankResult) -> None:
    """Write .json, or a .csv that opens in a spreadsheet program."""
    lines = [report_line(note) for note in result.notes]
    if path.suffix.lower() == ".json":
        document = {**heading, "figures": asdict(result.figures), "rows": lines}
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        return
    # Without the byte order mark a Chinese Excel reads UTF-8 as GBK.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for line in lines:
            writer.writerow({name: harmless(value) for name, value in line.items()})
