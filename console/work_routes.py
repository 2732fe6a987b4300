"""Work on one case: messages, promises, money, disputes, rests; and pages of its story.

A refused form leaves the page as it stands now, with everything that was typed still there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.domain.verdict import Verdict
from bot.flows.case_work import OUTCOMES
from bot.flows.desk import DeskError
from bot.flows.dialing import RESULTS
from bot.flows.writing import ObjectionsError, Outlook
from bot.store.views import Row
from console.case_routes import LONGEST_NOTE, desk_error, show_case
from console.found import found_case
from console.guard import needs, require
from console.parts import ConsoleParts
from console.showing import day, instant
from console.story_page import StoryAsked, tell
from console.typed import typed_day, typed_minor
from console.words import rule_word, t


def add_work_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/cases/<id>/work`, `…/draft`, `…/story`, `…/take`."""
    forms = _Forms(parts)

    @pages.post("/cases/<int:case_id>/work")
    @needs(Right.ANSWER)
    def work(case_id: int) -> AnyResponse:
        do, note = request.form.get("do", ""), request.form.get("note", "")[:LONGEST_NOTE]
        act = forms.acts.get(do)
        if act is None:
            abort(400)
        case = found_case(parts, case_id)
        try:
            if note.strip():
                parts.desk.note(case_id, g.person.collector_id, note, livemode=case["livemode"])
            tone, told = act(case)
        except ObjectionsError as refused:
            flash(t("write.refused"), "bad")
            return show_case(
                parts, case_id, kept=request.form, objections=refused.objections, status=422
            )
        except DeskError as refused:
            flash(desk_error(parts, case_id, refused), "bad")
            return show_case(parts, case_id, kept=request.form, status=409)
        flash(told, tone)
        if tone == "bad":  # a rule refused it: the words stay in their field
            return show_case(parts, case_id, kept=request.form, status=409)
        return redirect(url_for("console.case", case_id=case_id), 303)

    @pages.post("/cases/<int:case_id>/take")
    @needs(Right.CLAIM)
    def take(case_id: int) -> AnyResponse:
        try:
            parts.work.queue.take(case_id, g.person.collector_id)
        except DeskError as refused:
            flash(desk_error(parts, case_id, refused), "bad")
        else:
            flash(t("case.done.claim"), "good")
        return redirect(url_for("console.case", case_id=case_id), 303)

    @pages.post("/cases/<int:case_id>/payment")
    @needs(Right.ANSWER)
    def confirm(case_id: int) -> AnyResponse:
        approve = request.form.get("do") == "approve"
        if approve:
            require(parts, Right.APPROVE_REDUCTION)
        try:
            done = parts.work.cases.confirm_payment(case_id, g.person.collector_id, approve)
        except DeskError as refused:
            flash(desk_error(parts, case_id, refused), "bad")
        else:
            flash(t(f"case.payment.{done}"), "good")
        return redirect(url_for("console.case", case_id=case_id), 303)

    @pages.get("/cases/<int:case_id>/story")
    @needs(Right.SEE)
    def story(case_id: int) -> str:
        case = found_case(parts, case_id)
        today = parts.clock.now(livemode=case["livemode"]).date()
        with parts.work.read_story() as stories:
            told = tell(stories, case, today, StoryAsked.read(request.args))
        return render_template("console/story_more.html", case=case, told=told)

    @pages.post("/cases/<int:case_id>/draft")
    @needs(Right.ANSWER, polled=True)
    def draft(case_id: int) -> str:
        """What would become of the words that are being typed."""
        case, text = found_case(parts, case_id), request.form.get("message", "")
        now = parts.clock.now(livemode=case["livemode"])
        with parts.read() as views:
            facts = views.facts(case_id, now)
        writing = parts.work.writing
        return render_template(
            "console/draft.html",
            objections=writing.objections(facts, text) if text.strip() else [],
            outlook=writing.outlook(facts, now, text.strip() or None),
            typed=bool(text.strip()),
            case=case,
            today=now.date(),
        )

    @pages.context_processor
    def words() -> dict[str, Any]:
        return {
            "outlook_told": outlook_told,
            "refused_told": refused_told,
            "dispute_outcomes": sorted(OUTCOMES),
            "call_results": list(RESULTS),
        }


