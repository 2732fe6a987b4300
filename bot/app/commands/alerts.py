"""`alerts`: the desk's messengers, listed and tried."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import Annotated

import typer

from bot.app.errors import Refusal

alerts_app = typer.Typer(help="The desk's messengers: list, test.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(alerts_app, name="alerts")


@alerts_app.command("list")
def list_channels() -> None:
    """Every channel with what it is told; addresses are covered."""
    from bot.app.commands.start import flows
    from bot.app.operating import alerts

    with flows("alerts") as product:
        channels = alerts(product).listed()
    for each in channels:
        state = "off" if each.off else each.trouble or "works"
        typer.echo(f"{each.name}: {each.shown} {', '.join(each.kinds)} ({state})")
    if not channels:
        typer.echo("no channels; add one in the console under 提醒渠道")


@alerts_app.command("test")
def try_out(
    name: Annotated[str | None, typer.Argument(help="One channel; all if left out.")] = None,
) -> None:
    """Send a test message now. Exit 1 when a messenger did not take it."""
    from bot.app.commands.start import flows
    from bot.app.operating import alerts

    with flows("alerts") as product:
        flow = alerts(product)
        chosen = [each for each in flow.listed() if name in (None, each.name)]
        if not chosen:
            raise Refusal(f"no channel {name or ''}".strip(), "see yuehuan alerts list", code=2)
        took = {each.name: flow.try_out(each.channel_id) for each in chosen}
    for channel, taken in took.items():
        typer.echo(f"{channel}: {'taken' if taken else 'not taken'}")
    if not all(took.values()):
        raise typer.Exit(1)
