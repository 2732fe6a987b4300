"""One case's page and what a collector does on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from secrets import token_urlsafe

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.desk import DeskError
from bot.policy.desk import load_desk
from bot.scripts.message import LONGEST, Objection
from bot.store.story_views import PARTS
from console import sessions
from console.case_page import CaseView, view_case
from console.found import found_case
from console.guard import needs
from console.parts import ConsoleParts
from console.pulse import standing
from console.story_page import StoryAsked
from console.words import load_words, t, word

LONGEST_NOTE = 4000
_DO = frozenset({"claim", "release", "note", "return", "close"})


def add_case_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/cases/<id>` and its buttons."""
    actions = _Actions(parts)

    @pages.get("/cases/<int:case_id>")
    @needs(Right.SEE, looks=True)
    def case(case_id: int) -> AnyResponse:
        return show_case(parts, case_id)

    @pages.post("/cases/<int:case_id>")
    @needs(Right.ANSWER)
    def act(case_id: int) -> AnyResponse:
        do, note = request.form.get("do", ""), request.form.get("note", "")[:LONGEST_NOTE]
        if g.stale_form:
            return _refused(parts, case_id, note, t("page.stale"), 400)
        if do not in _DO:
            abort(400)
        try:
            actions.carry_out(case_id, do, note)
        except DeskError as stale:
            kept = "" if actions.noted(do, note, stale) else note
            return _refused(parts, case_id, kept, desk_error(parts, case_id, stale), 409)
        flash(t(f"case.done.{do}"), "good")
        leaves = do in {"return", "close"}
        target = url_for("console.desk") if leaves else url_for("console.case", case_id=case_id)
        return redirect(target, 303)

    @pages.post("/cases/<int:case_id>/reveal")
    @needs(Right.REVEAL)
    def reveal(case_id: int) -> AnyResponse:
        if request.form.get("cover"):
            sessions.conceal()
        elif g.stale_form:
            flash(t("page.stale"), "warn")
        else:
            parts.desk.reveal(case_id, g.person.collector_id, livemode=_livemode(parts, case_id))
            sessions.reveal(case_id, parts.clock.real())
        return redirect(url_for("console.case", case_id=case_id), 303)


class _Actions:
    """Buttons by their name. What was typed as a note is saved with whichever was pressed."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        desk = parts.desk
        self._moves: dict[str, Callable[[int, int], None]] = {
            "claim": desk.claim,
            "release": desk.release,
            "return": desk.give_back,
            "close": lambda handoff, who: desk.close(handoff, who, _close_reason()),
        }

    def carry_out(self, case_id: int, do: str, note: str) -> None:
        """Raises DeskError; a note that was typed is saved before the move is tried."""
        who = g.person.collector_id
        if do == "note" or note.strip():
            livemode = _livemode(self._parts, case_id)
            self._parts.desk.note(case_id, who, note, livemode=livemode)
        if do in self._moves:
            self._moves[do](_handoff_id(), who)

    def noted(self, do: str, note: str, refused: DeskError) -> bool:
        """Whether the note of a refused action is safe already."""
        return do != "note" and bool(note.strip()) and refused.code != "empty_note"


def show_case(
    parts: ConsoleParts,
    case_id: int,
    *,
    draft: str = "",
    kept: Mapping[str, str] | None = None,
    objections: Sequence[Objection] = (),
    status: int = 200,
) -> AnyResponse:
    """The page, with `draft` in the note's field and what a refused form held in its own.

    404 when there is no such case.
    """
    revealed = sessions.is_revealed(case_id, parts.clock.real())
    since, asked = standing(parts.work), StoryAsked.read(request.args)
    view = view_case(parts, case_id, asked, revealed=revealed)
    if view is None:
        abort(404)
    page = render_template(
        "console/case.html",
        view=view,
        revealed=revealed,
        draft=draft,
        kept=kept or {},
        objections=objections,
        mine=_is_mine(view),
        hands_on=_hands_on(view),
        key=token_urlsafe(9),
        since=since,
        parts=list(PARTS),
        longest=LONGEST,
        priority_aside=load_desk().priorities,
        close_reasons=load_words()["close_reason"],
        close_reason=(kept or {}).get("reason", ""),
    )
    return make_response(page, status)


def _hands_on(view: CaseView) -> bool:
    """Whether this person may work on it now: holds it, or the bot has it."""
    if view.standing.state == "closed":
        return False
    return view.handoff is None or _is_mine(view)


def _is_mine(view: CaseView) -> bool:
    return view.handoff is not None and view.handoff.collector_id == g.person.collector_id


def _refused(
    parts: ConsoleParts, case_id: int, note: str, message: str, status: int
) -> AnyResponse:
    flash(message, "bad")
    return show_case(parts, case_id, draft=note, kept=request.form, status=status)


def desk_error(parts: ConsoleParts, case_id: int, stale: DeskError) -> str:
    """The error in words, with the name of who has the case."""
    with parts.read() as views:
        handoff = views.handoff_of(case_id)
    holder = handoff["collector"] or handoff["meant_for"] if handoff else None
    code = "moved_on" if handoff is None and stale.code in {"taken", "not_yours"} else stale.code
    if code == "not_yours" and not (handoff and handoff["collector"]):
        code = "unclaimed"
    return word("desk_error", code).format(who=holder or "")


def _livemode(parts: ConsoleParts, case_id: int) -> bool:
    return bool(found_case(parts, case_id)["livemode"])


def _handoff_id() -> int:
    return request.form.get("handoff", 0, type=int)


def _close_reason() -> str:
    """A key of the closed set; empty for anything else, which the flow refuses."""
    chosen = request.form.get("reason", "")
    return chosen if chosen in load_words()["close_reason"] else ""
