"""`fee`: the desk's own fees on a debt, and giving them up."""
# ruff: noqa: PLC0415

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.by_person import By, one_of, person_id
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.app.product import Product
    from bot.flows.fees import FeeError, FeeOrder

fee_app = typer.Typer(help="Fees of the desk (费用): charge, waive.", no_args_is_help=True)

Case = Annotated[int, typer.Argument(help="Case id.")]
Debt = Annotated[str, typer.Option("--debt", help="As the creditor writes it, or its id.")]
Amount = Annotated[str, typer.Option("--amount", help="In the case's currency, 15.00.")]
Key = Annotated[str, typer.Option("--key", help="Yours: the same key again is the same fee.")]

_PROBLEMS = {
    "may_not": ("only a lead or an admin may do that", "ask one of them"),
    "unknown_case": ("there is no such case", "see yuehuan case show"),
    "unknown_debt": ("the case has no such debt", "see yuehuan case show"),
    "not_positive": ("the amount is not above zero", "give a sum such as 15.00"),
    "no_limit": ("the portfolio charges no fees", "see yuehuan limits set --fee"),
    "above_limit": ("that is above the portfolio's limit", "see yuehuan limits show"),
    "held": ("the case is disputed or closed", "nothing was changed"),
    "nothing_owed": ("the debt is paid", "nothing was changed"),
    "no_such_fee": ("the debt does not owe so much in fees", "give no more than its fees"),
    "pack_refuses": ("the policy pack allows no fees", "see yuehuan policy show"),
}


def register(app: typer.Typer) -> None:
    app.add_typer(fee_app, name="fee")


@fee_app.command()
def charge(
    case: Case,
    debt: Debt,
    amount: Amount,
    reason: Annotated[str, typer.Option("--reason", help="What for; see the answer.")],
    by: By,
    key: Key = "",
) -> None:
    """Add a fee to a debt, where the portfolio's packs and its limit allow one."""
    from bot.app.commands.start import flows
    from bot.app.granting import fees
    from bot.flows.fees import FEE_REASONS, FeeError

    one_of("--reason", reason, FEE_REASONS)
    with flows("fee") as product:
        order = _order(product, case, debt, amount, key, reason)
        try:
            new = fees(product).charge(person_id(product, by), order)
        except FeeError as wrong:
            raise _refusal(wrong) from wrong
    typer.echo("charged" if new else "known already, nothing was changed")


@fee_app.command()
def waive(case: Case, debt: Debt, amount: Amount, by: By, key: Key = "") -> None:
    """Give up so much of a debt's fees."""
    from bot.app.commands.start import flows
    from bot.app.granting import fees
    from bot.flows.fees import FeeError

    with flows("fee") as product:
        order = _order(product, case, debt, amount, key, "")
        try:
            new = fees(product).waive(person_id(product, by), order)
        except FeeError as wrong:
            raise _refusal(wrong) from wrong
    typer.echo("waived" if new else "known already, nothing was changed")


def _order(product: Product, case: int, debt: str, amount: str, key: str, reason: str) -> FeeOrder:
    from secrets import token_urlsafe

    from bot.domain.money import to_minor
    from bot.flows.fees import FeeOrder

    with product.transactions() as store:
        head = store.case_head(case)
        if head is None:
            raise Refusal(f"there is no case {case}", "see yuehuan case show", code=2)
        facts = store.facts([case], product.clock.now(livemode=head.livemode))[0]
    named = {each.ref: each.debt_id for each in facts.debts}
    debt_id = named.get(debt) or (int(debt) if debt.isdecimal() else 0)
    try:
        minor = to_minor(Decimal(amount), facts.currency)
    except (InvalidOperation, ValueError) as wrong:
        raise Refusal(f"--amount {amount}", "give a sum such as 15.00", code=2) from wrong
    return FeeOrder(case, debt_id, minor, key or token_urlsafe(12), reason)


def _refusal(wrong: FeeError) -> Refusal:
    problem, remedy = _PROBLEMS[wrong.code]
    return Refusal(f"{problem} {wrong.rule}".strip(), remedy)