class _Forms:
    """Forms by their name; each returns the tone and the words of what was done."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._work, self._writing = parts.work.cases, parts.work.writing
        self._dialing = parts.work.dialing
        self.acts: dict[str, Callable[[Row], tuple[str, str]]] = {
            "write": self._write,
            "link": self._link,
            "call": self._call,
            "call_result": self._call_result,
            "promise": self._promise,
            "payment": self._payment,
            "dispute": self._dispute,
            "pause": self._pause,
            "resume": self._resume,
        }

    def _write(self, case: Row) -> tuple[str, str]:
        text = request.form.get("message", "")
        return _sent(self._writing.message(*_who(case), text, _key()), case)

    def _link(self, case: Row) -> tuple[str, str]:
        return _sent(self._writing.link(*_who(case), _key()), case)

    def _call(self, case: Row) -> tuple[str, str]:
        refused = self._dialing.call(*_who(case), _key())
        return ("good", t("dial.done")) if refused is None else ("bad", refused_told(refused))

    def _call_result(self, case: Row) -> tuple[str, str]:
        call = request.form.get("call", 0, type=int)
        self._dialing.result(*_who(case), call, request.form.get("result", ""))
        return "good", t("dial.kept")

    def _promise(self, case: Row) -> tuple[str, str]:
        on = typed_day(request.form.get("promise_date", ""))
        amount = typed_minor(request.form.get("promise_amount", ""), case["currency"])
        self._work.promise(*_who(case), on, amount)
        return "good", t("case.done.promise", day=_day(on))

    def _payment(self, case: Row) -> tuple[str, str]:
        amount = typed_minor(request.form.get("paid_amount", ""), case["currency"])
        if amount is None:
            raise DeskError("bad_amount")
        on = typed_day(request.form.get("paid_on", ""))
        if self._work.payment(*_who(case), amount, on, _key()):
            return "good", t("case.done.payment")
        return "warn", t("case.done.payment_asked")

    def _dispute(self, case: Row) -> tuple[str, str]:
        self._work.dispute_over(*_who(case), request.form.get("outcome", ""))
        return "good", t("case.done.dispute")

    def _pause(self, case: Row) -> tuple[str, str]:
        until = typed_day(request.form.get("until", ""))
        self._work.pause(*_who(case), until)
        return "good", t("case.done.pause", day=_day(until))

    def _resume(self, case: Row) -> tuple[str, str]:
        self._work.resume(*_who(case))
        return "good", t("case.done.resume")


def _who(case: Row) -> tuple[int, int, str]:
    return case["id"], g.person.collector_id, request.form.get("seen", "")


def _key() -> str:
    """What makes this very form count once."""
    return request.form.get("key", "")[:40]


def _day(on: date) -> str:
    return day(on, on)


def _sent(outlook: Outlook, case: Row) -> tuple[str, str]:
    told = outlook_told(outlook, case["zone"])
    return ("good", t("write.done", told=told)) if outlook.goes else ("bad", told)


def refused_told(verdict: Verdict) -> str:
    """Why nobody can be called now, and by which rule."""
    said = rule_word(verdict.rule) or verdict.rule
    return t("dial.denied", said=said, rule=verdict.rule)


def outlook_told(outlook: Outlook, zone: str) -> str:
    """Whether and when a message goes out, and by which rule not."""
    if outlook.verdict is None:
        return t("write.no_number")
    said = rule_word(outlook.verdict.rule) or outlook.verdict.rule
    if not outlook.goes:
        return t("write.denied", said=said, rule=outlook.verdict.rule)
    if outlook.verdict.until is not None and outlook.at is not None:
        at = instant(outlook.at, zone, outlook.at.date())
        return t("write.later", at=at, said=said, rule=outlook.verdict.rule)
    return t("write.now")
