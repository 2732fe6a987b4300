"""`collector`: the people who log in to the console."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.start import flows
from bot.app.errors import Refusal
from bot.app.passwords import generated_password
from bot.domain.rights import Role

if TYPE_CHECKING:
    from bot.flows.collectors import Collectors

collector_app = typer.Typer(
    help="People of the desk (催收员): roles, portfolios, passwords, sessions, calls.",
    no_args_is_help=True,
)

Login = Annotated[str, typer.Argument(help="Log-in name: a-z, 0-9, dot, dash, underscore.")]
Generate = Annotated[
    bool, typer.Option("--generate", help="Make a password and print it instead of asking.")
]

_PROBLEMS = {
    "bad_login": ("is not a log-in name", "use 2 to 32 of a-z 0-9 . _ -"),
    "taken": ("is taken", "choose another, or see yuehuan collector list"),
    "no_name": ("has no name", "give --name"),
    "bad_role": ("cannot have that role", "use collector, lead, compliance, operations or admin"),
    "short_password": ("needs a longer password", "use at least 10 characters"),
    "long_password": ("needs a shorter password", "use at most 200 characters"),
    "bad_phone": ("needs another number", "write it with its country code, like +8613800138000"),
    "no_phone": ("has no telephone on file", "set one with yuehuan collector phone"),
    "last_admin": ("is the last admin", "make somebody else an admin first"),
    "self": ("cannot do that to themselves", "ask another admin"),
    "no_portfolio": ("cannot see a portfolio that does not exist", "see yuehuan portfolio list"),
    "unknown": ("is nobody here", "see yuehuan collector list"),
}


def register(app: typer.Typer) -> None:
    app.add_typer(collector_app, name="collector")


@collector_app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="As colleagues read it.")],
    role: Annotated[str, typer.Option(help=", ".join(Role))] = "collector",
    generate: Generate = False,
) -> None:
    """Let a person log in to the console."""
    with people(login) as collectors:
        password = _password(generate=generate)
        collectors.add(login, name, role, password)
    _tell(f"{login.lower()}: added as {role}", password, generate=generate)


@collector_app.command("list")
def list_people() -> None:
    """Everybody with role and state."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("login", "name", "role", "state", box=None, header_style="bold")
    with flows("command") as product:
        now = product.clock.real()
        for person in product.collectors.people():
            locked = person.locked_until is not None and person.locked_until > now
            state = "disabled" if person.disabled else "locked" if locked else ""
            state = state or ("on duty" if person.on_duty else "")
            table.add_row(*map(escape, (person.login, person.name, person.role, state)))
    Console(soft_wrap=True, highlight=False).print(table)


@collector_app.command()
def disable(login: Login) -> None:
    """End the person's sessions and put what they hold back into the queue."""
    with people(login) as collectors:
        released = collectors.disable(login)
    typer.echo(f"{login}: disabled; hand-offs back in the queue: {released}")


@collector_app.command()
def enable(login: Login) -> None:
    """Let a disabled person log in again."""
    with people(login) as collectors:
        collectors.enable(login)
    typer.echo(f"{login}: may log in again")


@collector_app.command()
def role(login: Login, name: Annotated[str, typer.Argument(help=", ".join(Role))]) -> None:
    """Give the person another role."""
    with people(login) as collectors:
        collectors.set_role(login, name)
    typer.echo(f"{login}: {name}")


@collector_app.command()
def portfolios(
    login: Login,
    codes: Annotated[list[str] | None, typer.Argument(help="Codes; none for all.")] = None,
) -> None:
    """Let the person see these portfolios only, or all of them."""
    with people(login) as collectors:
        collectors.set_portfolios(login, codes or None)
    typer.echo(f"{login}: sees {', '.join(codes) if codes else 'all portfolios'}")


@collector_app.command("end-sessions")
def end_sessions(login: Login) -> None:
    """Log the person out everywhere."""
    with people(login) as collectors:
        ended = collectors.end_sessions(login)
    typer.echo(f"{login}: sessions ended: {ended}")


@collector_app.command()
def phone(
    login: Login,
    number: Annotated[str, typer.Argument(help="Where calls are put through to; '' for none.")],
    region: Annotated[str, typer.Option(help="Of a number without a country code.")] = "CN",
) -> None:
    """Set the telephone on which the person takes calls that are put through."""
    from bot.domain.phone import mask

    with people(login) as collectors:
        kept = collectors.set_phone(login, number, region)
    typer.echo(f"{login}: {'calls go to ' + mask(kept) if kept else 'takes no calls'}")


@collector_app.command()
def duty(login: Login, on: Annotated[bool, typer.Option("--on/--off", help="Take calls?")]) -> None:
    """Put calls through to the person, or no longer."""
    with people(login) as collectors:
        collectors.duty_of(login, on=on)
    typer.echo(f"{login}: {'on duty' if on else 'off duty'}")


@collector_app.command("reset-password")
def reset_password(login: Login, generate: Generate = False) -> None:
    """Set a new password; sessions of the old one end, a lock is lifted."""
    with people(login) as collectors:
        password = _password(generate=generate)
        collectors.reset_password(login, password)
    _tell(f"{login}: has a new password", password, generate=generate)


@contextmanager
def people(login: str) -> Iterator[Collectors]:
    """The flow; its errors become one line. Raises Refusal."""
    from bot.flows.collectors import PersonError

    with flows("command") as product:
        try:
            yield replace(product.collectors, at_terminal=True)
        except PersonError as wrong:
            problem, remedy = _PROBLEMS[wrong.code]
            raise Refusal(f"{login!r} {problem}", remedy, code=2) from wrong


def _password(*, generate: bool) -> str:
    if generate:
        return generated_password()
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _tell(done: str, password: str, *, generate: bool) -> None:
    typer.echo(f"{done}\npassword: {password}" if generate else done)
