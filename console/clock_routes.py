"""Moving the clock of test-mode portfolios."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.playbook import zone_of
from console.guard import needs
from console.parts import ConsoleParts
from console.sessions import own_path
from console.words import t

_ZONE = "Asia/Shanghai"
_MORNING = time(9, 0)


def add_clock_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/clock`; not there without a test clock."""

    @pages.post("/clock")
    @needs(Right.CLOCK)
    def move_clock() -> AnyResponse:
        if parts.test_clock is None:
            abort(404)
        until = target(parts.test_clock.now(), request.form.get("by", ""))
        if until is None:
            abort(400)
        if g.stale_form:
            flash(t("stale.what"), "warn")
        elif not parts.test_clock.advance(until):
            flash(t("clock.busy"), "warn")
        elif trouble := parts.test_clock.trouble():
            flash(t("clock.trouble", why=trouble), "bad")
        back = own_path(request.form.get("back"), "/console")
        return redirect(back or url_for("console.desk"), 303)


def target(now: datetime, by: str) -> datetime | None:
    """Where `1h`, `1d` or `morning` leads from `now`; None for anything else."""
    spans = {"1h": timedelta(hours=1), "1d": timedelta(days=1)}
    if by in spans:
        return now + spans[by]
    if by != "morning":
        return None
    local = now.astimezone(zone_of(_ZONE))
    days = 0 if local.time() < _MORNING else 1
    morning = datetime.combine(local.date() + timedelta(days=days), _MORNING, zone_of(_ZONE))
    return morning.astimezone(UTC)
