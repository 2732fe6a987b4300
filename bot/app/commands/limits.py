"""`limits`: what a portfolio grants by itself — plans and reductions."""
# ruff: noqa: PLC0415

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.domain.instalments import Limits

limits_app = typer.Typer(
    help="What a portfolio grants (分期、减免的权限): show, set.", no_args_is_help=True
)

Code = Annotated[str, typer.Argument(help="Code of the portfolio.")]


def register(app: typer.Typer) -> None:
    app.add_typer(limits_app, name="limits")


@limits_app.command()
def show(code: Code) -> None:
    """The limits of plans and reductions."""
    from bot.app.commands.start import flows

    with flows("limits") as product, product.transactions() as store:
        book = store.bank_book(code)
        if book is None:
            raise _unknown(code)
        _tell(store.limits(book.portfolio_id), book.currency)


@limits_app.command("set")
def set_limits(
    code: Code,
    periods: Annotated[int | None, typer.Option(help="Most instalments; 0: no plans.")] = None,
    minimum: Annotated[str | None, typer.Option(help="Least of one instalment, 100.00.")] = None,
    first_within: Annotated[int | None, typer.Option(help="Days until the first.")] = None,
    first_percent: Annotated[int | None, typer.Option(help="Share due with the first.")] = None,
    accept: Annotated[
        bool | None, typer.Option("--accept-by-rule/--ask-a-human", help="Who accepts.")
    ] = None,
    broken_after: Annotated[
        int | None, typer.Option(help="Instalments in arrears that break a plan.")
    ] = None,
    reduction: Annotated[
        str | None, typer.Option(help="A reduction up to this needs no second person.")
    ] = None,
    reduction_percent: Annotated[
        int | None, typer.Option(help="And up to this share of what is owed.")
    ] = None,
    fee: Annotated[
        str | None, typer.Option(help="Most in fees on one debt, where the packs allow any.")
    ] = None,
) -> None:
    """Change what is named, keep the rest."""
    from dataclasses import replace

    from bot.app.commands.start import flows

    with flows("limits") as product, product.transactions() as store:
        book = store.bank_book(code)
        if book is None:
            raise _unknown(code)
        given = {
            "most_periods": _within("--periods", periods, 0, 36),
            "least_minor": _sum("--minimum", minimum, book.currency),
            "first_within_days": _within("--first-within", first_within, 0, 60),
            "first_percent": _within("--first-percent", first_percent, 0, 100),
            "accept_by_rule": accept,
            "broken_after": _within("--broken-after", broken_after, 1, 12),
            "reduction_minor": _sum("--reduction", reduction, book.currency),
            "reduction_percent": _within("--reduction-percent", reduction_percent, 0, 100),
            "fee_minor": _sum("--fee", fee, book.currency),
        }
        changed = {name: value for name, value in given.items() if value is not None}
        limits = replace(store.limits(book.portfolio_id), **changed)  # type: ignore[arg-type]
        store.save_limits(book.portfolio_id, limits)
    _tell(limits, book.currency)


def _within(option: str, value: int | None, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        raise Refusal(f"{option} {value}", f"give {least} to {most}", code=2)
    return value


def _sum(option: str, text: str | None, currency: str) -> int | None:
    from bot.domain.money import to_minor

    if text is None:
        return None
    try:
        minor = to_minor(Decimal(text), currency)
    except (InvalidOperation, ValueError) as wrong:
        raise Refusal(f"{option} {text}", "give a sum such as 100.00", code=2) from wrong
    if minor < 0:
        raise Refusal(f"{option} {text}", "give zero or more", code=2)
    return minor


def _unknown(code: str) -> Refusal:
    return Refusal(f"there is no portfolio {code}", "see yuehuan portfolio list", code=2)


def _tell(limits: Limits, currency: str) -> None:
    from bot.domain.money import plain

    lines = (
        ("最多期数", "most instalments", str(limits.most_periods)),
        ("每期最低", "least of one", f"{plain(limits.least_minor, currency)} {currency}"),
        ("首期几天内", "first within days", str(limits.first_within_days)),
        ("首期比例", "first share", f"{limits.first_percent}%"),
        ("自动接受", "accepted by rule", "yes" if limits.accept_by_rule else "no"),
        ("几期未还作废", "broken after", str(limits.broken_after)),
        (
            "减免直接生效",
            "reduction at once",
            f"{plain(limits.reduction_minor, currency)} {currency}",
        ),
        ("且不超过欠款", "and at most", f"{limits.reduction_percent}%"),
        ("每笔费用上限", "fees on one debt", f"{plain(limits.fee_minor, currency)} {currency}"),
    )
    for chinese, english, value in lines:
        typer.echo(f"{chinese} {english}: {value}")
