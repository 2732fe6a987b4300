"""`portfolio` and `sender`: setting a desk up."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.start import require_schema, settings_of_process
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.flows.set_up import Offered
    from bot.store.portfolios import PortfolioRows

portfolio_app = typer.Typer(
    help="Creditors' books (资产包): add, list, show.", no_args_is_help=True
)
sender_app = typer.Typer(
    help="Numbers messages are sent from: add, list, start.", no_args_is_help=True
)

_MODES = {True: "正式 live", False: "测试 test"}


def register(app: typer.Typer) -> None:
    app.add_typer(portfolio_app, name="portfolio")
    app.add_typer(sender_app, name="sender")


@portfolio_app.command("add")
def add_portfolio(
    code: Annotated[str, typer.Argument(help="Short code, used in every command.")],
    creditor: Annotated[str, typer.Option(help="Who is owed, as the debtor knows it.")],
    signature: Annotated[str, typer.Option(help="SMS signature without the brackets.")],
    sender: Annotated[str, typer.Option(help="Code of the sender.")],
    cadence: Annotated[str, typer.Option(help="Which cadence it follows.")],
    phone: Annotated[str, typer.Option(help="The desk's number that a debtor can call.")],
    pack: Annotated[list[str], typer.Option(help="Policy pack; may be given several times.")],
    name: Annotated[str, typer.Option(help="Shown in lists; the code if left out.")] = "",
    creditor_key: Annotated[
        str, typer.Option(help="Same for all books of one creditor; the creditor if left out.")
    ] = "",
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Asia/Shanghai",
    region: Annotated[str, typer.Option(help="Region of phones without a country code.")] = "CN",
    currency: Annotated[str, typer.Option(help="Currency of rows that name none.")] = "CNY",
    collector_kind: Annotated[str, typer.Option(help="first_party, third_party.")] = "first_party",
    live: Annotated[bool, typer.Option("--live/--test", help="Real people, or test mode.")] = False,
    complaint_phone: Annotated[
        str, typer.Option(help="Where complaints go; the desk's number if left out.")
    ] = "",
    payee_account: Annotated[str, typer.Option(help="Repayment account, as printed.")] = "",
    contact_name: Annotated[
        str,
        typer.Option(help="Whom a message left on an answering machine names; none if left out."),
    ] = "",
    grace_days: Annotated[int, typer.Option(help="Days after a promise before it is broken.")] = 1,
    allocation: Annotated[
        str, typer.Option(help="How money is spread over debts; see docs/payments.md.")
    ] = "oldest_due_first",
) -> None:
    """Open a portfolio."""
    from bot.app.clock import system_now
    from bot.flows.ports.portfolios import NewPortfolio
    from bot.flows.set_up import open_portfolio

    new = NewPortfolio(
        code=code,
        name=name or code,
        creditor=creditor,
        creditor_key=creditor_key or creditor,
        signature=signature,
        zone=zone,
        region=region.upper(),
        currency=currency.upper(),
        cadence=cadence,
        packs=tuple(dict.fromkeys(pack)),
        sender=sender,
        livemode=live,
        collector_kind=collector_kind,
        phone=phone,
        complaint_phone=complaint_phone or phone,
        payee_account=payee_account,
        contact_name=contact_name.strip(),
        grace_days=grace_days,
        allocation=allocation,
    )
    with rows() as store:
        open_portfolio(store, new, offered(), system_now())
    typer.echo(f"{code}: {_MODES[live]}")


@portfolio_app.command("set")
def set_portfolio(
    code: Annotated[str, typer.Argument(help="Its code.")],
    creditor: Annotated[str | None, typer.Option(help="Who is owed.")] = None,
    signature: Annotated[str | None, typer.Option(help="SMS signature.")] = None,
    phone: Annotated[str | None, typer.Option(help="The desk's number.")] = None,
    complaint_phone: Annotated[str | None, typer.Option(help="Where complaints go.")] = None,
    payee_account: Annotated[str | None, typer.Option(help="Repayment account.")] = None,
    contact_name: Annotated[
        str | None,
        typer.Option(help="Whom a message left on an answering machine names; '' for none."),
    ] = None,
) -> None:
    """Change what debtors read and hear of a portfolio from now on."""
    from bot.app.clock import system_now
    from bot.flows.set_up import set_words

    given = {
        "creditor": creditor,
        "signature": signature,
        "phone": phone,
        "complaint_phone": complaint_phone,
        "payee_account": payee_account,
        "contact_name": contact_name,
    }
    words = {name: text.strip() for name, text in given.items() if text is not None}
    with rows() as store:
        set_words(store, code, words, system_now())
    typer.echo(f"{code}: {', '.join(words)} set")


@portfolio_app.command("allocation")
def allocation(
    code: Annotated[str, typer.Argument(help="Its code.")],
    order: Annotated[
        str,
        typer.Argument(help="oldest_due_first, interest_fee_principal, fee_interest_principal."),
    ],
) -> None:
    """Change how payments are spread over debts from now on."""
    from bot.flows.set_up import set_allocation

    with rows() as store:
        set_allocation(store, code, order)
    typer.echo(f"{code}: {order}")


@portfolio_app.command("list")
def list_portfolios() -> None:
    """All portfolios with their cases and what is owed."""
    from bot.domain.money import plain

    header = ("code", "name", "creditor", "mode", "cases", "open", "outstanding")
    with rows() as store:
        _table(
            header,
            [
                (
                    p.code,
                    p.name,
                    p.creditor,
                    _MODES[p.livemode] + (" 暂停 paused" if p.paused else ""),
                    str(p.cases),
                    str(p.open_cases),
                    f"{plain(p.outstanding_minor, p.currency)} {p.currency}",
                )
                for p in store.portfolios()
            ],
        )


@portfolio_app.command("show")
def show_portfolio(code: Annotated[str, typer.Argument(help="Its code.")]) -> None:
    """Everything that is set for one portfolio."""
    with rows() as store:
        found = store.portfolio(code)
    if found is None:
        raise Refusal(f"there is no portfolio {code}", "see yuehuan portfolio list", code=2)
    left_out = {"id", "sender_id"}
    _table(("field", "value"), [(k, _shown(v)) for k, v in found.items() if k not in left_out])


@sender_app.command("add")
def add_sender(
    code: Annotated[str, typer.Argument(help="Short code.")],
    kind: Annotated[str, typer.Option(help="sandbox, twilio.")],
    address: Annotated[str, typer.Option(help="The number, with its country code.")],
    live: Annotated[bool, typer.Option("--live/--test", help="Reaches real people?")] = False,
    per_second: Annotated[float, typer.Option(help="Segments per second.")] = 1.0,
    voice: Annotated[bool, typer.Option("--voice", help="May place and take calls.")] = False,
    calls_per_second: Annotated[float, typer.Option(help="Calls begun per second.")] = 1.0,
    lines: Annotated[int, typer.Option(help="Calls at a time.")] = 10,
) -> None:
    """Add a number to send from."""
    from bot.domain.vocabulary import SenderKind
    from bot.flows.ports.portfolios import NewSender
    from bot.flows.set_up import open_sender
    from bot.policy.routes import load_routes

    try:
        chosen = SenderKind(kind)
    except ValueError as wrong:
        raise Refusal(f"kind: {kind}", f"choose from {', '.join(SenderKind)}", code=2) from wrong
    with rows() as store:
        new = NewSender(code, chosen, address, live, per_second, voice, calls_per_second, lines)
        open_sender(store, new, real=load_routes().livemode[chosen])
    typer.echo(f"{code}: {_MODES[live]}")


@sender_app.command("voice")
def voice(
    code: Annotated[str, typer.Argument(help="Its code.")],
    on: Annotated[bool, typer.Option("--on/--off", help="May it place and take calls?")],
    calls_per_second: Annotated[float, typer.Option(help="Calls begun per second.")] = 1.0,
    lines: Annotated[int, typer.Option(help="Calls at a time.")] = 10,
) -> None:
    """Switch a sender's calls on or off."""
    from bot.flows.set_up import let_call

    with rows() as store:
        let_call(store, code, voice=on, calls_per_second=calls_per_second, lines=lines)
    typer.echo(f"{code}: {'calls' if on else 'does not call'}")


