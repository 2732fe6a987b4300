"""What waits for a second person: everything in one list, decided where it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template, url_for

from bot.domain.rights import Right
from console.guard import may, needs
from console.moments import moment
from console.parts import ConsoleParts
from console.showing import money
from console.words import word

_ZONE = "Asia/Shanghai"

#: Kind of approval → who may decide it. A kind that is not listed is decided by admins alone.
_RIGHTS = {
    "reduction": Right.APPROVE_REDUCTION,
    "payment": Right.APPROVE_REDUCTION,
    "script": Right.APPROVE_SCRIPT,
    "live": Right.APPROVE_LIVE,
    "go_live": Right.APPROVE_LIVE,
}


def add_approval_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/approvals`."""

    @pages.get("/approvals")
    @needs(Right.SEE)
    def approvals() -> str:
        with parts.security.read_approvals() as views:
            waiting = views.waiting(g.person.scope)
            decided = views.decided(g.person.scope)
        return render_template(
            "console/approvals.html",
            waiting=[_row(parts, row) for row in waiting],
            decided=[_row(parts, row) for row in decided],
        )


def approvals_waiting(parts: ConsoleParts) -> int:
    """How many this person can decide."""
    with parts.security.read_approvals() as views:
        return sum(_mine_to_decide(row) for row in views.waiting(g.person.scope))


def _mine_to_decide(row: Mapping[str, Any]) -> bool:
    right = _RIGHTS.get(row["kind"], Right.MANAGE)
    return may(right) and row["asked_by"] != g.person.collector_id


def _row(parts: ConsoleParts, row: Mapping[str, Any]) -> dict[str, Any]:
    now, zone = parts.clock.real(), row["zone"] or _ZONE
    sums = money(row["amount_minor"], row["currency"]) if row["amount_minor"] else ""
    return {
        **row,
        "what": word("approval_kind", row["kind"]),
        "sum": sums,
        "asked": moment(row["asked_at"], zone, now),
        "decided": moment(row["decided_at"], zone, now) if row["decided_at"] else None,
        "result": word("approval_outcome", row["outcome"]),
        "can": _mine_to_decide(row),
        "place": _place(row),
    }


def _place(row: Mapping[str, Any]) -> str:
    """The page on which it is decided."""
    if row["case_id"]:
        return url_for("console.case", case_id=row["case_id"])
    if row["kind"] in {"live", "go_live"}:
        return url_for("console.live")
    if row["kind"] == "script":
        script = row["subject"].partition("/")[2]
        return url_for("console.wording", script_id=script, portfolio_id=row["portfolio_id"])
    return ""
