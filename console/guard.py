"""What every page asks before it answers: a person, the right, the portfolio, a genuine form.

A page names its right with `@needs(Right.X)`; one that names none is refused to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

from flask import abort, current_app, g, request, session

from bot.domain.rights import Right
from bot.flows.ports.collectors import Person
from bot.policy.rights import holds
from console.parts import ConsoleParts

View = TypeVar("View", bound=Callable[..., Any])

#: Kinds of rows whose ids a form may name besides the address; see `bot.store.oversight`.
_IN_FORMS = ("case", "handoff", "plan", "reduction")

#: Fields of the split of a bank line name cases: `case0`, `case1` …
_SHARES = tuple(f"case{place}" for place in range(10))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a page asks for. `polled` pages are asked for by the script and keep nobody awake."""

    right: Right
    polled: bool = False
    looks: bool = False


def needs(right: Right, *, polled: bool = False, looks: bool = False) -> Callable[[View], View]:
    """The page is for people who hold `right`.

    Args:
        polled: the script asks by itself; that is no activity and keeps no session alive.
        looks: opening it shows a case (`case_id` in the address): a line of the trail.
    """

    def mark(view: View) -> View:
        view.terms = Terms(right, polled=polled, looks=looks)  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """The page is for people who are not logged in as well."""
    view.terms = None  # type: ignore[attr-defined]
    return view


def terms_of(view: Callable[..., Any]) -> Terms | None:
    """What a page asks for; None for one that is open. Raises LookupError when it names nothing."""
    if not hasattr(view, "terms"):
        raise LookupError(f"{view.__module__}.{view.__name__} names no right; add @needs(Right.…)")
    found: Terms | None = view.terms
    return found


def asked_terms() -> Terms | None:
    """What the page that is asked for needs; None for an open one, or where there is no page."""
    view = current_app.view_functions.get(request.endpoint or "")
    return terms_of(view) if view is not None else None


def may(right: Right | str) -> bool:
    """Whether the person of this request holds the right; for templates too."""
    person: Person | None = g.get("person")
    return person is not None and holds(person.role, Right(right))


def require(parts: ConsoleParts, right: Right) -> None:
    """Refuse one action of a page that is open to more people: 403 and a line of the trail."""
    if not may(right):
        refuse(parts, right)


def refuse(parts: ConsoleParts, right: Right) -> NoReturn:
    """403, and a line of the trail."""
    page = f"{request.method} {request.endpoint}"
    case_id = (request.view_args or {}).get("case_id")
    parts.security.oversight.refused(g.person.collector_id, right, page, case_id)
    abort(403)


def check(parts: ConsoleParts, terms: Terms) -> None:
    """Right and portfolio of the page that is asked for; leaves a line when it shows a case."""
    if not may(terms.right):
        refuse(parts, terms.right)
    if not parts.security.oversight.within(g.person, _rows(terms)):
        refuse(parts, terms.right)
    if terms.looks and request.method == "GET":
        _look(parts, int((request.view_args or {})["case_id"]))
    _narrow(terms)


def _narrow(terms: Terms) -> None:
    """Lists show the portfolio that was chosen in the bar; a single row is found all the same."""
    g.allowed = g.person.scope
    named = any(isinstance(value, int) for value in (request.view_args or {}).values())
    chosen = session.get("book")
    if chosen and request.method == "GET" and not named and terms.right is not Right.MANAGE:
        g.person = replace(g.person, scope=(chosen,) if g.person.sees(chosen) else g.person.scope)


def _look(parts: ConsoleParts, case_id: int) -> None:
    """A line per case opened; coming back to the one that is open already is not another look."""
    if session.get("open_case") != case_id:
        parts.security.oversight.looked(g.person.collector_id, case_id)
        session["open_case"] = case_id


def _rows(terms: Terms) -> Mapping[str, list[int | str]]:
    """Every row that address and form name, by kind."""
    found: dict[str, list[int | str]] = {}
    for name, value in (request.view_args or {}).items():
        if isinstance(value, int) and name.endswith("_id"):
            found.setdefault(name.removesuffix("_id"), []).append(value)
    if request.method == "POST":
        for name in (*_IN_FORMS, *_SHARES):
            value = request.form.get(name, type=int)
            if value:
                found.setdefault(name.rstrip("0123456789"), []).append(value)
        code = request.form.get("portfolio", "")
        if code and terms.right is not Right.MANAGE:  # there they are ids of any portfolio
            found["code"] = [code]
    return found
