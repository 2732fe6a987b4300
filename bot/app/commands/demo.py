"""`demo`: the product with sample ledgers on the sandbox; `--once` runs it unattended."""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

_DEMO_FOLDER = Path("var/demo")


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Unattended: simulate, report, end.")
    ] = False,
    days: Annotated[int, typer.Option(help="Simulated days (with --once).", min=1, max=400)] = 45,
    cases: Annotated[
        int | None, typer.Option(help="About so many cases instead of the samples.", min=2)
    ] = None,
    seed: Annotated[int, typer.Option(help="Which crowd of simulated debtors.", min=0)] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here too (with --once).")
    ] = None,
) -> None:
    """Try everything: sample ledgers, a sandbox carrier, a handset, no account needed.

    With --once: 45 simulated days with simulated debtors, then figures and invariants; exit 1
    when an invariant broke.
    """
    if not once:
        _live(cases)
        return
    with tempfile.TemporaryDirectory(prefix="yuehuan-demo-") as folder:
        try:
            _unattended(Path(folder), days, cases, seed, json_file)
        except (OSError, Refusal):
            _last_words(Path(folder))
            raise


def _last_words(folder: Path) -> None:
    """What the demo's processes said before it failed; their folder is about to go."""
    for log in sorted(folder.glob("*.log")):
        typer.echo(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}", err=True)


def _unattended(
    folder: Path, days: int, cases: int | None, seed: int, json_file: Path | None
) -> None:
    from rich.console import Console

    from bot.app.commands.start import flows
    from bot.app.demo import stage
    from bot.app.demo.ledgers import prepared

    folder.chmod(0o755)
    os.environ.update(stage.demo_environment(folder / "data", fixed_ports=False))
    os.environ["WORKER_POLL_SECONDS"] = "0.03"  # the walk waits for every reply
    console = Console(file=sys.stdout)  # what the set-up commands print is not for it
    with ExitStack() as held:
        _start(held, folder, console, prepared(cases, folder / "ledgers"))
        with flows("demo") as product:
            _walk(product, days, seed)
            result = _report(console, product, days, seed)
    if json_file is not None:
        json_file.write_text(json.dumps(result, ensure_ascii=False, indent=2, default=str), "utf-8")
    if any(row["breaches"] for row in result["invariants"]):
        raise typer.Exit(1)


def _need_not_last(engine: Engine) -> None:
    """Commits do not wait for the disk: this database goes when the figures are shown."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER ROLE CURRENT_USER SET synchronous_commit = off")


def _start(held: ExitStack, folder: Path, console: Console, ledgers: dict[str, Path]) -> None:
    """Database, sandbox, books, then web and worker."""
    from bot.app.clock import system_now
    from bot.app.commands.start import engine_of, settings_of_process
    from bot.app.demo import stage
    from bot.app.migrate import upgrade

    settings = settings_of_process()
    engine = held.enter_context(engine_of(settings))
    upgrade(engine)
    if settings.database_url is None:
        _need_not_last(engine)
    sandbox = held.enter_context(stage.background(stage.sandbox_command(), folder / "sandbox.log"))
    stage.wait_for(f"{settings.sandbox_url}/sandbox/health", sandbox, folder / "sandbox.log")
    put_clock(stage.START - system_now())
    with console.status("importing the sample ledgers"):
        stage.set_up_books(ledgers)
    for name in ("worker", "web"):
        child = held.enter_context(
            stage.background(stage.own_command(name), folder / f"{name}.log")
        )
    stage.wait_for(f"{settings.public_url}/healthz", child, folder / "web.log")


def put_clock(shift: Any) -> None:
    """Put the test clock there before anything else runs."""
    from bot.app.commands.start import flows
    from bot.store.clock_shift import set_shift

    with flows("demo-clock") as product, product.pool.connection() as connection:
        set_shift(connection, shift)


def _walk(product: Any, days: int, seed: int) -> None:
    from rich.progress import Progress, TimeElapsedColumn

    from bot.app.demo.stage import START
    from bot.app.demo.unattended import Unattended

    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), transient=True) as progress:
        bar = progress.add_task("simulating", total=days * 86_400)
        for instant in Unattended(product, seed).run(START, days):
            done = (instant - START).total_seconds()
            progress.update(bar, completed=done, description=f"{instant:%Y-%m-%d}")


def _report(console: Console, product: Any, days: int, seed: int) -> dict[str, Any]:
    from bot.app.commands.verify import finding_row, show_findings
    from bot.app.demo import figures
    from bot.app.verify.breach import Evidence
    from bot.app.verify.checks import run_checks
    from bot.app.verify.log import read_log

    with product.pool.connection() as connection:
        found = figures.collect(connection)
        log = read_log(product.settings.sandbox_url, None)
        findings = run_checks(Evidence(connection, log))
    figures.show(console, found)
    show_findings(findings, as_json=False, with_log=True)
    return {
        "days": days,
        "seed": seed,
        **found,
        "invariants": [finding_row(each) for each in findings],
    }


def _live(cases: int | None) -> None:
    from bot.app.clock import system_now
    from bot.app.commands.start import engine_of, settings_of_process
    from bot.app.demo import stage
    from bot.app.demo.keys import kept_environment
    from bot.app.demo.ledgers import prepared
    from bot.app.migrate import upgrade
    from bot.app.up import Child, run_together, yuehuan

    os.environ.update(kept_environment(_DEMO_FOLDER))
    settings = settings_of_process()
    with engine_of(settings) as engine:
        upgrade(engine)
        if not (_DEMO_FOLDER / "log-in").exists():
            put_clock(stage.START - system_now())
            typer.echo("importing the sample ledgers …")
            stage.set_up_books(prepared(cases, _DEMO_FOLDER / "ledgers"))
            (_DEMO_FOLDER / "log-in").write_text(stage.set_up_collector(), "utf-8")
        greeting = _greeting(settings, (_DEMO_FOLDER / "log-in").read_text("utf-8"))
        pages = (f"{settings.public_url}/healthz", f"{settings.sandbox_url}/sandbox/health")
        stage.when_up(pages, lambda: typer.echo(greeting))
        ended = run_together(
            [
                Child("sandbox", stage.sandbox_command()),
                yuehuan("web"),
                yuehuan("worker"),
                yuehuan("clock"),
            ]
        )
    if ended:
        raise Refusal(f"{ended}; the others were stopped", "its last lines above say why")


def _greeting(settings: Any, log_in: str) -> str:
    from urllib.parse import quote

    from bot.app.demo.stage import COLLECTOR_PHONE

    return (
        f"\n  console      {settings.public_url}/console/    log in as {log_in}\n"
        f"  handset      {settings.sandbox_url}/\n"
        f"  desk phone   {settings.sandbox_url}/?phone={quote(COLLECTOR_PHONE)}    "
        "rings when a caller presses 0\n"
        f"  sandbox log  {settings.sandbox_url}/log\n\n"
        "  then, in another terminal of this folder:\n"
        "    .venv/bin/yuehuan clock advance 1d                 a day goes by\n"
        "    .venv/bin/yuehuan clock advance 1d --until-ring    until a telephone rings for you\n"
    )
