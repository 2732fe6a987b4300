"""The list of hand-offs: its page, its live part, its filters, and what is done from it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.desk import DeskError
from bot.policy.desk import load_desk
from bot.policy.handoffs import load_handoffs
from bot.store.queue_views import VIEWS, Asked
from bot.store.views import Row
from console import sessions
from console.alarms import alarm_view
from console.guard import may, needs
from console.parts import ConsoleParts
from console.pulse import standing, stream
from console.queue import Clocks, asked_of, figures_of, filter_of, lines_of
from console.words import reason_word, t, word

#: Lines of the list; who has worked these off gets the next ones.
LONGEST_LIST = 100

#: Hours one can put something aside for from the list.
ASIDE = (1, 4, 24, 72)


def add_queue_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/`, `/console/queue`, `/console/stream`, filters, and hand-offs' buttons."""
    _reading(pages, parts)
    _doing(pages, parts)
    _own(pages, parts)


def _reading(pages: Blueprint, parts: ConsoleParts) -> None:
    @pages.get("/")
    @needs(Right.SEE)
    def desk() -> AnyResponse | str:
        with parts.work.read_queue() as views:
            filters = views.filters(g.person.collector_id)
            taking = views.taking(g.person.collector_id)
            portfolios = views.portfolios(g.person.scope)
        first = next((each for each in filters if each["first"]), None)
        if first is not None and not request.args:
            return redirect(url_for("console.desk", **first["query"], f=first["id"]))
        return render_template(
            "console/desk.html",
            **_list(parts),
            alarms=_alarms(parts),
            portfolios=portfolios,
            filters=[_kept(each) for each in filters],
            taking=taking,
        )

    @pages.get("/queue")
    @needs(Right.SEE, polled=True)
    def queue() -> str:
        return render_template("console/queue.html", **_list(parts))

    @pages.get("/stream")
    @needs(Right.SEE, polled=True)
    def news() -> Response:
        known = request.headers.get("Last-Event-ID") or request.args.get("since", "")
        return stream(parts.work, known, request.args.get("case", type=int))


def _list(parts: ConsoleParts) -> dict[str, Any]:
    """What the list shows, its counts, and the note it is as new as."""
    since = standing(parts.work)
    asked, clocks = _asked(), Clocks.read(parts.clock)
    with parts.work.read_queue() as views:
        rows = views.lines(asked, limit=LONGEST_LIST)
        counts, reasons = views.counts(asked, live=clocks.live, test=clocks.test)
        people = views.people() if may(Right.ASSIGN) else []
    lines = lines_of(rows, clocks, parts.playbook, g.person.collector_id)
    return {
        "lines": lines,
        "figures": figures_of(lines, counts),
        "counts": counts,
        "views": VIEWS,
        "asked": asked,
        "narrowed": any((asked.reason, asked.portfolio, asked.priority)),
        "cut": len(lines) == LONGEST_LIST,
        "reasons": [
            (reason.value, reason_word(reason.value), reasons[reason.value])
            for reason in load_handoffs()
            if reason.value in reasons
        ],
        "people": people,
        "aside_hours": ASIDE,
        "since": since,
        "query": filter_of(request.args),
    }


def _asked() -> Asked:
    return asked_of(request.args, g.person.collector_id, g.person.scope)


def _kept(row: Row) -> Row:
    query = filter_of(row["query"])
    return {**row, "query": query, "here": query == filter_of(request.args)}


def _alarms(parts: ConsoleParts) -> list[Row]:
    with parts.operations.views() as views:
        return [alarm_view(row, parts.clock.real()) for row in views.alarms()]


def _doing(pages: Blueprint, parts: ConsoleParts) -> None:
    flow = parts.work.queue

    @pages.post("/handoffs/<int:handoff_id>/assign")
    @needs(Right.ASSIGN)
    def assign(handoff_id: int) -> AnyResponse:
        to = request.form.get("to", type=int)
        return _done(lambda: flow.assign(handoff_id, g.person.collector_id, to), "queue.assigned")

    @pages.post("/handoffs/<int:handoff_id>/aside")
    @needs(Right.CLAIM)
    def aside(handoff_id: int) -> AnyResponse:
        hours = request.form.get("hours", 0, type=int)
        who = g.person.collector_id
        if hours:
            return _done(lambda: flow.put_aside(handoff_id, who, hours), "queue.put_aside")
        return _done(lambda: flow.bring_back(handoff_id, who), "queue.brought_back")

    @pages.post("/next")
    @needs(Right.CLAIM)
    def next_one() -> AnyResponse:
        """The most urgent one that can be claimed; a colleague may always be quicker."""
        with parts.work.read_queue() as views:
            rows = views.lines(_asked_of_form(), limit=20)
        for row in rows:
            if row["state"] == "open" and _claimed(parts, row["id"]):
                return redirect(url_for("console.case", case_id=row["case_id"]), 303)
        flash(t("queue.nothing_next"), "warn")
        return _back()


def _asked_of_form() -> Asked:
    return asked_of(request.form, g.person.collector_id, g.person.scope)


def _claimed(parts: ConsoleParts, handoff_id: int) -> bool:
    try:
        parts.desk.claim(handoff_id, g.person.collector_id)
    except DeskError:
        return False
    return True


def _own(pages: Blueprint, parts: ConsoleParts) -> None:
    flow = parts.work.queue

    @pages.post("/taking")
    @needs(Right.CLAIM)
    def taking() -> AnyResponse:
        on = request.form.get("on") == "1"
        told = "queue.taking_on" if on else "queue.taking_off"
        return _done(lambda: flow.set_taking(g.person.collector_id, on=on), told)

    @pages.post("/filters")
    @needs(Right.SEE)
    def filters() -> AnyResponse:
        who, form = g.person.collector_id, request.form
        if form.get("drop", type=int):
            return _done(lambda: flow.drop_filter(who, int(form["drop"])), "queue.filter_dropped")
        query, first = filter_of(form), bool(form.get("first"))
        name = form.get("name", "")
        return _done(lambda: flow.keep_filter(who, name, query, first=first), "queue.filter_kept")

    @pages.get("/team")
    @needs(Right.ASSIGN)
    def team() -> str:
        with parts.work.read_queue() as views:
            people = views.people()
        return render_template("console/team.html", people=people, policy=load_desk())

    @pages.post("/team/<int:collector_id>")
    @needs(Right.ASSIGN)
    def team_member(collector_id: int) -> AnyResponse:
        form, who = request.form, g.person.collector_id
        skills = form.getlist("skill")
        text = form.get("capacity", "").strip()
        capacity = int(text) if text.isdecimal() else (0 if text else None)
        try:
            flow.set_up(who, collector_id, skills, capacity)
        except DeskError as refused:
            flash(word("desk_error", refused.code), "bad")
        else:
            flash(t("team.saved"), "good")
        return redirect(url_for("console.team"), 303)


def _done(act: Any, told: str) -> AnyResponse:
    """Carry out and go back to where the button was."""
    try:
        act()
    except DeskError as refused:
        flash(word("desk_error", refused.code).format(who=""), "bad")
    else:
        flash(t(told), "good")
    return _back()


def _back() -> AnyResponse:
    to = sessions.own_path(request.form.get("back"), "/console")
    kept: dict[str, Any] = {**filter_of(request.form)}
    return redirect(to or url_for("console.desk", **kept), 303)
