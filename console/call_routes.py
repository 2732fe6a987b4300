"""Calls in the console: what was said on the case page, recordings, who takes calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.call.script import AskKind, Step
from bot.domain.call.values import TransferEnd
from bot.domain.rights import Right
from bot.flows.collectors import PersonError
from bot.flows.recordings import GoneError
from bot.scripts.names import masked
from console.guard import needs
from console.own_books import scope
from console.parts import ConsoleParts
from console.showing import KEYS, instant, span
from console.words import t, word

#: What proves who somebody is; what was pressed or said to it is nobody's to read.
_PROOFS = frozenset({AskKind.FACT, AskKind.REFERENCE})
#: The ends of a transfer that say more than that nobody was reached.
_ENDS = {TransferEnd.MET: "talk.met", TransferEnd.GAVE_UP: "talk.gave_up"}


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
            flash(t("talk.stale"), "warn")
        else:
            _go(parts, on=on)
        return redirect(url_for("console.desk"), 303)

    @pages.context_processor
    def card() -> dict[str, Any]:
        return {
            "calls_of": lambda case: _calls(parts, case),
            "live_calls": lambda: _live(parts),
        }


def _go(parts: ConsoleParts, *, on: bool) -> None:
    try:
        parts.collectors.set_duty(g.person.collector_id, on=on)
    except PersonError:
        flash(t("talk.no_phone"), "warn")
    else:
        flash(t("talk.duty_on" if on else "talk.duty_off"), "good")


def _live(parts: ConsoleParts) -> list[dict[str, Any]]:
    """Calls that go on, for the list of hand-offs."""
    with parts.read_calls() as views:
        rows = views.live_calls(scope())
    now = {mode: parts.clock.now(livemode=mode) for mode in {row["livemode"] for row in rows}}
    return [
        {
            **row,
            "name": masked(row["name"]) if row["name"] else t("talk.somebody"),
            "way": word("call_direction", row["direction"]),
            "with": _with({**row, "met": row["transfer"] == "talking"}),
            "since": span(now[row["livemode"]] - row["placed_at"]),
        }
        for row in rows
    ]


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
            "lasted": _lasted(row["seconds"]),
            "turns": _turns(parts, row),
            "recordings": [
                {**each, "lasted": _lasted(each["seconds"]) or t("talk.seconds", count=0)}
                for each in row["recordings"]
            ],
            "asks": _asks(row),
        }
        for row in rows
    ]


def _turns(parts: ConsoleParts, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was said, without what somebody proved themselves by; `note` is what only happened."""
    shown, asked = [], ""
    for turn in row["turns"]:
        shown.append({**turn, **_heard(_step(parts, row["script"], asked), turn)})
        asked = turn["step"]
    return shown


def _heard(step: Step | None, turn: Mapping[str, Any]) -> dict[str, Any]:
    """What came back to `step` in words of the page: the carrier's are nobody's."""
    text = turn["heard"]
    if step is not None and step.hand is not None and text:
        return {"heard": "", "note": t(_ENDS.get(text, "talk.not_met"))}
    if step is not None and step.record is not None:
        return {"heard": "", "silent": False, "note": t("talk.word_left")}
    if text and step is not None and step.ask is not None and step.ask.kind in _PROOFS:
        return {"heard": t("talk.proof")}
    return {"heard": t("talk.pressed", keys=text) if KEYS.fullmatch(text) else text}


def _step(parts: ConsoleParts, script: str, step: str) -> Step | None:
    """The step that asked; None for one that a newer script has no more."""
    try:
        return parts.playbook.calls.by_id(script, "zh-CN").steps[step]
    except (LookupError, ValueError):
        return None


def _lasted(seconds: int | None) -> str:
    """“44秒”, “3分5秒”; nothing for a call nobody picked up."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    return (
        t("talk.minutes", minutes=minutes, seconds=rest)
        if minutes
        else t("talk.seconds", count=rest)
    )


def _asks(row: Mapping[str, Any]) -> bool:
    """Whether the collector has yet to say what came of their own call."""
    mine = row["direction"] == "desk" and row["collector_id"] == g.person.collector_id
    return bool(mine and row["dialed"] and row["state"] == "ended" and row["result"] is None)


def _with(row: Mapping[str, Any]) -> str:
    if row["direction"] == "desk":
        told = word("call_result", row["result"]) if row.get("result") else ""
        return " · ".join(filter(None, (row["collector"], told)))
    if row["transfer"] is None:
        return ""
    if row["transfer"] == "over" and not row["met"]:
        return t("talk.not_met")
    told = word("call_transfer", row["transfer"])
    return f"{told} {row['collector']}" if row["collector"] else told
