"""Who decides at the terminal: commands that leave a line in the trail ask for a log-in name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.app.product import Product

By = Annotated[str, typer.Option("--by", help="Your log-in name in the console; it is audited.")]


def person_id(product: Product, login: str) -> int:
    """Whose log-in name it is. Raises Refusal."""
    with product.transactions() as store:
        person = store.person_named(login.strip().lower())
    if person is None or person.disabled:
        raise Refusal(f"{login} is nobody here", "see yuehuan collector list", code=2)
    return person.collector_id


def one_of(option: str, given: str, known: tuple[str, ...]) -> str:
    """`given` when it is known. Raises Refusal with the words there are."""
    if given not in known:
        raise Refusal(f"{option} {given}", f"use one of {', '.join(known)}", code=2)
    return given
