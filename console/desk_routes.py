"""The list of hand-offs and the search."""

from __future__ import annotations

import re

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.phone import PhoneError, parse_phone
from bot.domain.rights import Right
from bot.policy.handoffs import load_handoffs
from bot.store.views import Row, Views
from console.guard import needs
from console.parts import ConsoleParts
from console.queue import Clocks, figures_of, lines_of
from console.showing import instant, money
from console.tiers import tier_label
from console.words import word

LONGEST_LIST = 200
_LONGEST_QUERY = 60
_SPACES = re.compile(r"\s+")


def add_desk_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/` and `/console/search`."""

    @pages.get("/")
    @needs(Right.SEE)
    def desk() -> str:
        asked = request.args
        mine = g.person.collector_id if asked.get("mine") else None
        with parts.read() as views:
            rows = views.handoffs(
                mine=mine,
                reason=asked.get("reason") or None,
                portfolio=asked.get("portfolio") or None,
                limit=LONGEST_LIST,
            )
            counts, portfolios = views.counts(), views.portfolios()
            alarms = [_alarm(row) for row in views.alarms()]
        clocks = Clocks.read(parts.clock)
        lines = lines_of(rows, clocks, parts.playbook, g.person.collector_id)
        return render_template(
            "console/desk.html",
            lines=lines,
            figures=figures_of(lines),
            cut=len(lines) == LONGEST_LIST,
            total=sum(counts.values()),
            reasons=[
                (reason.value, urgency.label_zh, counts[reason.value])
                for reason, urgency in load_handoffs().items()
                if reason.value in counts
            ],
            portfolios=portfolios,
            alarms=alarms,
            asked=asked,
        )

    @pages.post("/search")
    @needs(Right.SEE)
    def search() -> AnyResponse | str:
        text = _SPACES.sub("", request.form.get("q", ""))[:_LONGEST_QUERY]
        if g.stale_form or not text:
            flash("请输入合同号或手机号，再按搜索。", "warn")
            return redirect(url_for("console.desk"), 303)
        with parts.read() as views:
            found = find_cases(views, text)
        if len(found) == 1:
            return redirect(url_for("console.case", case_id=found[0]["case_id"]), 303)
        return render_template(
            "console/found.html", found=[_found(row, parts) for row in found], query=text
        )


def find_cases(views: Views, text: str) -> list[Row]:
    """By contract as written, else by phone, read in the regions the desk works in."""
    found = views.search(text)
    for region in ("CN", "TW", "HK", "US", "GB"):
        if found:
            break
        try:
            found = views.search(parse_phone(text, region).e164)
        except PhoneError:
            continue
    return found


def _found(row: Row, parts: ConsoleParts) -> Row:
    return {
        **row,
        "state_label": word("state", row["state"]),
        "tier_label": tier_label(parts.playbook, row["cadence"], row["tier"]),
        "owed": money(row["owed_minor"], row["currency"]),
    }


def _alarm(row: Row) -> Row:
    return {
        "what": word("alarm", row["kind"]),
        "message": row["message"],
        "since": instant(row["at"], "Asia/Shanghai", row["at"].date()),
    }
