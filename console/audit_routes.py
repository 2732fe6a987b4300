"""The trail: who looked at what and changed what; by person, case, kind and day; as a file too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.flows.playbook import zone_of
from bot.flows.ports.trail import BY_COMMAND
from bot.store.audit_views import Wanted
from console.guard import needs, require
from console.moments import moment
from console.parts import ConsoleParts
from console.spreadsheets import csv_file
from console.words import t, word

_PAGE, _FILE = 100, 5000
_ZONE = "Asia/Shanghai"


def add_audit_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/audit` and `/console/audit.csv`."""

    @pages.get("/audit")
    @needs(Right.AUDIT)
    def audit() -> str:
        wanted = _wanted()
        with parts.security.read_audit() as views:
            lines = views.lines(wanted, limit=_PAGE + 1)
            actions, people = views.actions(), views.people()
        return render_template(
            "console/audit.html",
            lines=[_line(parts, row) for row in lines[:_PAGE]],
            older=lines[_PAGE - 1]["id"] if len(lines) > _PAGE else 0,
            people=people,
            actions=sorted(((each, word("audit", each)) for each in actions), key=_by_word),
            asked=request.args,
        )

    @pages.get("/audit.csv")
    @needs(Right.AUDIT)
    def audit_file() -> AnyResponse:
        require(parts, Right.EXPORT)
        header = [t(f"audit.{name}") for name in ("at", "who", "what", "case", "portfolio", "data")]
        parts.security.oversight.exported(g.person.collector_id, "audit")
        return csv_file("audit.csv", header, list(_rows(parts)))


def _by_word(pair: tuple[str, str]) -> str:
    return pair[1]


def _rows(parts: ConsoleParts) -> Iterator[list[object]]:
    wanted = _wanted()
    while True:
        with parts.security.read_audit() as views:
            lines = views.lines(wanted, limit=_FILE)
        for row in lines:
            yield [
                row["at"].isoformat(),
                _who(row),
                word("audit", row["action"]),
                row["case_id"] or "",
                row["portfolio_name"] or "",
                json.dumps(row["data"], ensure_ascii=False),
            ]
        if len(lines) < _FILE:
            return
        wanted = _wanted(before=lines[-1]["id"])


def _wanted(before: int | None = None) -> Wanted:
    """What address and rights ask for."""
    asked = request.args
    return Wanted(
        who=asked.get("who", type=int),
        case=asked.get("case", type=int),
        action=asked.get("action") or None,
        since=_midnight(asked.get("since", "")),
        until=_midnight(asked.get("until", ""), days=1),
        before=before or asked.get("before", type=int),
        scope=g.person.scope,
        self=g.person.collector_id,
    )


def _midnight(text: str, *, days: int = 0) -> datetime | None:
    """The beginning of a day, or of one later; nothing for what is no day, which is told."""
    if not text:
        return None
    try:
        on = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        flash(t("audit.bad_day"), "warn")
        return None
    return datetime.combine(on, time(0), zone_of(_ZONE)).astimezone(UTC)


def _who(row: dict[str, Any]) -> str:
    """The person; what was typed at a terminal is nobody's by name."""
    typed = row["data"].get("by") == BY_COMMAND
    return str(row["who"] or (t("audit.command") if typed else ""))


def _line(parts: ConsoleParts, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "at": moment(row["at"], row["zone"] or _ZONE, parts.clock.real()),
        "who": _who(row),
        "what": word("audit", row["action"]),
        "details": [f"{name}: {value}" for name, value in row["data"].items()],
    }
