"""`doctor`: is everything in order for this desk?"""
# ruff: noqa: PLC0415

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import typer

from bot.app.commands.start import engine_of, settings_of_process

if TYPE_CHECKING:
    from rich.table import Table

    from bot.app.doctor import Check, Finding
    from bot.app.settings import Settings

STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor() -> None:
    """Check settings, database, migrations, carrier account and webhook address."""
    from rich.console import Console

    from bot.app.doctor import Verdict, examine

    settings = settings_of_process()
    with ExitStack() as held:
        findings = examine(all_checks(settings, held))
    Console(soft_wrap=True).print(table_of(findings))
    if any(finding.verdict == Verdict.FAILED for _, finding in findings):
        raise typer.Exit(1)


def all_checks(settings: Settings, held: ExitStack) -> list[Check]:
    """Every check of this desk; a new one is added here.

    Args:
        held: keeps the database open until the checks are done.
    """
    from bot.app.carrier_account import account_status
    from bot.app.doctor import carrier_check, database_checks, settings_checks, webhook_check

    return [
        *settings_checks(settings),
        *database_checks(held.enter_context(engine_of(settings))),
        carrier_check(settings, lambda: account_status(settings)),
        webhook_check(settings),
    ]


def table_of(findings: list[tuple[str, Finding]]) -> Table:
    """One line for each finding, the remedy below what is wrong."""
    from rich.table import Table

    table = Table(show_header=False, box=None)
    for name, finding in findings:
        detail = finding.detail
        if finding.remedy:
            detail += f"\n→ {finding.remedy}"
        style = STYLES[finding.verdict]
        table.add_row(f"[{style}]{finding.verdict}[/{style}]", name, detail)
    return table
