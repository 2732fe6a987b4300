"""`figures`: the dashboard's counts by day, and what contact costs."""
# ruff: noqa: PLC0415

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from bot.app.errors import Refusal

figures_app = typer.Typer(
    help="The dashboard's counts (看板数字): count again, prices.", no_args_is_help=True
)

#: Prices are kept in thousandths of a minor unit.
_MILLI, _MOST = 1000, 10**12


def register(app: typer.Typer) -> None:
    app.add_typer(figures_app, name="figures")


@figures_app.command()
def recount(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    test: Annotated[bool, typer.Option("--test", help="Test-mode portfolios.")] = False,
) -> None:
    """Count days anew from the history; the result is the same however often it is done."""
    from bot.app.commands.start import flows
    from bot.app.counting import figures

    if first > last:
        raise Refusal("--from is after --to", "give the earlier day first", code=2)
    with flows("figures") as product:
        made = figures(product).recount(first.date(), last.date(), livemode=not test)
    typer.echo(f"{made} counts made")


@figures_app.command()
def prices(
    code: Annotated[str, typer.Argument(help="Code of the portfolio.")],
    segment: Annotated[str | None, typer.Option(help="One SMS segment, 0.045.")] = None,
    minute: Annotated[str | None, typer.Option(help="One started minute of a call.")] = None,
    handoff: Annotated[str | None, typer.Option(help="One hand-off a collector takes.")] = None,
) -> None:
    """Show what contact costs, after changing what is named."""
    from bot.app.commands.start import flows
    from bot.store.figures.prices import Prices

    with flows("figures") as product, product.pool.connection() as connection:
        kept = Prices(connection)
        currency = kept.currency(code)
        if currency is None:
            raise Refusal(f"there is no portfolio {code}", "see yuehuan portfolio list", code=2)
        given = {
            "segment_milli": _milli("--segment", segment, currency),
            "minute_milli": _milli("--minute", minute, currency),
            "handoff_milli": _milli("--handoff", handoff, currency),
        }
        for name, milli in kept.change(code, given).items():
            typer.echo(f"{name.removesuffix('_milli')}: {_told(milli, currency)} {currency}")


def _milli(option: str, text: str | None, currency: str) -> int | None:
    from bot.domain.money import exponent

    if text is None:
        return None
    try:
        scaled = Decimal(text).scaleb(exponent(currency)) * _MILLI
    except InvalidOperation as wrong:
        raise Refusal(f"{option}: {text} is no price", "write it like 0.045", code=2) from wrong
    if not 0 <= scaled <= _MOST or scaled != int(scaled):
        raise Refusal(
            f"{option}: {text} is out of range", "at least 0, at most five decimals", code=2
        )
    return int(scaled)


def _told(milli: int, currency: str) -> str:
    from bot.domain.money import exponent

    return f"{Decimal(milli).scaleb(-exponent(currency)) / _MILLI:f}"
