"""Logging in and out, and the check before every page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import (
    Blueprint,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from bot.domain.rights import Right
from bot.flows.collectors import LoginError
from bot.flows.ports.collectors import Person
from console import resume, sessions
from console.guard import Terms, asked_terms, check, open_to_all
from console.parts import ConsoleParts
from console.showing import clock_time
from console.words import LANGUAGES, speak, t

#: A form is good for as long as a session.
_FORM_SECONDS = int(sessions.LONGEST.total_seconds())


def add_door(pages: Blueprint, parts: ConsoleParts) -> None:
    """The guard and the log-in pages."""

    @pages.before_request
    def guard() -> AnyResponse | None:
        if request.endpoint == "console.static":
            return None
        terms = asked_terms()
        g.seat = sessions.current(
            parts.security.sessions, active=terms is not None and not terms.polled
        )
        g.person = g.seat.person if g.seat else None
        speak(g.person.language if g.person else session.get("language", LANGUAGES[0]))
        g.stale_form = request.method == "POST" and not _genuine()
        return _stopped(parts, terms) if terms else None

    @pages.get("/login")
    @open_to_all
    def log_in() -> AnyResponse:
        if g.person:
            return redirect(url_for("console.desk"))
        if request.args.get("language") in LANGUAGES:
            session["language"] = request.args["language"]
            speak(session["language"])
        return _door(request.args)

    @pages.post("/login")
    @open_to_all
    def enter() -> AnyResponse:
        form = request.form
        if g.stale_form:
            return _door(form, error=t("door.stale"))
        try:
            person = parts.collectors.log_in(
                form.get("login", ""), form.get("password", ""), request.remote_addr or ""
            )
        except LoginError as refused:
            return _door(form, error=_told(refused))
        if person.second_factor:
            sessions.half(person, parts.clock.real())
            return _code(form)
        return _let_in(parts, person, form)

    @pages.post("/login/code")
    @open_to_all
    def enter_code() -> AnyResponse:
        form, login = request.form, sessions.half_in(parts.clock.real())
        if g.stale_form or login is None:
            return _door(form, error=t("door.stale"))
        try:
            person = parts.security.factors.check(
                login, form.get("code", ""), request.remote_addr or ""
            )
        except LoginError as refused:
            return _code(form, error=_told(refused))
        return _let_in(parts, person, form)

    @pages.post("/logout")
    @open_to_all
    def log_out() -> AnyResponse:
        if not g.stale_form:
            if g.seat:
                parts.security.sessions.leave(g.seat)
            session.clear()
        return redirect(url_for("console.log_in"), 303)


def _stopped(parts: ConsoleParts, terms: Terms) -> AnyResponse | None:
    """What is answered instead of the page; None when the page may answer. Aborts with 403."""
    if g.person is None:
        return _to_door()
    check(parts, terms)
    if g.stale_form:
        return _stale()
    if g.person.must_change and terms.right is not Right.OWN:
        return redirect(url_for("console.account"), 303)
    return None


def _let_in(parts: ConsoleParts, person: Person, form: Mapping[str, str]) -> AnyResponse:
    """A new session, then where one wanted to go, or what one had typed."""
    sessions.begin(parts.security.sessions, person)
    unfinished = resume.kept(form["kept"]) if form.get("kept") else None
    if unfinished is None:
        return redirect(_next(form.get("next")) or url_for("console.desk"), 303)
    g.person = person
    speak(person.language)
    return make_response(resume.offer(unfinished, t("resume.after_login")))


def _genuine() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=_FORM_SECONDS)
    except ValidationError:
        return False
    return True


def _to_door() -> AnyResponse:
    """A read goes to the log-in page; a write gets it at once, with what was typed."""
    if request.method == "GET":
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("console.log_in", next=wanted))
    return _door({"kept": resume.keep()}, error=t("door.expired"), status=401)


def _stale() -> AnyResponse:
    """A form whose page is too old, or that is not ours: nothing is done with it."""
    unfinished = resume.kept(resume.keep())
    if unfinished is None:
        return make_response(render_template("console/stale.html"), 400)
    return make_response(resume.offer(unfinished, t("resume.stale")), 400)


def _door(given: Mapping[str, str], *, error: str = "", status: int | None = None) -> AnyResponse:
    """The log-in page; what was `given` comes back with it, except the password."""
    page = render_template(
        "console/login.html",
        next_path=_next(given.get("next")) or "",
        kept=given.get("kept", ""),
        login=given.get("login", ""),
        error=error,
    )
    return make_response(page, status or (403 if error else 200))


def _code(given: Mapping[str, str], *, error: str = "") -> AnyResponse:
    """The second step: the code of the telephone, or one of the recovery codes."""
    page = render_template(
        "console/login_code.html",
        next_path=_next(given.get("next")) or "",
        kept=given.get("kept", ""),
        error=error,
    )
    return make_response(page, 403 if error else 200)


def _next(path: str | None) -> str | None:
    return sessions.own_path(path, "/console")


def _told(refused: LoginError) -> str:
    if refused.code == "locked" and refused.until is not None:
        return t("door.locked", until=clock_time(refused.until, "Asia/Shanghai"))
    return t("door.wrong_code" if refused.code == "wrong_code" else "door.wrong")
