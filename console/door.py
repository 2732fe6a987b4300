"""Logging in and out, and the check before every page: a person, and a genuine form."""

from __future__ import annotations

from collections.abc import Mapping

from flask import (
    Blueprint,
    flash,
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

from bot.flows.collectors import LoginError
from console import sessions
from console.case_routes import show_case
from console.parts import ConsoleParts
from console.showing import clock_time

#: Pages for people who are not logged in yet.
_OPEN = frozenset({"console.log_in", "console.enter", "console.static"})

#: A form is good for as long as a session.
_FORM_SECONDS = int(sessions.LONGEST.total_seconds())

_WRONG = "账号或密码不对。连续输错 5 次会锁定 15 分钟。"
_EXPIRED = "登录已过期，请重新登录；刚才写的内容会带回来。"


def add_door(pages: Blueprint, parts: ConsoleParts) -> None:
    """The guard and the log-in pages."""

    @pages.before_request
    def guard() -> AnyResponse | None:
        if request.endpoint == "console.static":
            return None
        g.person = sessions.current(parts.collectors, parts.clock.real())
        g.stale_form = request.method == "POST" and not _genuine()
        if g.person is None and request.endpoint not in _OPEN:
            return _to_door()
        return None

    @pages.get("/login")
    def log_in() -> AnyResponse:
        if g.person:
            return redirect(url_for("console.desk"))
        return _door(request.args)

    @pages.post("/login")
    def enter() -> AnyResponse:
        form = request.form
        if g.stale_form:
            return _door(form, error="页面已过期，请再试一次。")
        try:
            person = parts.collectors.log_in(form.get("login", ""), form.get("password", ""))
        except LoginError as refused:
            return _door(form, error=_told(refused))
        sessions.begin(person, parts.clock.real())
        case_id = form.get("case", type=int)
        if form.get("draft") and case_id:
            g.person = person
            flash("您已重新登录。刚才写的备注还没有保存，请确认后再提交。", "warn")
            return show_case(parts, case_id, draft=form["draft"])
        return redirect(_next(form.get("next")) or url_for("console.desk"), 303)

    @pages.post("/logout")
    def log_out() -> AnyResponse:
        if not g.stale_form:
            session.clear()
        return redirect(url_for("console.log_in"), 303)


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
    kept = {
        "draft": request.form.get("note", ""),
        "case": str((request.view_args or {}).get("case_id", "")),
    }
    return _door(kept, error=_EXPIRED, status=401)


def _door(given: Mapping[str, str], *, error: str = "", status: int | None = None) -> AnyResponse:
    """The log-in page; what was `given` comes back with it, except the password."""
    page = render_template(
        "console/login.html",
        next_path=_next(given.get("next")) or "",
        draft=given.get("draft", ""),
        case=given.get("case", ""),
        login=given.get("login", ""),
        error=error,
    )
    return make_response(page, status or (403 if error else 200))


def _next(path: str | None) -> str | None:
    return sessions.own_path(path, "/console")


def _told(refused: LoginError) -> str:
    if refused.code == "locked" and refused.until is not None:
        until = clock_time(refused.until, "Asia/Shanghai")
        return f"失败次数过多，已锁定到 {until}。急用请找管理员重置密码。"
    return _WRONG
