"""One's own account: password, second factor, sessions, language and look."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.collectors import PersonError
from bot.flows.ports.sessions import SessionLine
from bot.flows.second_factor import FactorError
from bot.payments.qr import svg_of
from console.guard import needs
from console.moments import moment
from console.parts import ConsoleParts
from console.sessions import own_path
from console.words import LANGUAGES, speak, t, word

THEMES = ("auto", "light", "dark")
_ZONE = "Asia/Shanghai"


def add_account_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/account` and its forms."""

    @pages.get("/account")
    @needs(Right.OWN)
    def account() -> str:
        return _page(parts)

    @pages.post("/account/password")
    @needs(Right.OWN)
    def change_password() -> AnyResponse:
        form = request.form
        if form.get("new_password") != form.get("again_password"):
            flash(t("account.differ"), "bad")
            return _back()
        try:
            parts.collectors.change_password(
                g.person.collector_id,
                form.get("old_password", ""),
                form.get("new_password", ""),
                session=g.seat.session_id,
            )
        except PersonError as wrong:
            flash(word("person_error", wrong.code), "bad")
        else:
            flash(t("account.password_changed"), "good")
        return _back()

    @pages.post("/account/settings")
    @needs(Right.OWN)
    def settings() -> AnyResponse:
        form, person = request.form, g.person
        spoken, theme = form.get("language", person.language), form.get("theme", person.theme)
        if spoken not in LANGUAGES or theme not in THEMES:
            abort(400)
        parts.collectors.prefer(person.collector_id, language=spoken, theme=theme)
        session["language"] = spoken
        speak(spoken)
        return redirect(own_path(form.get("back"), "/console") or url_for("console.account"), 303)

    @pages.post("/account/factor")
    @needs(Right.OWN)
    def factor() -> AnyResponse | str:
        try:
            codes = _factor(parts, request.form.get("do", ""), request.form.get("code", ""))
        except FactorError as wrong:
            flash(word("factor_error", wrong.code), "bad")
            return _back()
        return _page(parts, codes=codes) if codes else _back()

    @pages.post("/account/sessions")
    @needs(Right.OWN)
    def end_sessions() -> AnyResponse:
        me, chosen = g.person.collector_id, request.form.get("session", type=int)
        flow = parts.security.sessions
        if chosen:
            flow.end(chosen, me, me)
            flash(t("account.session_ended"), "good")
        else:
            count = flow.end_all(me, me, but=g.seat.session_id)
            flash(t("account.sessions_ended", count=count), "good")
        return _back()


def session_rows(parts: ConsoleParts, collector_id: int, here: int = 0) -> list[dict[str, Any]]:
    """Sessions of a person as a table shows them; `here` is the one that looks."""
    now = parts.clock.real()

    def row(line: SessionLine) -> dict[str, Any]:
        return {
            "id": line.session_id,
            "here": line.session_id == here,
            "begun": moment(line.begun_at, _ZONE, now),
            "seen": moment(line.seen_at, _ZONE, now),
            "address": line.address,
            "agent": browser_name(line.agent),
        }

    return [row(line) for line in parts.security.sessions.of(collector_id)]


def browser_name(agent: str) -> str:
    """`Chrome · Windows` from what a browser calls itself; the text's beginning for others."""
    browsers = (
        ("MicroMessenger", "WeChat"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    )
    found = [
        next((name for mark, name in marks if mark in agent), "") for marks in (browsers, systems)
    ]
    return " · ".join(filter(None, found)) or agent[:40] or "—"


def _page(parts: ConsoleParts, *, codes: list[str] | None = None) -> str:
    me, factors = g.person, parts.security.factors
    pending = None if me.second_factor or codes else factors.pending(me)
    return render_template(
        "console/account.html",
        sessions=session_rows(parts, me.collector_id, g.seat.session_id),
        pending=pending,
        code_picture=svg_of(pending[1], label=t("account.scan")) if pending else "",
        codes=codes,
        factor_on=me.second_factor or bool(codes),
        left=factors.left(me.collector_id) if me.second_factor else 0,
        themes=THEMES,
        languages=LANGUAGES,
    )


def _factor(parts: ConsoleParts, do: str, code: str) -> list[str] | None:
    """Recovery codes to be shown once, or nothing. Raises FactorError."""
    me, factors = g.person.collector_id, parts.security.factors
    if do == "begin":
        factors.begin(g.person)
    elif do == "confirm":
        return factors.confirm(me, code)
    elif do == "renew":
        return factors.renew_recovery(me, code)
    elif do == "off":
        factors.turn_off(me, code)
        flash(t("account.factor_off"), "good")
    else:
        abort(400)
    return None


def _back() -> AnyResponse:
    return redirect(url_for("console.account"), 303)
