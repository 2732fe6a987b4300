"""Where the desk's messengers are told what happened: channels, their hours, a test message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.alerts import AlertError, Wanted
from bot.flows.ports.alerting import Channel
from bot.policy.alerts import KINDS
from console.guard import needs
from console.moments import moment
from console.parts import ConsoleParts
from console.words import t, word


def add_alert_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/alerts` and `/console/alerts/<channel>`."""

    @pages.get("/alerts")
    @needs(Right.OPERATE)
    def alerts() -> str:
        return _page(parts, None, {})

    @pages.post("/alerts")
    @needs(Right.OPERATE)
    def alert_add() -> AnyResponse | tuple[str, int]:
        return _save(parts, 0)

    @pages.get("/alerts/<int:channel_id>")
    @needs(Right.OPERATE)
    def alert(channel_id: int) -> str:
        return _page(parts, channel_id, {})

    @pages.post("/alerts/<int:channel_id>")
    @needs(Right.OPERATE)
    def alert_act(channel_id: int) -> AnyResponse | tuple[str, int]:
        try:
            match request.form.get("do"):
                case "try":
                    took = parts.operations.alerts.try_out(channel_id)
                    flash(t("alerts.took" if took else "alerts.refused"), "good" if took else "bad")
                case "remove":
                    parts.operations.alerts.remove(channel_id, g.person.collector_id)
                    flash(t("alerts.removed"), "good")
                case _:
                    return _save(parts, channel_id)
        except AlertError as wrong:
            flash(word("alert_error", wrong.code), "bad")
        return redirect(url_for("console.alerts"), 303)


def _save(parts: ConsoleParts, channel_id: int) -> AnyResponse | tuple[str, int]:
    form = request.form
    wanted = Wanted(
        name=form.get("name", ""),
        address=form.get("address", ""),
        kinds=form.getlist("kinds"),
        test_too=form.get("test_too") == "1",
        quiet_from=form.get("quiet_from", ""),
        quiet_to=form.get("quiet_to", ""),
        zone=form.get("zone", "") or "Asia/Shanghai",
        language=form.get("language", ""),
        off=form.get("off") == "1",
    )
    try:
        parts.operations.alerts.save(channel_id, wanted, g.person.collector_id)
    except AlertError as wrong:
        flash(word("alert_error", wrong.code), "bad")
        return _page(parts, channel_id or None, form), 422
    flash(t("saved"), "good")
    return redirect(url_for("console.alerts"), 303)


def _page(parts: ConsoleParts, channel_id: int | None, form: Mapping[str, Any]) -> str:
    channels = parts.operations.alerts.listed()
    chosen = next((each for each in channels if each.channel_id == channel_id), None)
    now = parts.clock.real()
    return render_template(
        "console/alerts.html",
        channels=[
            {
                "channel": each,
                "sent": moment(each.sent_at, each.zone, now) if each.sent_at else None,
            }
            for each in channels
        ],
        chosen=channel_id if chosen else None,
        typed=form or (_as_typed(chosen) if chosen else {"zone": "Asia/Shanghai"}),
        kinds=KINDS,
        picked=request.form.getlist("kinds") if form else chosen.kinds if chosen else KINDS,
        shown=chosen.shown if chosen else "",
    )


def _as_typed(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "test_too": "1" if channel.test_too else "",
        "quiet_from": _hour(channel.quiet_from),
        "quiet_to": _hour(channel.quiet_to),
        "zone": channel.zone,
        "language": channel.language,
        "off": "1" if channel.off else "",
    }


def _hour(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"
