"""The search."""

from __future__ import annotations

import re

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.phone import PhoneError, parse_phone
from bot.domain.rights import Right
from bot.store.views import Row, Views
from console.guard import needs
from console.parts import ConsoleParts
from console.showing import money
from console.tiers import tier_label
from console.words import t, word

_LONGEST_QUERY = 60
_SPACES = re.compile(r"\s+")


def add_desk_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/search`."""

    @pages.post("/search")
    @needs(Right.SEE)
    def search() -> AnyResponse | str:
        text = _SPACES.sub("", request.form.get("q", ""))[:_LONGEST_QUERY]
        if g.stale_form or not text:
            flash(t("found.ask"), "warn")
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
