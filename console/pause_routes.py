"""The big switch: stop everything or one portfolio, and start again; told on every page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.halts import HaltError
from bot.flows.ports.halting import Halt, HaltKind
from console.guard import needs, refuse
from console.moments import moment
from console.own_books import own_book, own_books
from console.parts import ConsoleParts
from console.words import t, word

_ZONE = "Asia/Shanghai"


def add_pause_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/pause`, and the banner of every page."""

    @pages.get("/pause")
    @needs(Right.SEE)
    def pause() -> str:
        return _page(parts, {})

    @pages.post("/pause")
    @needs(Right.PAUSE)
    def pause_act() -> AnyResponse | tuple[str, int]:
        code = request.form.get("code") or None
        if code is not None:
            own_book(parts, code, Right.PAUSE)
        elif g.person.scope is not None:
            refuse(parts, Right.PAUSE)
        try:
            _act(parts, code)
        except HaltError as refused:
            flash(word("halt_error", refused.code), "bad")
            return _page(parts, request.form), 422
        return redirect(url_for("console.pause"), 303)

    @pages.context_processor
    def banner() -> dict[str, Any]:
        return {"standing_halts": lambda: _shown(parts)}


def _act(parts: ConsoleParts, code: str | None) -> None:
    """Raises HaltError."""
    halts, who = parts.operations.halts, g.person.collector_id
    if request.form.get("do") == "lift":
        halts.lift(code, who)
        flash(t("pause.lifted"), "good")
        return
    quiet = halts.stop(code, who, request.form.get("reason", ""))
    flash(t("pause.stopped" if quiet else "pause.stopped_late"), "good" if quiet else "warn")


def _page(parts: ConsoleParts, typed: Any) -> str:
    standing = {halt.code: view(parts, halt) for halt in _standing(parts)}
    return render_template(
        "console/pause.html", books=own_books(parts), standing=standing, typed=typed
    )


def _standing(parts: ConsoleParts) -> list[Halt]:
    with parts.operations.views() as views:
        return views.halts()


def _shown(parts: ConsoleParts) -> list[dict[str, Any]]:
    """Stops somebody made; a portfolio that was never switched on is no news on every page."""
    if not g.get("person"):
        return []
    return [view(parts, halt) for halt in _standing(parts) if halt.kind is HaltKind.SWITCH]


def view(parts: ConsoleParts, halt: Halt) -> dict[str, Any]:
    """A stop in words."""
    return {
        "code": halt.code,
        "scope": halt.name or t("pause.everything"),
        "reason": t("pause.new") if halt.kind is HaltKind.NEW else halt.reason,
        "new": halt.kind is HaltKind.NEW,
        "by": halt.by or t("command_line"),
        "at": moment(halt.at, _ZONE, parts.clock.real()),
    }
