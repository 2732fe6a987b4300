"""The portfolio that lists are narrowed to: chosen in the bar, kept with the session."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.store.views import Row
from console.guard import needs
from console.parts import ConsoleParts
from console.sessions import own_path


def add_book_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`POST /console/book`."""

    @pages.post("/book")
    @needs(Right.SEE)
    def book() -> AnyResponse:
        chosen = request.form.get("book", 0, type=int)
        if chosen and not any(row["id"] == chosen for row in books(parts)):
            abort(400)
        session["book"] = chosen
        back = own_path(request.form.get("back"), "/console")
        return redirect(back or url_for("console.desk"), 303)


def books(parts: ConsoleParts) -> list[Row]:
    """Every portfolio the person may see, whatever is chosen."""
    with parts.read() as views:
        return views.within(g.get("allowed", g.person.scope)).portfolios()


def chosen_book(parts: ConsoleParts) -> tuple[list[Row], Row | None]:
    """What can be chosen, and what is."""
    known = books(parts)
    return known, next((row for row in known if row["id"] == session.get("book")), None)
