"""`halt` and `lift`: the big switch, for whoever has only a terminal."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import Annotated

import typer

from bot.app.errors import Refusal

Portfolio = Annotated[str | None, typer.Option(help="Only this portfolio; everything if left out.")]

_REMEDIES = {
    "no_reason": "say why with --why",
    "long_reason": "give a shorter reason",
    "unknown": "see yuehuan portfolio list",
    "stands": "it is stopped already",
    "lifted": "it was not stopped",
}


def register(app: typer.Typer) -> None:
    app.command()(halt)
    app.command()(lift)


def halt(
    why: Annotated[str, typer.Option(help="Shown on every page of the console.")],
    portfolio: Portfolio = None,
) -> None:
    """Let nothing go out any more, for a portfolio or at all."""
    from bot.app.commands.start import flows
    from bot.flows.halts import HaltError

    try:
        with flows("halt") as product:
            quiet = product.halts.stop(portfolio, None, why)
    except HaltError as refused:
        raise Refusal(refused.code, _REMEDIES[refused.code], code=2) from refused
    said = "nothing was on its way" if quiet else "what the carrier had before may still arrive"
    typer.echo(f"{portfolio or 'everything'}: stopped, {said}")


def lift(portfolio: Portfolio = None) -> None:
    """Let what is due go out again."""
    from bot.app.commands.start import flows
    from bot.flows.halts import HaltError

    try:
        with flows("lift") as product:
            product.halts.lift(portfolio, None)
    except HaltError as refused:
        raise Refusal(refused.code, _REMEDIES[refused.code], code=2) from refused
    typer.echo(f"{portfolio or 'everything'}: sends again")
