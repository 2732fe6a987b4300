"""Portfolios as the person of a request may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g

from bot.domain.rights import Right
from bot.store.portfolio_desk import Row
from console.guard import refuse
from console.parts import ConsoleParts


def own_books(parts: ConsoleParts) -> list[Row]:
    """Every portfolio the person may see."""
    with parts.operations.views() as views:
        return [row for row in views.portfolios() if g.person.sees(row["id"])]


def own_book(parts: ConsoleParts, code: str, right: Right) -> dict[str, Any]:
    """The portfolio of that code. 404 without one; 403 and a line of the trail when not one's own."""
    with parts.operations.views() as views:
        found = views.portfolio(code)
    if found is None:
        abort(404)
    if not g.person.sees(found["id"]):
        refuse(parts, right)
    return found


def scope() -> Sequence[int] | None:
    """Ids of the person's portfolios; None for all."""
    own: Sequence[int] | None = g.person.scope
    return own
