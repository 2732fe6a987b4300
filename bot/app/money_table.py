"""The money report as one table: lines of money, then notices nobody has matched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from bot.domain.money import plain
from bot.store.money_report import BROUGHT_WITHIN_DAYS, MoneyLine, UnmatchedLine

RULE = (
    "day: of booking, in the portfolio's zone; channel: of the last message or call that left in "
    f"the {BROUGHT_WITHIN_DAYS} days before the debtor paid, thanks and stop confirmations aside; "
    "net: received - refunded - charged back + reinstated"
)
HEADER = (
    "what",
    "day",
    "provider",
    "channel",
    "currency",
    "count",
    "received",
    "refunded",
    "charged_back",
    "reinstated",
    "net",
    "fees",
    "waived",
    "outcome",
)
Row = tuple[str, ...]


def rows(money: Sequence[MoneyLine], unmatched: Sequence[UnmatchedLine]) -> list[Row]:
    """Amounts in major units, so that a spreadsheet can add them."""
    return [*map(_money, money), *map(_unmatched, unmatched)]


def totals(money: Sequence[MoneyLine]) -> list[Row]:
    """One row for each currency; currencies are never added."""
    found = []
    for currency in sorted({line.currency for line in money}):
        mine = [line for line in money if line.currency == currency]
        whole = MoneyLine(
            date.min,
            "",
            "",
            currency,
            *(sum(getattr(line, name) for line in mine) for name in _SUMMED),
        )
        found.append(("total", "", *_money(whole)[2:]))
    return found


_SUMMED = (
    "payments",
    "received",
    "refunded",
    "charged_back",
    "reinstated",
    "fees",
    "waived",
)


def _money(line: MoneyLine) -> Row:
    sums = (
        line.received,
        line.refunded,
        line.charged_back,
        line.reinstated,
        line.net,
        line.fees,
        line.waived,
    )
    return (
        "money" if line.provider else "claims",
        line.day.isoformat(),
        line.provider,
        line.channel,
        line.currency,
        str(line.payments),
        *(plain(each, line.currency) for each in sums),
        "",
    )


def _unmatched(line: UnmatchedLine) -> Row:
    told = plain(line.total, line.currency)
    what = (line.day.isoformat(), line.provider, line.kind, line.currency, str(line.notices))
    return ("unmatched", *what, told, *[""] * 6, line.outcome)


def as_csv(table: Sequence[Row]) -> bytes:
    """UTF-8 with a mark, so that a spreadsheet reads Chinese right."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *table])
    return text.getvalue().encode("utf-8-sig")


def as_json(money: Sequence[MoneyLine], unmatched: Sequence[UnmatchedLine]) -> bytes:
    """Amounts in minor units."""
    document: dict[str, Any] = {
        "rule": RULE,
        "money": [asdict(line) | {"net": line.net} for line in money],
        "unmatched": [asdict(line) for line in unmatched],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=str).encode() + b"\n"


def save_xlsx(table: Sequence[Row], path: Path) -> None:
    """One sheet with amounts as numbers. Raises OSError."""
    from openpyxl import Workbook  # noqa: PLC0415  (slow to load, and seldom needed)

    book = Workbook(write_only=True)
    sheet = book.create_sheet("money")
    sheet.append(HEADER)
    for row in table:
        sheet.append([*row[:5], *map(_number, row[5:13]), row[13]])
    book.save(path)


def _number(text: str) -> float | None:
    return float(text) if text else None
