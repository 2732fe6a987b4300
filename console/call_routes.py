"""Calls in the console: what was said on the case page, recordings, who takes calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.collectors import PersonError
from bot.flows.recordings import GoneError
from console.guard import needs
from console.parts import ConsoleParts
from console.showing import instant
from console.words import word

_STALE = "页面已过期，刚才的操作没有执行，请再点一次。"
_NO_PHONE = "还没有登记接听电话，请管理员用 yuehuan collector phone 登记。"


def add_call_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/recordings/<id>`, `/console/duty`, and the card of a case's calls."""

    @pages.get("/recordings/<int:recording_id>")
    @needs(Right.REVEAL)
    def recording(recording_id: int) -> AnyResponse:
        try:
            sound = parts.recordings.play(recording_id, g.person.collector_id)
        except GoneError:
            abort(404)
        except OSError:
            abort(503)
        answer = Response(sound, mimetype="audio/wav")
        answer.headers["Content-Disposition"] = f'inline; filename="{recording_id}.wav"'
        return answer

    @pages.post("/duty")
    @needs(Right.CLAIM)
    def duty() -> AnyResponse:
        on = request.form.get("on") == "1"
        if g.stale_form:
            flash(_STALE, "warn")
        else:
            _go(parts, on=on)
        return redirect(url_for("console.desk"), 303)

    @pages.context_processor
    def card() -> dict[str, Any]:
        return {
            "calls_of": lambda case: _calls(parts, case),
            "live_cases": lambda: _live(parts),
        }


def _go(parts: ConsoleParts, *, on: bool) -> None:
    try:
        parts.collectors.set_duty(g.person.collector_id, on=on)
    except PersonError:
        flash(_NO_PHONE, "warn")
    else:
        flash("开始接听转接的电话。" if on else "不再接听转接的电话。", "good")


def _live(parts: ConsoleParts) -> set[int]:
    with parts.read_calls() as views:
        return views.live()


def _calls(parts: ConsoleParts, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the case page shows of calls, newest first."""
    today = parts.clock.now(livemode=case["livemode"]).date()
    with parts.read_calls() as views:
        rows = views.calls(case["id"])
    return [
        {
            **row,
            "at": instant(row["placed_at"], case["zone"], today),
            "way": word("call_direction", row["direction"]),
            "how": word("call_outcome", row["outcome"] or row["state"]),
            "with": _with(row),
        }
        for row in rows
    ]


def _with(row: Mapping[str, Any]) -> str:
    if row["transfer"] is None:
        return ""
    told = word("call_transfer", row["transfer"])
    return f"{told} {row['collector']}" if row["collector"] else told
