"""`money`: what came in, through what, and what waits for a human."""
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app.commands.by_person import By, one_of, person_id
from bot.app.errors import Refusal

money = typer.Typer(help="Money: reports from the books, notices that wait.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(money, name="money")


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


@money.command()
def notices() -> None:
    """What providers told and nothing could be booked from; somebody has to settle it."""
    from rich.console import Console
    from rich.table import Table

    from bot.app.commands.start import flows
    from bot.domain.money import plain
    from bot.store.notices import held_notices

    table = Table("notice", "received", "provider", "kind", "why", "amount", "case", box=None)
    with flows("money") as product, product.pool.connection() as connection:
        for each in held_notices(connection):
            table.add_row(
                str(each.notice_id),
                f"{each.received_at:%Y-%m-%d %H:%M}Z",
                each.provider,
                each.kind,
                each.outcome,
                f"{plain(each.amount_minor, each.currency)} {each.currency}",
                str(each.case_id or "-"),
            )
    Console(soft_wrap=True, highlight=False).print(table)


@money.command()
def dismiss(
    notice: Annotated[int, typer.Argument(help="Id of the notice, from `money notices`.")],
    reason: Annotated[str, typer.Option("--reason", help="How it was settled; see the answer.")],
    by: By,
) -> None:
    """End the alarm of a notice that somebody has settled."""
    from bot.app.commands.start import flows
    from bot.app.granting import notice_desk
    from bot.flows.notice_desk import DISMISS_REASONS, NoticeError

    one_of("--reason", reason, DISMISS_REASONS)
    with flows("money") as product:
        try:
            notice_desk(product).dismiss(notice, person_id(product, by), reason)
        except NoticeError as wrong:
            told = f"notice {notice} waits for nobody; nothing was changed"
            raise Refusal(told, "see yuehuan money notices") from wrong
    typer.echo("dismissed")


@money.command()
def report(
    portfolio: Annotated[str, typer.Option(help="Its code.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    how: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(help="A file; without it, printed.")] = None,
) -> None:
    """Money by day, provider and the channel that brought it; fees; unmatched notices."""
    from bot.app import money_table
    from bot.app.commands.start import flows
    from bot.store.money_report import MoneyReports

    if first > last:
        raise Refusal("--from is after --to", "give the earlier day first", code=2)
    if how is Format.XLSX and out is None:
        raise Refusal("a workbook cannot be printed", "name a file with --out", code=2)
    with flows("money") as product, product.pool.connection() as connection:
        reports = MoneyReports(connection)
        if not reports.knows(portfolio):
            raise Refusal(
                f"there is no portfolio {portfolio}", "see yuehuan portfolio list", code=2
            )
        days = (first.date(), last.date())
        lines, unmatched = reports.money(portfolio, *days), reports.unmatched(portfolio, *days)
    table = money_table.rows(lines, unmatched)
    if how is Format.XLSX and out is not None:
        money_table.save_xlsx(table, out)
    elif how is Format.TABLE:
        _print([*table, *money_table.totals(lines)], money_table.HEADER, money_table.RULE, out)
    else:
        as_bytes = money_table.as_csv(table) if how is Format.CSV else None
        _give(as_bytes or money_table.as_json(lines, unmatched), out)


def _give(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(content)


def _print(
    table: list[tuple[str, ...]], header: tuple[str, ...], rule: str, out: Path | None
) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(*header, box=None, header_style="bold")
    for row in table:
        grid.add_row(*row)
    # As wide as it needs: an amount that was cut would be a wrong figure.
    columns = zip(header, *table, strict=True)
    width = sum(max(map(len, column)) + 3 for column in columns)
    with out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout) as file:
        console = Console(file=file, width=width, highlight=False)
        console.print(grid)
        console.print(rule, style="dim")
