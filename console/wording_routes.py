"""A portfolio's own wording of one script: drafted, looked at from all sides, decided by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.ports.wording import SHIPPED
from bot.flows.wording import LONGEST_NOTE, WordingError, Wordings
from bot.scripts.difference import difference
from bot.scripts.findings import Finding, UnknownScriptError
from bot.scripts.own import FIRST_OWN, LONGEST, OwnText, cleaned, reworded, sentences
from console.guard import may, needs, refuse
from console.moments import moment
from console.parts import ConsoleParts
from console.previewing import previews
from console.script_routes import finding_view
from console.words import t, word

#: Findings after which a text cannot be tried out.
_UNTRIED = frozenset({"schema", "length", "template", "placeholder"})

#: Findings about certain words; all others are about the text as a whole.
_AT_WORDS = frozenset({"variant", "width", "forbidden", "placeholder", "disclosure", "privacy"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a page of one script and portfolio is about."""

    parts: ConsoleParts
    script: str
    book: Row  #: the portfolio with the version it uses

    @property
    def flow(self) -> Wordings:
        """The buttons."""
        return self.parts.operations.wordings

    def address(self) -> str:
        """This page."""
        return url_for("console.wording", script_id=self.script, portfolio_id=self.book["id"])


def add_wording_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/scripts/<id>/wording/<portfolio>`."""

    @pages.get("/scripts/<script_id>/wording/<int:portfolio_id>")
    @needs(Right.SCRIPTS)
    def wording(script_id: str, portfolio_id: int) -> str:
        return _page(_desk(parts, script_id, portfolio_id))

    @pages.post("/scripts/<script_id>/wording/<int:portfolio_id>")
    @needs(Right.SCRIPTS)
    def wording_act(script_id: str, portfolio_id: int) -> AnyResponse | tuple[str, int]:
        desk = _desk(parts, script_id, portfolio_id)
        try:
            flash(_act(desk), "good")
        except WordingError as wrong:
            flash(word("wording_error", wrong.code), "bad")
            return _page(desk, request.form), 422
        return redirect(desk.address(), 303)

    @pages.post("/scripts/<script_id>/wording/<int:portfolio_id>/decision")
    @needs(Right.APPROVE_SCRIPT)
    def wording_decide(script_id: str, portfolio_id: int) -> AnyResponse:
        desk = _desk(parts, script_id, portfolio_id)
        try:
            _decide(desk)
        except WordingError as wrong:
            if wrong.code == "same_person":
                refuse(parts, Right.APPROVE_SCRIPT)
            flash(word("wording_error", wrong.code), "bad")
        return redirect(desk.address(), 303)


def _desk(parts: ConsoleParts, script: str, portfolio_id: int) -> _Desk:
    """404 for a script that cannot be worded, and for a portfolio that is not there."""
    try:
        parts.operations.wordings.words.source(script)
    except UnknownScriptError:
        abort(404)
    with parts.operations.worded() as views:
        found = views.standing(script, (portfolio_id,))
    if not found:
        abort(404)
    return _Desk(parts, script, found[0])


def _act(desk: _Desk) -> str:
    """Carries out a button; what to tell. Raises WordingError."""
    form, flow, who = request.form, desk.flow, g.person.collector_id
    book, seen = desk.book["id"], form.get("seen", 0, type=int)
    match form.get("do"):
        case "discard":
            flow.discard(book, desk.script, who, seen=seen)
            return t("wording.discarded")
        case "withdraw":
            flow.withdraw(book, desk.script, who)
            return t("wording.withdrawn")
        case "back":
            flow.ask_back(book, desk.script, form.get("version", -1, type=int), who)
            return t("wording.asked")
        case "save" | "ask" as do:
            note = form.get("note", "")
            seen = flow.save(book, desk.script, _typed(desk, form), note, who, seen=seen)
            if do == "save":
                return t("wording.saved")
            flow.ask(book, desk.script, who, seen=seen)
            return t("wording.asked")
        case _:
            raise BadRequest


def _decide(desk: _Desk) -> None:
    """Raises WordingError."""
    flow, who, book = desk.flow, g.person.collector_id, desk.book["id"]
    approval = request.form.get("approval", 0, type=int)
    if request.form.get("do") == "decline":
        flow.decline(book, desk.script, who, approval_id=approval)
        flash(t("wording.declined"), "good")
    elif request.form.get("do") == "approve":
        quiet = flow.approve(book, desk.script, who, approval_id=approval)
        flash(t("wording.approved" if quiet else "wording.approved_late"), "good")
    else:
        abort(400)


def _typed(desk: _Desk, form: Mapping[str, str]) -> dict[str, str]:
    """Texts by locale, as they were sent."""
    return {
        locale: form.get(f"text_{locale}", "")[: 4 * LONGEST]
        for locale in desk.flow.words.shipped(desk.script)
    }


def _page(desk: _Desk, form: Mapping[str, str] | None = None) -> str:
    """The page; with what was typed where that could not be kept."""
    book, shipped = desk.book, desk.flow.words.shipped(desk.script)
    with desk.parts.operations.worded() as views:
        versions = views.versions(book["id"], desk.script)
        draft, waits = views.draft(book["id"], desk.script), views.waiting(book["id"], desk.script)
    kept = {row["version"]: {**shipped, **row["texts"]} for row in versions}
    in_use = kept.get(book["version"], shipped)
    candidate = _candidate(draft, waits, kept, shipped) or in_use
    resent = form is not None and f"text_{next(iter(shipped))}" in form
    if form is not None and resent:
        candidate = {name: cleaned(text) for name, text in _typed(desk, form).items()}
    return render_template(
        "console/wording.html",
        source=desk.flow.words.source(desk.script),
        book=book,
        own=book["version"] >= FIRST_OWN,
        draft=draft and {**draft, "at": _moment(desk, draft["changed_at"])},
        seen=draft["revision"] if draft else 0,
        note=(form or {}).get("note", draft["note"] if draft else ""),
        waits=waits and _waiting(desk, waits),
        longest=(LONGEST, LONGEST_NOTE),
        texts=_looked_at(desk, candidate, in_use),
        versions=[_version(desk, row) for row in versions],
        places=_places(desk, shipped),
        shipped=SHIPPED,
        name=_name,
    )


def _name(version: int) -> str:
    return t("wording.shipped") if version == SHIPPED else t("script.v", version=version)


def _candidate(
    draft: Row | None, waits: Row | None, kept: Mapping[int, Row], shipped: Mapping[str, str]
) -> Mapping[str, str] | None:
    """What is looked at: the version that somebody wants back, or the draft."""
    if waits and waits["version"] is not None:
        return kept.get(waits["version"], shipped)
    return {**shipped, **draft["texts"]} if draft else None


def _looked_at(
    desk: _Desk, candidate: Mapping[str, str], in_use: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each locale's text: lint, telephone, difference."""
    words = desk.flow.words
    own = OwnText(desk.script, FIRST_OWN, candidate)
    source = reworded(words.source(desk.script), own)
    findings = words.findings(own)
    shown = []
    for locale, text in candidate.items():
        mine = [each for each in findings if each.script.endswith(f"/{locale}")]
        untried = _UNTRIED & {each.rule for each in mine}
        shown.append(
            {
                "locale": locale,
                "text": text,
                "findings": [_finding(each, text) for each in mine],
                "previews": () if untried else previews(source, locale, words.book),
                "pieces": difference(in_use.get(locale, ""), text)
                if text != in_use.get(locale)
                else [],
            }
        )
    return shown


def _finding(finding: Finding, text: str) -> dict[str, Any]:
    """With the sentence it is about, if it is about one."""
    numbered = sentences(text) if finding.rule in _AT_WORDS else []
    quoted = numbered[finding.line - 1] if finding.line <= len(numbered) else ""
    return {**finding_view(finding), "number": finding.line, "sentence": quoted}


def _waiting(desk: _Desk, waits: Row) -> dict[str, Any]:
    mine = waits["asked_by"] == g.person.collector_id
    return {
        **waits,
        "at": _moment(desk, waits["asked_at"]),
        "mine": mine,
        "may": may(Right.APPROVE_SCRIPT) and not mine,
    }


def _version(desk: _Desk, row: Row) -> dict[str, Any]:
    return {
        **row,
        "written": _moment(desk, row["written_at"]),
        "approved": _moment(desk, row["approved_at"]),
        "in_use": row["version"] == desk.book["version"],
    }


def _places(desk: _Desk, shipped: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    """Placeholders the product's text uses, and all others."""
    known = desk.flow.words.book.placeholders
    used = {name for name in known if any(f"{{{{{name}}}}}" in text for text in shipped.values())}
    return [
        [(name, known[name].means) for name in sorted(names)]
        for names in (used, known.keys() - used)
    ]


def _moment(desk: _Desk, at: Any) -> Any:
    return moment(at, desk.book["zone"], desk.parts.clock.real())
