"""`clock advance`: move the test clock forward, doing what falls due on the way."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    from bot.app.commands.processes import clock_app

    clock_app.command()(advance)


def advance(
    span: Annotated[str, typer.Argument(help="How far: 3d, 12h, 90m or 1d12h.")],
    until_ring: Annotated[
        bool, typer.Option("--until-ring", help="Stop when a telephone of the sandbox rings.")
    ] = False,
) -> None:
    """Move the clock of test-mode portfolios forward; live portfolios are not touched."""
    from rich.progress import Progress, TimeElapsedColumn

    from bot.app.advance import TestClock
    from bot.app.clock import parse_span
    from bot.app.commands.start import flows

    by, rings = parse_span(span), False
    with (
        flows("advance") as product,
        Progress(*Progress.get_default_columns(), TimeElapsedColumn(), transient=True) as progress,
    ):
        clock = TestClock(product)
        start = clock.now()
        bar = progress.add_task("test clock", total=by.total_seconds())
        for instant in clock.walk(start + by):
            done = (instant - start).total_seconds()
            progress.update(bar, completed=done, description=f"{instant:%Y-%m-%d %H:%M}Z")
            if rings := until_ring and clock.ringing():
                break
        end = clock.now()
    typer.echo(f"the test clock stands at {end:%Y-%m-%d %H:%M} UTC")
    if until_ring:
        where = product.settings.sandbox_url
        said = f"a telephone rings: answer it on the handset, {where}/" if rings else "nothing rang"
        typer.echo(said)
