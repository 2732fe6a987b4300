"""`bank`: statements into the books, and the lines that wait for somebody."""
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.by_person import By, one_of, person_id
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from rich.table import Table

    from bot.flows.import_bank import BankResult
    from bot.flows.ports.bank import BankOrder

bank_app = typer.Typer(
    help="Bank statements (银行流水): import, waiting, undo.", no_args_is_help=True
)

#: Lines shown at the terminal; the report file has them all.
SHOWN = 20

STYLES = {"rejected": "red", "review": "yellow", "applied": "green"}

_NOT_UNDONE = {
    "not_applied": ("is not applied (any more); nothing was changed", "see yuehuan bank waiting"),
    "given_back": ("a part of it was refunded already", "settle the rest by a refund"),
}

STEPS = {"read": "读取 reading", "apply": "入账 booking"}


def register(app: typer.Typer) -> None:
    app.add_typer(bank_app, name="bank")


@bank_app.command("import")
def import_statement(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX statement (流水).")],
    portfolio: Annotated[str, typer.Option("--portfolio", help="Code of the portfolio (资产包).")],
    bank: Annotated[
        str, typer.Option("--bank", help="Which account; serial numbers are unique within it.")
    ] = "bank",
    column_map: Annotated[
        list[str] | None,
        typer.Option("--map", help="列名=field, for a header the synonyms do not know."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say it all, write nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every row's outcome to .csv or .json.")
    ] = None,
) -> None:
    """Import a statement. Exit 0: every row was read; 1: some were rejected; 2: unusable."""
    from bot.app.bank_report import write_report
    from bot.app.commands.start import flows
    from bot.app.granting import bank_import, statement_of
    from bot.app.import_telling import progress_bar, refusal_of
    from bot.app.ledger_report import check_report_path
    from bot.domain.bank.header import parse_mapping
    from bot.domain.ledger.header import HeaderError
    from bot.flows.ports.bank import BankOrder
    from bot.flows.ports.ledger import UnusableFileError
    from bot.policy.bank import bank_sentences

    check_report_path(report)
    try:
        order = BankOrder(portfolio, bank, parse_mapping(column_map or ()), dry_run)
        with flows("bank") as product, progress_bar(STEPS) as progress:
            statement = statement_of(file, order.mapping)
            result = bank_import(product, progress).run(statement, order)
    except (HeaderError, UnusableFileError) as wrong:
        raise refusal_of(bank_sentences(), wrong.code, wrong.details) from wrong
    _print(file.name, order, result)
    if report is not None:
        heading = {
            "file": file.name,
            "sha256": statement.sha256,
            "portfolio": portfolio,
            "bank": bank,
            "dry_run": dry_run,
            "import": result.import_id,
            "columns_not_read": list(result.layout.unused),
        }
        write_report(report, heading, result)
        typer.echo(f"报告 report: {report}")
    if result.figures.rejected:
        raise typer.Exit(1)


@bank_app.command()
def undo(
    line: Annotated[int, typer.Argument(help="Id of the line, as the console shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; see the answer.")],
    by: By,
) -> None:
    """Take an applied line off its cases again; it waits as before. Twice is harmless."""
    from bot.app.commands.start import flows
    from bot.app.granting import bank_review
    from bot.flows.review_bank import UNDO_REASONS, ReviewError

    one_of("--reason", reason, UNDO_REASONS)
    with flows("bank") as product:
        try:
            cases = bank_review(product).undo(line, person_id(product, by), reason)
        except ReviewError as wrong:
            problem, remedy = _NOT_UNDONE[wrong.code]
            raise Refusal(f"line {line}: {problem}", remedy) from wrong
    typer.echo(f"undone; cases {', '.join(map(str, cases))} owe it again")


@bank_app.command()
def waiting(
    portfolio: Annotated[str, typer.Option("--portfolio", help="Only of this portfolio.")] = "",
) -> None:
    """Lines that wait for somebody, with their best candidate; decide them in the console."""
    from rich.console import Console
    from rich.table import Table

    from bot.app.commands.start import flows
    from bot.domain.money import plain
    from bot.policy.bank import bank_sentences
    from bot.store.bank_views import BankViews

    table = Table("line", "paid", "amount", "best case", "sure", "why", box=None)
    with flows("bank") as product, product.pool.connection() as connection:
        for line in BankViews(connection, product.seal).waiting(portfolio or None):
            best = line.candidates[0] if line.candidates else None
            sentences = bank_sentences()
            why = (
                "; ".join(sentences[r["code"]].filled(r["details"]).en for r in best["reasons"])
                if best
                else sentences["no_candidate"].en
            )
            table.add_row(
                str(line.line_id),
                f"{line.paid_at:%Y-%m-%d}",
                f"{plain(line.amount_minor, line.currency)} {line.currency}",
                str(best["case"]) if best else "-",
                f"{best['confidence']:.0%}" if best else "-",
                why,
            )
    Console(soft_wrap=True, highlight=False).print(table)


def _print(name: str, order: BankOrder, result: BankResult) -> None:
    from rich.console import Console

    from bot.policy.bank import told

    console = Console(soft_wrap=True, highlight=False)
    worth = [note for note in result.notes if note.outcome.value not in {"passed_over", "known"}]
    for note in worth[:SHOWN]:
        sentence = told(note)
        where = " · ".join(
            part
            for part in (f"第 {note.line} 行 line {note.line}", note.column, note.value)
            if part
        )
        style = STYLES.get(note.outcome.value)
        console.print(f"{note.outcome.value:<9} {where}", style=style, markup=False)
        console.print(f"    {sentence.zh} {sentence.en}", markup=False)
    if len(worth) > SHOWN:
        console.print("… 其余见 --report 报告文件 the rest stands in the --report file")
    mode = "（试运行，未写入 dry run, nothing written）" if order.dry_run else ""
    console.print(f"{name} → {order.portfolio_code}{mode}", markup=False)
    console.print(figures_table(result))


def figures_table(result: BankResult) -> Table:
    """What became of the statement; lines that say nothing are left out."""
    from bot.app.import_telling import counted
    from bot.domain.money import plain

    figures, currency = result.figures, result.currency
    named = (
        ("行数", "rows", figures.rows),
        ("收入", "credits", figures.credits),
        ("已入账", "applied", figures.applied),
        ("待人工核对", "waiting for review", figures.review),
        ("以前导入过", "known already", figures.known),
        ("拒绝", "rejected", figures.rejected),
        ("支出及其他", "passed over", figures.passed_over),
        ("改判的承诺", "promises judged anew", figures.repaired),
        ("付款后仍有的联系", "contacts after paying", figures.contacted),
    )
    table = counted(named)
    for chinese, english, minor in (
        ("入账金额", "applied", figures.applied_minor),
        ("待核对金额", "waiting", figures.review_minor),
    ):
        if minor:
            table.add_row(chinese, english, f"{plain(minor, currency)} {currency}")
    return table
