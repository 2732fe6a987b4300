"""Merging: looking at both cases side by side, and then, for good, making them one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.money import plain
from bot.domain.rights import Right
from bot.flows.desk import DeskError
from bot.flows.merging import Merged
from bot.store.views import Row
from console.found import found_case
from console.guard import needs
from console.parts import ConsoleParts
from console.showing import money
from console.words import t, word


def add_merge_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/cases/<id>/merge`: the case that the form names goes into this one."""

    @pages.post("/cases/<int:case_id>/merge")
    @needs(Right.MERGE)
    def merge(case_id: int) -> AnyResponse | str:
        back = redirect(url_for("console.case", case_id=case_id), 303)
        if g.stale_form:
            flash(t("stale.form"), "warn")
            return back
        found_case(parts, case_id)
        gone, flow = request.form.get("case", 0, type=int), parts.grants.merging
        try:
            if not request.form.get("sure"):
                return _both(parts, case_id, gone, flow.check(gone, case_id))
            flow.merge(gone, case_id, g.person.collector_id, sees=g.person.sees)
        except DeskError as refused:
            flash(word("desk_error", refused.code).format(who=""), "bad")
            return back
        flash(t("merge.done", gone=gone), "good")
        return back

    @pages.context_processor
    def former() -> dict[str, Any]:
        return {"merged_from": lambda case_id: _former(parts, case_id)}


def _former(parts: ConsoleParts, case_id: int) -> list[int]:
    with parts.read() as views:
        return views.merged_from(case_id)


def _both(parts: ConsoleParts, kept: int, gone: int, planned: Merged) -> str:
    others = [f"{one} → {other}" for one, other in planned.pairs if one != gone]
    others += [str(case_id) for case_id in planned.rehomed]
    return render_template(
        "console/merge.html",
        kept=_side(parts, kept),
        gone=_side(parts, gone),
        others=t("list.and").join(others),
    )


def _side(parts: ConsoleParts, case_id: int) -> Row:
    """One of the two: who, where it stands, what is owed, which numbers; all masked."""
    with parts.read() as views:
        case = views.case(case_id)
        assert case is not None  # `check` has found both
        points = views.contact_points(case["debtor_id"])
        debts = views.debts(case_id)
    owed = sum(debt["owed_minor"] for debt in debts)
    return {
        **case,
        "state_label": word("state", case["state"]),
        "owed": money(owed, case["currency"]) if owed else "",
        "debts": [_debt(debt, case["currency"]) for debt in debts],
        "phones": _phones(points),
    }


def _debt(debt: Row, currency: str) -> dict[str, Any]:
    name = (
        debt["contract"] if debt["ref"] == debt["contract"] else f"{debt['contract']}-{debt['ref']}"
    )
    return {"name": name, "due": debt["due_on"], "owed": plain(debt["owed_minor"], currency)}


def _phones(points: Sequence[Row]) -> list[str]:
    return [point["phone"] for point in points]
