"""How fast a bank statement is matched and booked, beside parsing and bare inserts.

    python -m bench.import_bank [--small] [--json] [--lines 10000] [--rounds 2] [--profile]

A statement of invented payers on a book of invented cases: of four lines two name a case by its
reference and pay a part of it, one names a contract, and one is nobody's. The product reads,
matches, books, settles and thanks; the floor reads the file with the csv module and writes for
every line what no import could leave out: the line, a payment and an entry, in one transaction.
Both work on a clone of the same database.
"""

from __future__ import annotations

import cProfile
import csv
import json
import pstats
import random
import sys
import time
from pathlib import Path

import psycopg

from bench.book import Databases, databases, fill, free_port, settings_for, shanghai
from bench.import_ledger import peak_rss_mb
from bench.ratio import Ratio, arguments, in_turns, report
from bot.app.granting import bank_import, statement_of
from bot.app.product import open_product
from bot.domain.transfer_reference import reference_of
from bot.flows.ports.bank import BankOrder
from bot.store.clock_shift import set_shift
from bot.store.seal import Seal

FULL, SMALL = 10_000, 1_000

#: A booked line is a payment with all that follows from it: some 45 statements beside three.
AIM = 10.0

HEADER = ("交易日期", "交易时间", "借方发生额", "贷方发生额", "对方户名", "附言", "交易流水号")

_LINE = """
INSERT INTO bank_line (import_id, portfolio_id, creditor_key, identity_hash, line, paid_at,
    amount_minor, currency, said_sealed) VALUES (%s, 1, 'chenguang', %s, %s, %s, %s, 'CNY', %s)
"""
_PAYMENT = """
INSERT INTO payment (case_id, portfolio_id, amount_minor, currency, provider, provider_ref, paid_at,
    received_at) VALUES (%s, 1, %s, 'CNY', 'bank', %s, %s, %s)
"""
_ENTRY = """
INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key, at)
SELECT case_id, id, 'received', 'debt', %s, 'CNY', 'payment', 'bench', %s, %s FROM debt
WHERE case_id = %s ORDER BY id LIMIT 1
"""


def write_statement(path: Path, lines: int, cases: int, seed: int = 7) -> None:
    """A CSV as banks export it, with a title above its header."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("某银行账户交易明细",))
        writer.writerow(HEADER)
        for number in range(lines):
            case, kind = chance.randrange(cases) + 1, number % 4
            remark = (
                reference_of(case) if kind < 2 else f"还款HT{case:08d}" if kind == 2 else "往来款"
            )
            sum_ = f"{chance.randrange(1_000, 20_000) / 100:.2f}"
            payer = f"路{number}" if kind == 3 else ""
            day = f"202603{chance.randrange(1, 10):02d}"
            writer.writerow((day, "10:15:00", "", sum_, payer, remark, f"S{number:09d}"))


def product_seconds(
    given: Databases, path: Path, figures: dict[str, object], profile: bool
) -> float:
    """One import by the product."""
    with given.copy("filled") as url:
        settings = settings_for(given.folder / "data", free_port())
        with open_product(settings, url, role="bench") as product:
            with product.pool.connection() as connection:
                set_shift(connection, shanghai(14) - product.clock.real())
            profiler = cProfile.Profile()
            began = time.perf_counter()
            if profile:
                profiler.enable()
            result = bank_import(product).run(statement_of(path, {}), BankOrder("loans"))
            profiler.disable()
            seconds = time.perf_counter() - began
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(30)
    told = result.figures
    figures |= {"applied": told.applied, "review": told.review, "rejected": told.rejected}
    return seconds


def floor_seconds(given: Databases, path: Path) -> float:
    """The csv module and bare inserts, a transaction for each line."""
    with given.copy("filled") as url, psycopg.connect(url) as connection:
        began = time.perf_counter()
        connection.execute(
            "INSERT INTO bank_import (portfolio_id, bank, file_name, sha256, at) "
            "VALUES (1, 'bank', 'b.csv', '', now())"
        )
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file)):
                if number > 1:
                    _bare(connection, number, row)
        return time.perf_counter() - began


def _bare(connection: psycopg.Connection, number: int, row: list[str]) -> None:
    amount, at, key = round(float(row[3]) * 100), shanghai(10), f"bench:{number}"
    case = number % 100 + 1
    said = json.dumps({"payer": row[4], "remark": row[5], "serial": row[6]}).encode()
    connection.execute(_LINE, [1, key.encode(), number, at, amount, said])
    connection.execute(_PAYMENT, [case, amount, key, at, at])
    connection.execute(_ENTRY, [amount, key, at, case])
    connection.commit()


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--lines", type=int)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    lines = chosen.lines or (SMALL if chosen.small else FULL)
    figures: dict[str, object] = {"lines": lines, "cases": lines}
    with databases() as given:
        path = given.folder / "b.csv"
        settings = settings_for(given.folder / "data", free_port())
        seal = Seal(settings.field_keys, settings.hash_key)
        fill(given.empty("filled"), seal, lines)
        write_statement(path, lines, lines)
        ours, bare = in_turns(
            chosen.rounds or (1 if chosen.profile else 2),
            lambda _: product_seconds(given, path, figures, chosen.profile),
            lambda _: floor_seconds(given, path),
        )
    figures["lines per second"] = round(lines / min(ours))
    figures["peak memory MB"] = peak_rss_mb()
    return report([Ratio("bank statement", "s", ours, bare, AIM)], figures, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
