"""How fast a ledger is imported, and how much memory that takes.

    python -m bench.import_ledger [--rows 100000] [--xlsx] [--profile]

Generates a ledger of invented people (numbers of the 138001xxxxx kind, a few per cent of bad
rows), imports it into a fresh embedded database in a process of its own, imports it again, and
prints rows per second and the peak resident memory of the importing process.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import json
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import openpyxl
import psycopg

from bot.app.database import make_engine, reach_database
from bot.app.migrate import upgrade
from bot.flows.import_ledger import ImportLedger, ImportOrder
from bot.policy.ledger_columns import ledger_words
from bot.store.ledger import LedgerStore
from bot.store.ledger_files import open_ledger
from bot.store.ledger_stage import LedgerStaging
from bot.store.seal import Seal

HEADER = [
    "合同编号",
    "客户姓名",
    "手机号",
    "期次",
    "应还日期",
    "应还金额",
    "已还金额",
    "币种",
    "证件尾号",
    "发薪日",
    "近三月逾期次数",
    "语言",
]
AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
FIRST_DUE = date(2026, 1, 1)


def ledger_rows(count: int, seed: int = 7) -> Iterator[list[str]]:
    """Rows of invented debtors, three instalments each on average."""
    chance = random.Random(seed)
    made, contract = 0, 0
    while made < count:
        contract += 1
        phone = f"138001{chance.randrange(10**5):05d}"
        name = f"测{contract % 4000}试{contract // 4000}"
        for step in range(min(chance.randint(1, 5), count - made)):
            made += 1
            due = FIRST_DUE + timedelta(days=chance.randrange(90) + 30 * step)
            amount = f"{chance.randrange(10_000, 900_000) / 100:,.2f}"
            yield [
                f"HT{contract:08d}",
                name,
                chance.choice([phone, f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"]),
                str(step + 1),
                chance.choice([due.isoformat(), f"{due.year}年{due.month}月{due.day}日"]),
                amount if chance.random() > 0.02 else "待核实",
                "",
                "CNY",
                f"{contract % 10_000:04d}",
                "15",
                "1",
                "zh-CN",
            ]


def write_ledger(path: Path, count: int) -> None:
    """CSV or XLSX by name."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(chain([HEADER], ledger_rows(count)))
        return
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in chain([HEADER], ledger_rows(count)):
        sheet.append(row)
    book.save(path)


class NoMoney:
    """A bench without payments: a fresh book has none."""

    def paid(self, payments: object, at: object) -> None:
        raise AssertionError("nothing was paid")

    nothing_owed = owed_again = paid


def import_once(url: str, path: Path, profile: bool) -> dict[str, float]:
    """One import on a connection; seconds and figures."""
    seal = Seal([b"k" * 32], b"h" * 32)
    steps: dict[str, float] = {}
    began = time.perf_counter()

    def progress(step: str, done: int, total: int | None) -> None:
        steps[step] = time.perf_counter() - began

    with psycopg.connect(url, autocommit=True) as connection:
        kit = ImportLedger(
            LedgerStaging(connection, seal),
            LedgerStore(connection, seal),
            NoMoney(),  # type: ignore[arg-type]
            ledger_words(),
            progress,
        )
        profiler = cProfile.Profile()
        if profile:
            profiler.enable()
        result = kit.run(open_ledger(path), ImportOrder("bench"), AT)
        profiler.disable()
    seconds = time.perf_counter() - began
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(25)
    figures = result.figures
    return {
        "seconds": round(seconds, 1),
        "read_seconds": round(steps["read"], 1),
        "own_cpu_seconds": round(time.process_time(), 1),
        "rows_per_second": round(figures.rows / seconds),
        "new": figures.new,
        "unchanged": figures.unchanged,
        "rejected": figures.rejected,
        "peak_rss_mb": peak_rss_mb(),
    }


def peak_rss_mb() -> int:
    """Peak resident memory of this process alone; getrusage would count its parent's as well."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def portfolio(url: str) -> None:
    """The portfolio of the bench."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sender (code, kind, address, livemode, per_second) "
            "VALUES ('bench', 'sandbox', '+8613800139999', false, 1)"
        )
        connection.execute(
            "INSERT INTO portfolio (code, name, creditor, creditor_key, signature, zone, region, "
            "currency, cadence, livemode, sender_id, created_at) SELECT 'bench', 'bench', 'bench', "
            "'bench', '示例消金', 'Asia/Shanghai', 'CN', 'CNY', 'consumer_loan', false, id, %s "
            "FROM sender",
            [AT],
        )


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("URL", "FILE"))
    given = parser.parse_args()
    if given.child:
        url, file = given.child
        print(json.dumps(import_once(url, Path(file), given.profile)))
        return
    # Directly under the temporary folder: the account that root lends to PostgreSQL enters it.
    with tempfile.TemporaryDirectory(prefix="yuehuan-bench-") as folder:
        path = Path(folder) / f"ledger.{'xlsx' if given.xlsx else 'csv'}"
        write_ledger(path, given.rows)
        Path(folder).chmod(0o755)
        with reach_database(None, Path(folder) / "data") as url:
            engine = make_engine(url, size=2, name="bench")
            upgrade(engine)
            engine.dispose()
            portfolio(url)
            for what in ("first import", "same file again"):
                command = [sys.executable, "-m", "bench.import_ledger"]
                command += ["--profile"] if given.profile else []
                command += ["--child", url, str(path)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                print(f"{what}: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
