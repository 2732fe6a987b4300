"""`plan --dry-run`: what would go out for a portfolio on a day; nothing is written."""
# ruff: noqa: PLC0415

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.app.product import Product
    from bot.flows.dry_run import DryTouch


class Form(StrEnum):
    """How the dry run is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


COLUMNS = (
    "case",
    "tier",
    "rule",
    "channel",
    "phone",
    "due",
    "verdict",
    "verdict_rule",
    "reason",
    "script",
    "segments",
    "text",
)


def register(app: typer.Typer) -> None:
    app.command()(plan)


def plan(
    portfolio: Annotated[str, typer.Option(help="Code of the portfolio.")],
    on: Annotated[str, typer.Option(help="Day in the portfolio's zone, 2026-03-12.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show only; sending is the clock's and worker's.")
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="table, csv or json")] = Form.TABLE,
) -> None:
    """Show every touch a portfolio would make on a day, with text, time, verdict and rule."""
    from bot.app.commands.start import flows

    if not dry_run:
        raise Refusal(
            "planning for real is the clock's work",
            "add --dry-run, or start `yuehuan clock`",
            code=2,
        )
    day = _day(on)
    with flows("plan") as product:
        rows, quiet = _rows(product, portfolio, day)
    _print(form, rows, quiet)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--on: {text!r} is not a day", "write it like 2026-03-12", code=2) from None


def _rows(
    product: Product, code: str, day: date
) -> tuple[list[dict[str, Any]], Counter[tuple[str, str]]]:
    from bot.flows.dry_run import UnknownPortfolioError

    rows: list[dict[str, Any]] = []
    quiet: Counter[tuple[str, str]] = Counter()
    try:
        for line in product.dry_run.run(code, day):
            if line.touch is None:
                quiet[line.quiet or "", line.handoff or ""] += 1
            else:
                rows.append(_row(line))
    except UnknownPortfolioError:
        raise Refusal(
            f"no portfolio {code!r}", "`yuehuan portfolio list` shows them", code=2
        ) from None
    return rows, quiet


def _row(line: DryTouch) -> dict[str, Any]:
    from bot.flows.playbook import zone_of
    from bot.policy.rulebook import reason_zh

    touch = line.touch
    assert touch is not None
    verdict, proposal = touch.verdict, touch.proposal
    due = touch.due_at.astimezone(zone_of(line.facts.portfolio.zone))
    return {
        "case": line.facts.case_id,
        "tier": line.tier,
        "rule": proposal.rule,
        "channel": proposal.channel.value,
        "phone": line.phone,
        "due": due.isoformat(timespec="minutes"),
        "verdict": verdict.outcome.value,
        "verdict_rule": verdict.rule,
        "reason": reason_zh(verdict.rule),
        "script": proposal.script,
        "segments": touch.segments,
        "text": line.text,
    }


def _print(form: Form, rows: list[dict[str, Any]], quiet: Counter[tuple[str, str]]) -> None:
    if form is Form.JSON:
        summary = [
            {"why": why, "handoff": handoff, "cases": count}
            for (why, handoff), count in quiet.most_common()
        ]
        document = {"touches": rows, "quiet": summary}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif form is Form.CSV:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _print_tables(rows, quiet)


def _print_tables(rows: list[dict[str, Any]], quiet: Counter[tuple[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = ("case", "tier", "channel", "phone", "due", "verdict", "reason", "segments", "text")
    table = Table(*shown, title=f"{len(rows)} touches", show_lines=True)
    for row in rows:
        verdict = " ".join(filter(None, (row["verdict"], row["verdict_rule"])))
        table.add_row(*_cells({**row, "due": row["due"][11:16], "verdict": verdict}, shown))
    console.print(table)
    still = Table("why", "hand-off", "cases", title="cases without a touch")
    for (why, handoff), count in quiet.most_common():
        still.add_row(why, handoff, str(count))
    console.print(still)


def _cells(row: dict[str, Any], names: Iterable[str]) -> list[str]:
    return [str(row[name] if row[name] is not None else "") for name in names]
