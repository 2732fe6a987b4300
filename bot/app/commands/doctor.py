"""`doctor`: is everything in order for this desk?"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import typer

from bot.app.commands.start import engine_of, settings_of_process

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Connection, Engine

    from bot.app.doctor import Check, Finding
    from bot.app.doctor_calls import CallSetUp
    from bot.app.own_wording import InUse
    from bot.app.settings import Settings
    from bot.domain.facts import PortfolioFacts
    from bot.store.call_figures import CallFigures

STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor() -> None:
    """Check settings, database, migrations, carrier account, webhook address and calls."""
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
    from bot.app.doctor_calls import call_checks
    from bot.app.own_wording import own_wording_check
    from bot.scripts.own import OwnWords
    from bot.scripts.wording import scripts_root

    engine = held.enter_context(engine_of(settings))
    return [
        *settings_checks(settings),
        *database_checks(engine),
        carrier_check(settings, lambda: account_status(settings)),
        webhook_check(settings),
        *call_checks(settings, call_set_up(settings, engine)),
        own_wording_check(OwnWords(scripts_root()), lambda: _own_texts(engine)),
    ]


def _own_texts(engine: Engine) -> InUse:
    from bot.store.wordings import all_own_texts

    with engine.connect() as connection:
        return all_own_texts(_plain(connection))


def call_set_up(settings: Settings, engine: Engine) -> CallSetUp:
    """The desk's tables and the carrier, asked when a check looks."""
    from bot.app.carrier_account import number_at_carrier
    from bot.app.doctor_calls import CallSetUp
    from bot.store.call_figures import CallFigures
    from bot.store.facts import FactsReader
    from bot.store.seal import Seal

    @contextmanager
    def figures() -> Iterator[CallFigures]:
        with engine.connect() as connection:
            yield CallFigures(_plain(connection))

    def portfolios(ids: Sequence[int]) -> list[PortfolioFacts]:
        seal = Seal(settings.field_keys, settings.hash_key)
        with engine.connect() as connection:
            found = FactsReader(_plain(connection), seal).portfolios(ids)
        return [found[each] for each in sorted(found)]

    return CallSetUp(figures, portfolios, lambda address: number_at_carrier(settings, address))


def _plain(connection: Connection) -> Any:
    """The driver's own connection, which rows are read on."""
    return connection.connection.driver_connection


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
