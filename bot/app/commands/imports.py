"""`import`: a ledger file into a portfolio."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.start import require_schema, settings_of_process
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bot.domain.ledger.rows import Note
    from bot.flows.import_ledger import ImportOrder, ImportResult
    from bot.flows.ports.ledger import ImportFigures

#: Lines shown at the terminal; the report file has them all.
SHOWN = 20

STYLES = {"rejected": "red", "superseded": "yellow", "warning": "yellow", "settled": "cyan"}

STEPS = {"read": "读取 reading", "apply": "入账 importing", "missing": "核对全量 comparing"}


def register(app: typer.Typer) -> None:
    app.command("import")(import_file)


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX ledger (台账).")],
    portfolio: Annotated[str, typer.Option("--portfolio", help="Code of the portfolio (资产包).")],
    column_map: Annotated[
        list[str] | None,
        typer.Option("--map", help="列名=field, for a header the synonyms do not know."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say it all, write nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every remark to this .csv or .json.")
    ] = None,
    full_balance: Annotated[
        bool, typer.Option("--full-balance", help="The file lists every open debt (全量台账).")
    ] = False,
    settle_missing: Annotated[
        bool,
        typer.Option("--settle-missing", help="Settle open debts that a full file lacks."),
    ] = False,
) -> None:
    """Import a ledger. Exit 0: every row went in; 1: some were rejected; 2: unusable."""
    from bot.app.import_telling import refusal_of
    from bot.app.ledger_report import check_report_path
    from bot.domain.ledger.header import HeaderError
    from bot.domain.ledger.mapping import parse_mapping
    from bot.flows.import_ledger import ImportOrder
    from bot.flows.ports.ledger import UnusableFileError
    from bot.policy.ledger_columns import ledger_sentences

    if settle_missing and not full_balance:
        raise Refusal("--settle-missing", "it needs --full-balance", code=2)
    check_report_path(report)
    try:
        mapping = parse_mapping(column_map or ())
        order = ImportOrder(portfolio, mapping, dry_run, full_balance, settle_missing)
        rejected = _run(file, order, report)
    except (HeaderError, UnusableFileError) as wrong:
        raise refusal_of(ledger_sentences(), wrong.code, wrong.details) from wrong
    if rejected:
        raise typer.Exit(1)


def _run(path: Path, order: ImportOrder, report: Path | None) -> int:
    """Import, print, report; returns how many rows were rejected."""
    from rich.console import Console

    from bot.app.database import reach_database
    from bot.app.import_telling import progress_bar
    from bot.app.ledger_import import ledger_import
    from bot.app.ledger_report import write_report
    from bot.app.product import open_product
    from bot.store.ledger_files import open_ledger

    settings = settings_of_process()
    file = open_ledger(path)
    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)
        with (
            open_product(settings, url, role="import") as product,
            progress_bar(STEPS) as progress,
            ledger_import(url, product.seal, product.settler, progress) as kit,
        ):
            found = kit.books.portfolio(order.portfolio_code)
            at = product.clock.now(livemode=found is not None and found.livemode)
            result = kit.run(file, order, at)
            console = Console(soft_wrap=True, highlight=False)
            _print(console, file.name, order, result, kit.stage.notes())
            if report is not None:
                heading = {
                    "file": file.name,
                    "sha256": file.sha256,
                    "portfolio": order.portfolio_code,
                    "dry_run": order.dry_run,
                    "import": result.import_id,
                    "columns_not_read": list(result.layout.unused),
                }
                write_report(report, heading, result, kit.stage.notes())
                console.print(f"报告 report: {report}")
            return result.figures.rejected


def _print(
    console: Console, name: str, order: ImportOrder, result: ImportResult, notes: Iterator[Note]
) -> None:
    from bot.policy.ledger_columns import ledger_sentences

    worth = (note for note in notes if note.outcome.value not in {"passed_over", "duplicate"})
    shown = list(islice(worth, SHOWN + 1))
    _print_notes(console, shown[:SHOWN])
    if len(shown) > SHOWN:
        console.print("… 其余见 --report 报告文件 the rest stands in the --report file")
    mode = "（试运行，未写入 dry run, nothing written）" if order.dry_run else ""
    console.print(f"{name} → {order.portfolio_code}{mode}", markup=False)
    console.print(figures_table(result.figures))
    for header in result.layout.unused:
        refused = header in result.refused_columns
        code = "third_party_column" if refused else None
        sentence = ledger_sentences()[code].filled({"header": header}) if code else None
        said = (
            f"{sentence.zh} {sentence.en}" if sentence else f"未用到的列 column not used: {header}"
        )
        console.print(said, style="yellow" if refused else "dim", markup=False)
    if result.refusal:
        details = {"count": str(result.unnamed)}
        sentence = ledger_sentences()[result.refusal].filled(details)
        console.print(f"{sentence.zh} {sentence.en}", style="red", markup=False)


def _print_notes(console: Console, notes: Iterable[Note]) -> None:
    from bot.app.ledger_report import sentence_of

    for note in notes:
        sentence = sentence_of(note)
        place = f"第 {note.line} 行 line {note.line}" if note.line else ""
        where = " · ".join(part for part in (place, note.column, note.value) if part)
        style = STYLES.get(note.outcome.value)
        console.print(f"{note.outcome.value:<10} {where}", style=style, markup=False)
        console.print(f"    {sentence.zh} {sentence.en}", markup=False)
        console.print(f"    → {sentence.remedy_zh} {sentence.remedy}", markup=False)


def figures_table(figures: ImportFigures) -> Table:
    """What became of the file; lines that say nothing are left out."""
    from bot.app.import_telling import counted

    named = (
        ("行数", "rows", figures.rows),
        ("新增债项", "new debts", figures.new),
        ("更新", "updated", figures.updated),
        ("无变化", "unchanged", figures.unchanged),
        ("重复行", "duplicates", figures.duplicates),
        ("被后面的行取代", "superseded", figures.superseded),
        ("拒绝", "rejected", figures.rejected),
        ("提醒", "warnings", figures.warnings),
        ("新债务人", "new debtors", figures.new_debtors),
        ("新案件", "new cases", figures.new_cases),
        ("新号码", "new phones", figures.new_phones),
        ("入账还款", "payments booked", figures.payments),
        ("全量台账未列", "missing from the full file", figures.missing),
        ("按要求结清", "settled as asked", figures.settled),
    )
    return counted(named)
