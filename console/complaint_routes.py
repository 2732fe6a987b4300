"""The register of complaints: list, one complaint, its letter, the report."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.complaints import ComplaintError, Received
from bot.flows.playbook import zone_of
from bot.flows.ports.complaining import ComplaintKind, Outcome, Source
from bot.policy.complaints import complaint_terms, term_for
from console.guard import needs
from console.moments import moment
from console.own_books import own_book, own_books, scope
from console.parts import ConsoleParts
from console.showing import span
from console.spreadsheets import csv_file
from console.words import t, word

_ZONE = "Asia/Shanghai"

#: Sources a person can choose; the bot's own come by themselves.
_BY_HAND = [source.value for source in Source if source is not Source.BOT]

_COLUMNS = (
    "number",
    "portfolio",
    "kind",
    "source",
    "received",
    "due",
    "outcome",
    "decided",
    "told",
    "in_time",
    "extended",
)


def add_complaint_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/complaints` and what lies below."""

    @pages.get("/complaints")
    @needs(Right.COMPLAINTS)
    def complaints() -> str:
        return _list(parts)

    @pages.post("/complaints")
    @needs(Right.COMPLAINTS)
    def complaint_register() -> AnyResponse | tuple[str, int]:
        form = request.form
        if form.get("code"):
            own_book(parts, form["code"], Right.COMPLAINTS)
        given = Received(
            code=form.get("code", ""),
            case_id=form.get("case", type=int),
            source=form.get("source", ""),
            kind=form.get("kind", ""),
            on=_day(form.get("on")),
            complainant=form.get("complainant", ""),
            summary=form.get("summary", ""),
        )
        try:
            number = parts.operations.complaints.register(given, g.person.collector_id)
        except ComplaintError as wrong:
            flash(word("complaint_error", wrong.code), "bad")
            return _list(parts), 422
        return redirect(url_for("console.complaint", complaint_id=number), 303)

    @pages.get("/complaints/<int:complaint_id>")
    @needs(Right.COMPLAINTS)
    def complaint(complaint_id: int) -> str:
        return _page(parts, complaint_id)

    @pages.post("/complaints/<int:complaint_id>")
    @needs(Right.COMPLAINTS)
    def complaint_act(complaint_id: int) -> AnyResponse | tuple[str, int]:
        try:
            _act(parts, complaint_id)
        except ComplaintError as wrong:
            flash(word("complaint_error", wrong.code), "bad")
            return _page(parts, complaint_id), 422
        flash(t("saved"), "good")
        return redirect(url_for("console.complaint", complaint_id=complaint_id), 303)

    @pages.get("/complaints/<int:complaint_id>/letter")
    @needs(Right.COMPLAINTS)
    def complaint_letter(complaint_id: int) -> str:
        with parts.operations.registers() as views:
            found = views.one(complaint_id)
        if found is None or not found["letter"]:
            abort(404)
        who = g.person.collector_id
        parts.operations.complaints.looked(complaint_id, who, "complaint_letter")
        title, *paragraphs = found["letter"].split("\n\n")
        return render_template("console/letter.html", title=title, paragraphs=paragraphs)

    @pages.get("/complaints/report")
    @needs(Right.COMPLAINTS)
    def complaint_report() -> str | Response:
        return _report(parts)


def _act(parts: ConsoleParts, complaint_id: int) -> None:
    """Raises ComplaintError."""
    flow, form, who = parts.operations.complaints, request.form, g.person.collector_id
    match form.get("do"):
        case "take":
            flow.take(complaint_id, who)
        case "note":
            flow.note(complaint_id, who, form.get("note", ""))
        case "classify":
            flow.classify(complaint_id, who, form.get("kind", ""))
        case "extend":
            flow.extend(complaint_id, who, form.get("why", ""))
        case "decide":
            flow.decide(complaint_id, who, form.get("outcome", ""), form.get("explanation", ""))
        case "told":
            flow.told(complaint_id, who, form.get("how", ""))
        case _:
            abort(400)


def _list(parts: ConsoleParts) -> str:
    asked = request.args
    state = {"open": True, "done": False}.get(asked.get("state", "open"))
    with parts.operations.registers() as views:
        rows = views.listed(scope=scope(), code=asked.get("portfolio") or None, is_open=state)
    now, lines = parts.clock.real(), [_line(row, parts) for row in rows]
    return render_template(
        "console/complaints.html",
        rows=lines,
        late=sum(line["late"] and line["state"] != "told" for line in lines),
        books=own_books(parts),
        sources=_BY_HAND,
        kinds=[kind.value for kind in ComplaintKind],
        asked=asked,
        typed=request.form,
        today=now.astimezone(zone_of(_ZONE)).date(),
    )


