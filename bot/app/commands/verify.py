"""`verify`: the product's promises, checked from database and sandbox log; exit 1 on a breach."""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.app.verify.breach import Finding

_SHOWN = 5


def register(app: typer.Typer) -> None:
    app.command()(verify)


def verify(
    sandbox_log: Annotated[
        Path | None, typer.Option(help="The sandbox's log.jsonl; default: ask SANDBOX_URL.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False,
) -> None:
    """Check every invariant; exit 1 when one is broken."""
    from bot.app.commands.start import flows
    from bot.app.verify.breach import Evidence
    from bot.app.verify.checks import run_checks
    from bot.app.verify.log import read_log

    with flows("verify") as product, product.pool.connection() as connection:
        try:
            log = read_log(product.settings.sandbox_url, sandbox_log)
        except OSError as missing:
            raise Refusal(
                f"the sandbox's log cannot be read ({missing})", "check the path"
            ) from None
        findings = run_checks(Evidence(connection, log))
    show_findings(findings, as_json=as_json, with_log=log is not None)
    if any(finding.breaches for finding in findings):
        raise typer.Exit(1)


def show_findings(findings: Sequence[Finding], *, as_json: bool, with_log: bool) -> None:
    """A table, or JSON."""
    if as_json:
        typer.echo(json.dumps([finding_row(each) for each in findings], ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    source = "database and sandbox log" if with_log else "database only: no sandbox log"
    table = Table("invariant", "promise", "breaches", title=f"invariants ({source})")
    for each in findings:
        mark = "[green]0[/]" if not each.breaches else f"[red]{len(each.breaches)}[/]"
        table.add_row(each.invariant.name, each.invariant.sentence, mark)
    console = Console()
    console.print(table)
    for each in findings:
        for breach in each.breaches[:_SHOWN]:
            console.print(f"[red]{each.invariant.name}[/] {breach.where}: {breach.what}")


def finding_row(finding: Finding) -> dict[str, Any]:
    """An invariant as JSON, the first breaches with it."""
    return {
        "invariant": finding.invariant.name,
        "promise": finding.invariant.sentence,
        "breaches": len(finding.breaches),
        "examples": [f"{b.where}: {b.what}" for b in finding.breaches[:_SHOWN]],
    }
