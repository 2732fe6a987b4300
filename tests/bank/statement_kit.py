"""Writes statements as banks export them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from desk_kit import DeskInHand

from bot.app.granting import bank_import, statement_of
from bot.flows.import_bank import BankResult
from bot.flows.ports.bank import BankOrder

HEADER = (
    "交易日期",
    "交易时间",
    "借方发生额",
    "贷方发生额",
    "余额",
    "对方户名",
    "附言",
    "交易流水号",
)


def credit(
    day: str, amount: str, payer: str = "", remark: str = "", serial: str = "", at: str = ""
) -> tuple[str, ...]:
    """A row of money that came in."""
    return (day, at, "", amount, "", payer, remark, serial)


def write(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    """A CSV with a title above its header."""
    text = io.StringIO()
    csv.writer(text).writerows([("某银行账户交易明细",), HEADER, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def take(desk: DeskInHand, path: Path, *, dry_run: bool = False, code: str = "loans") -> BankResult:
    """Import the file."""
    return bank_import(desk.product).run(statement_of(path, {}), BankOrder(code, dry_run=dry_run))