@sender_app.command("list")
def list_senders() -> None:
    """All senders, and why one stands still."""
    header = ("code", "kind", "number", "mode", "per second", "calls", "portfolios", "stopped")
    with rows() as store:
        _table(
            header,
            [
                (
                    s.code,
                    s.kind,
                    s.address,
                    _MODES[s.livemode],
                    f"{s.per_second:g}",
                    f"{s.calls_per_second:g}/s, {s.lines} lines" if s.voice else "",
                    str(s.portfolios),
                    s.stopped_reason or "",
                )
                for s in store.senders()
            ],
        )


@sender_app.command("start")
def start(code: Annotated[str, typer.Argument(help="Its code.")]) -> None:
    """Let a stopped sender send again, once its account is in order."""
    from bot.app.clock import system_now
    from bot.flows.set_up import start_sender

    with rows() as store:
        before = start_sender(store, code, system_now())
    was = before.stopped_reason
    typer.echo(f"{code}: {f'was stopped ({was}), sends again' if was else 'was not stopped'}")


@contextmanager
def rows() -> Iterator[PortfolioRows]:
    """The store in one transaction; problems become one line each.

    Raises Refusal.
    """
    import psycopg

    from bot.app.database import reach_database
    from bot.flows.set_up import SetUpError
    from bot.store.portfolios import PortfolioRows

    settings = settings_of_process()
    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)
        try:
            with psycopg.connect(url, options="-c TimeZone=UTC") as connection:
                yield PortfolioRows(connection)
        except SetUpError as wrong:
            lines = [f"{each.field}: {each.problem} → {each.remedy}" for each in wrong.problems]
            raise Refusal("\n".join(lines), code=2) from wrong


def offered() -> Offered:
    """What this release offers."""
    from bot.flows.set_up import Offered
    from bot.policy.cadence_loader import shipped_cadences
    from bot.policy.ledger_columns import ledger_words
    from bot.policy.pack_loader import load_packs

    return Offered(
        cadences=shipped_cadences().keys(),
        packs=load_packs().by_id.keys(),
        currencies=set(ledger_words().currencies.values()),
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _table(header: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*header, box=None, header_style="bold")
    for line in lines:
        table.add_row(*map(escape, line))
    Console(soft_wrap=True, highlight=False).print(table)