def _line(row: dict[str, Any], parts: ConsoleParts) -> dict[str, Any]:
    due, zone = row["due_at"], row["zone"]
    now = parts.clock.now(livemode=row["livemode"])
    ended = row["told_at"] or now
    late = ended > due
    key = "complaint.late_by" if late else "complaint.left"
    return {
        **row,
        "received": moment(row["received_at"], zone, now),
        "due": moment(due, zone, now),
        "told": moment(row["told_at"], zone, now) if row["told_at"] else None,
        "late": late,
        "soon": not late and row["told_at"] is None and due - now < timedelta(days=3),
        "left": t(key, span=span(abs(due - now))) if row["told_at"] is None else "",
        "state": "told" if row["told_at"] else "decided" if row["outcome"] else "open",
    }


def _page(parts: ConsoleParts, complaint_id: int) -> str:
    with parts.operations.registers() as views:
        found = views.one(complaint_id)
        if found is None:
            abort(404)
        notes = views.notes(complaint_id)
    if request.method == "GET":
        who = g.person.collector_id
        parts.operations.complaints.looked(complaint_id, who, "complaint_look")
    now = parts.clock.now(livemode=found["livemode"])
    term = term_for(found["packs"], complaint_terms())
    return render_template(
        "console/complaint.html",
        row=_line(found, parts),
        notes=[{**note, "at": moment(note["at"], found["zone"], now)} for note in notes],
        decided=moment(found["decided_at"], found["zone"], now) if found["decided_at"] else None,
        term=term,
        more_time=found["extended"] < len(term.extend) and not found["told_at"],
        kinds=[kind.value for kind in ComplaintKind],
        outcomes=[outcome.value for outcome in Outcome],
        ways=_BY_HAND,
        typed=request.form,
    )


def _report(parts: ConsoleParts) -> str | Response:
    now, asked = parts.clock.real(), request.args
    today = now.astimezone(zone_of(_ZONE)).date()
    first = _day(asked.get("from")) or today.replace(day=1)
    last = _day(asked.get("to")) or today
    live = asked.get("mode") != "test"
    with parts.operations.registers() as views:
        if asked.get("form") == "csv":
            return _export(parts, views.listed(scope=scope(), limit=50_000), now, first, last)
        at = parts.clock.now(livemode=live)
        rows = views.report(scope=scope(), livemode=live, first=first, last=last, now=at)
    return render_template(
        "console/complaint_report.html",
        first=first,
        last=last,
        live=live,
        total=_sum(rows),
        cuts=[
            (t(f"complaint.by.{name}"), _cut(rows, name))
            for name in ("portfolio", "kind", "source", "outcome")
        ],
    )


def _cut(rows: list[dict[str, Any]], name: str) -> list[tuple[str, dict[str, Any]]]:
    """Figures by one column, the largest first."""
    sizes: Counter[Any] = Counter()
    for row in rows:
        sizes[row[name]] += row["received"]
    return [
        (_label(name, value), _sum([row for row in rows if row[name] == value]))
        for value, _ in sizes.most_common()
    ]


def _label(name: str, value: str | None) -> str:
    if name == "portfolio":
        return str(value)
    return word(f"complaint_{name}", value) if value else t("complaint.undecided")


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    figures = {
        name: sum(row[name] for row in rows) for name in ("received", "told", "in_time", "late")
    }
    seconds = sum(row["seconds"] for row in rows)
    told = figures["told"]
    return {
        **figures,
        "share": f"{figures['in_time'] / told:.0%}" if told else "—",
        "average": span(timedelta(seconds=seconds / told)) if told else "—",
    }


def _export(
    parts: ConsoleParts, rows: list[dict[str, Any]], now: datetime, first: date, last: date
) -> Response:
    """Without names: the number finds the complaint."""
    told = {"from": f"{first}", "to": f"{last}"}
    parts.operations.halts.looked(g.person.collector_id, "complaints_exported", told)
    header = [t(f"complaint.column.{name}") for name in _COLUMNS]
    return csv_file(
        f"complaints-{first}-{last}.csv",
        header,
        [_exported(row) for row in rows if first <= _received(row) <= last],
    )


def _received(row: dict[str, Any]) -> date:
    day: date = row["received_at"].astimezone(zone_of(row["zone"])).date()
    return day


def _exported(row: dict[str, Any]) -> list[object]:
    zone = zone_of(row["zone"])

    def local(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""

    told = row["told_at"]
    return [
        f"TS-{row['code']}-{row['id']:06d}",
        row["portfolio"],
        word("complaint_kind", row["kind"]),
        word("complaint_source", row["source"]),
        local(row["received_at"]),
        local(row["due_at"]),
        word("complaint_outcome", row["outcome"]) if row["outcome"] else "",
        local(row["decided_at"]),
        local(told),
        "" if told is None else t("yes" if told <= row["due_at"] else "no"),
        row["extended"],
    ]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
