"""People of the desk for admins: add, role, portfolios, password, sessions, disabling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right, Role
from bot.flows.collectors import PersonError
from bot.flows.ports.collectors import Person
from bot.policy.rights import load_rights
from console.account_routes import session_rows
from console.guard import needs
from console.parts import ConsoleParts
from console.words import t, word


def add_people_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/people` and `/console/people/<id>`."""

    @pages.get("/people")
    @needs(Right.MANAGE)
    def people() -> str:
        return _list(parts)

    @pages.post("/people")
    @needs(Right.MANAGE)
    def add_person() -> AnyResponse | str:
        form = request.form
        try:
            person_id, password = parts.security.people.add(
                g.person.collector_id,
                form.get("login", ""),
                form.get("name", ""),
                form.get("role", ""),
                _chosen(),
            )
        except PersonError as wrong:
            flash(word("person_error", wrong.code), "bad")
            return _list(parts)
        return _detail(parts, person_id, password=password)

    @pages.get("/people/<int:person_id>")
    @needs(Right.MANAGE)
    def person(person_id: int) -> str:
        return _detail(parts, person_id)

    @pages.post("/people/<int:person_id>")
    @needs(Right.MANAGE)
    def change_person(person_id: int) -> AnyResponse | str:
        _person(parts, person_id)
        do, password = request.form.get("do", ""), ""
        try:
            if do == "password":
                password = parts.security.people.new_password(g.person.collector_id, person_id)
            else:
                flash(_change(parts, do, person_id), "good")
        except PersonError as wrong:
            flash(word("person_error", wrong.code), "bad")
        if password:
            return _detail(parts, person_id, password=password)
        return redirect(url_for("console.person", person_id=person_id), 303)


def _change(parts: ConsoleParts, do: str, person_id: int) -> str:
    """Carry a button out; what to say. Raises PersonError."""
    flow, me, form = parts.security.people, g.person.collector_id, request.form
    buttons: dict[str, Callable[[], object]] = {
        "name": lambda: flow.rename(me, person_id, form.get("name", "")),
        "role": lambda: flow.set_role(me, person_id, form.get("role", "")),
        "portfolios": lambda: flow.set_portfolios(me, person_id, _chosen()),
        "enable": lambda: flow.enable(me, person_id),
        "factor": lambda: flow.clear_factor(me, person_id),
        "phone": lambda: flow.set_phone(me, person_id, form.get("phone", ""), "CN"),
        "end_session": lambda: parts.security.sessions.end(
            form.get("session", 0, type=int), person_id, me
        ),
    }
    if do == "disable":
        return t("people.disabled", count=flow.disable(me, person_id))
    if do == "end":
        return t("account.sessions_ended", count=parts.security.sessions.end_all(person_id, me))
    if do not in buttons:
        abort(400)
    buttons[do]()
    return t("people.saved")


def _chosen() -> Sequence[int] | None:
    """Portfolios that were ticked; None for all."""
    if request.form.get("all"):
        return None
    return [int(each) for each in request.form.getlist("portfolio") if each.isdecimal()]


def _list(parts: ConsoleParts) -> str:
    now = parts.clock.real()
    people = parts.collectors.people()
    with parts.read() as views:
        portfolios = views.portfolios()
    names = {row["id"]: row["name"] for row in portfolios}
    return render_template(
        "console/people.html",
        people=[
            {
                "who": person,
                "state": _state(person, locked=_is_locked(person, now)),
                "sees": _sees(person, names),
            }
            for person in people
        ],
        portfolios=portfolios,
        roles=list(Role),
        typed=request.form,
        ticked=request.form.getlist("portfolio"),
    )


def _detail(parts: ConsoleParts, person_id: int, *, password: str = "") -> str:
    found = _person(parts, person_id)
    with parts.read() as views:
        portfolios = views.portfolios()
    now = parts.clock.real()
    return render_template(
        "console/person.html",
        who=found,
        password=password,
        state=_state(found, locked=_is_locked(found, now)),
        roles=list(Role),
        rights=sorted(load_rights()[found.role] - {Right.OWN}),
        portfolios=portfolios,
        sessions=session_rows(parts, person_id),
        is_self=person_id == g.person.collector_id,
    )


def _person(parts: ConsoleParts, person_id: int) -> Person:
    found = next(
        (each for each in parts.collectors.people() if each.collector_id == person_id), None
    )
    if found is None:
        abort(404)
    return found


def _is_locked(person: Person, now: datetime) -> bool:
    until = person.locked_until
    return until is not None and until > now


def _state(person: Person, *, locked: bool) -> str:
    """A key of `person_state`."""
    if person.disabled:
        return "disabled"
    if locked:
        return "locked"
    return "on_duty" if person.on_duty else "active"


def _sees(person: Person, names: dict[int, str]) -> str:
    if person.scope is None:
        return t("people.all_portfolios")
    return t("list.comma").join(names.get(each, str(each)) for each in person.scope) or "—"
