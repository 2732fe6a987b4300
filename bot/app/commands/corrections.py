"""`corrections`: what collectors put right in readings, as a rate and as benchmark rows."""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.flows.export_corrections import Export
    from bot.store.rates import IntentCount


class Mode(StrEnum):
    """Which portfolios' replies."""

    live = "live"
    test = "test"


corrections = typer.Typer(
    help="Readings that collectors corrected: export, rate.", no_args_is_help=True
)

ModeOption = Annotated[Mode, typer.Option(help="Replies of live or of test-mode portfolios.")]

_REASONS = {
    "context": "mean nothing without the message they answer",
    "personal": "may still tell who wrote them",
    "altered": "read differently once names and numbers are replaced",
}


def register(app: typer.Typer) -> None:
    app.add_typer(corrections, name="corrections")


@corrections.command()
def export(
    file: Annotated[Path, typer.Argument(help="JSONL to write, in the benchmark's schema.")],
    mode: ModeOption = Mode.live,
) -> None:
    """Write corrected replies without personal data; read them before passing them on."""
    from bot.app.commands.start import flows
    from bot.flows.export_corrections import CorrectionExport
    from bot.policy.lexicon import understand
    from bot.policy.stand_ins import load_stand_ins

    with flows("command") as product:
        maker = CorrectionExport(product.transactions, understand, load_stand_ins())
        made = maker.run(livemode=mode is Mode.live)
    _write(file, made)
    _tell(file, made, mode)


def _write(file: Path, made: Export) -> None:
    """Readable by its owner only. Raises Refusal."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made.rows)
    except OSError as problem:
        raise Refusal(
            f"{file} cannot be written: {problem.strerror}", "name a file in a folder that exists"
        ) from problem


def _tell(file: Path, made: Export, mode: Mode) -> None:
    typer.echo(f"{file}: {len(made.rows)} rows of {mode.value} portfolios")
    for reason, count in sorted(made.withheld.items()):
        typer.echo(f"withheld: {count} that {_REASONS[reason]}")
    if made.rows:
        typer.echo("names of third parties are found by their shape only: read every row first")
    elif not made.withheld and mode is Mode.live:
        typer.echo("nothing is corrected in live portfolios; for test ones add --mode test")


@corrections.command()
def rate(
    days: Annotated[
        int, typer.Option(help="Replies received in so many days.", min=1, max=3650)
    ] = 30,
    mode: ModeOption = Mode.live,
) -> None:
    """Replies acted on without a human, and corrected ones, by what was read."""
    from rich.console import Console
    from rich.table import Table

    from bot.app.commands.start import flows
    from bot.store.rates import count_readings

    with flows("command") as product, product.pool.connection() as connection:
        livemode = mode is Mode.live
        since = product.clock.now(livemode=livemode) - timedelta(days=days)
        counts = count_readings(connection, livemode=livemode, since=since)
    table = Table(box=None, header_style="bold")
    for name in ("read as", "without a human ÷ replies", "corrected ÷ replies", "mostly meant"):
        table.add_column(name, justify="left" if name in {"read as", "mostly meant"} else "right")
    for line in (_sum(counts), *counts):
        meant = line.meant if line.meant and line.meant != line.intent else ""
        both = (_ratio(part, line.replies) for part in (line.alone, line.corrected))
        table.add_row(line.intent, *both, meant)
    Console(soft_wrap=True, highlight=False).print(table)


def _sum(counts: list[IntentCount]) -> IntentCount:
    from bot.store.rates import IntentCount

    replies, alone, corrected = (
        sum(getattr(count, name) for count in counts) for name in ("replies", "alone", "corrected")
    )
    return IntentCount("all", replies, alone, corrected, None)


def _ratio(part: int, whole: int) -> str:
    return f"{part} ÷ {whole} = {part / whole:.1%}" if whole else f"{part} ÷ 0"
