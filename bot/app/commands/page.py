"""`page`: how the debtor's page looks, and the links that lead to it."""
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.app.errors import Refusal

page_app = typer.Typer(
    help="The debtor's page (还款页): its look, its links, who came back.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(page_app, name="page")


@page_app.command("look")
def look(
    code: Annotated[str, typer.Argument(help="Code of the portfolio.")],
    colour: Annotated[
        str | None, typer.Option(help="Of buttons and links, like #0b7457; '' is ours.")
    ] = None,
    logo: Annotated[
        str | None, typer.Option(help="PNG, JPEG or WebP file up to 20 kB; '' takes it away.")
    ] = None,
    bank_details: Annotated[
        str | None, typer.Option(help="Account name, number, bank; \\n between lines.")
    ] = None,
    complaint_address: Annotated[str | None, typer.Option(help="Where to write to.")] = None,
    privacy: Annotated[
        Path | None, typer.Option(help="Text file with the creditor's own privacy notice.")
    ] = None,
) -> None:
    """Set what is given, show everything."""
    from bot.app.commands.start import flows
    from bot.flows.page_looks import NewLook, set_look
    from bot.flows.set_up import SetUpError

    new = NewLook(
        colour=colour,
        logo=_content(Path(logo)) if logo else None if logo is None else b"",
        bank_details=bank_details and bank_details.replace("\\n", "\n"),
        complaint_address=complaint_address,
        privacy=_content(privacy).decode() if privacy else None,
    )
    try:
        with flows("page") as product, product.transactions() as store:
            now = set_look(store, code, new)
    except SetUpError as wrong:
        raise Refusal("\n".join(str(wrong).split("; ")), code=2) from wrong
    for name in ("colour", "logo_type", "bank_details", "complaint_address", "privacy"):
        typer.echo(f"{name}: {getattr(now, name) or '-'}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise Refusal(f"{path} cannot be read ({missing.strerror})", code=2) from missing


@page_app.command("link")
def link(case_id: Annotated[int, typer.Argument(help="Id of the case.")]) -> None:
    """Make a fresh link and print it; it is told this once."""
    from bot.app.commands.start import flows

    with flows("page") as product:
        livemode = _livemode(product, case_id)
        typer.echo(product.link_desk.hand_out(case_id, None, livemode=livemode))


@page_app.command("revoke")
def revoke(case_id: Annotated[int, typer.Argument(help="Id of the case.")]) -> None:
    """No link made so far opens the case's page any more."""
    from bot.app.commands.start import flows

    with flows("page") as product:
        count = product.link_desk.revoke(case_id, None, livemode=_livemode(product, case_id))
    typer.echo(f"{count} links revoked")


@page_app.command("leads")
def leads(
    portfolio: Annotated[str | None, typer.Option(help="Only this portfolio.")] = None,
) -> None:
    """Open cases whose debtor came back to the page and has not paid since."""
    from bot.app.commands.start import flows
    from bot.store.link_views import LinkViews

    with flows("page") as product, product.pool.connection() as connection:
        found = LinkViews(connection, product.seal).leads(portfolio)
    for row in found:
        proved = "verified" if row["verified"] else "not verified"
        last = f"{row['last_at']:%Y-%m-%d %H:%M}Z"
        line = f"case {row['case_id']} {row['portfolio']}: {row['visits']} visits, last {last}"
        typer.echo(f"{line}, {proved}")
    if not found:
        typer.echo("nobody came back without paying")


def _livemode(product: object, case_id: int) -> bool:
    from bot.app.product import Product

    assert isinstance(product, Product)
    with product.pool.connection() as connection:
        row = connection.execute(
            "SELECT p.livemode FROM cases c JOIN portfolio p ON p.id = c.portfolio_id "
            "WHERE c.id = %s",
            [case_id],
        ).fetchone()
    if row is None:
        raise Refusal(f"there is no case {case_id}", "see yuehuan case show", code=2)
    return bool(row[0])
