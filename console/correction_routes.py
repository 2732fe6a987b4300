"""Correcting what was read from a reply, and how often that is needed."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.correction import CorrectionError, Instead, Reads
from bot.domain.money import to_minor
from bot.domain.rights import Right
from bot.domain.understanding import Intent
from bot.flows.playbook import zone_of
from bot.store.views import Row
from console.case_routes import LONGEST_NOTE, show_case
from console.dashboard.words import percent
from console.found import found_case
from console.guard import needs
from console.parts import ConsoleParts
from console.rates import view_rates
from console.words import t, word

#: The rates are of replies received in this long.
PERIOD = timedelta(days=30)


def add_correction_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """The control beside each reply, and `/console/understanding`."""
    pages.app_template_global("intents")(lambda: [intent.value for intent in Intent])

    @pages.post("/cases/<int:case_id>/replies/<int:reply_id>")
    @needs(Right.CORRECT)
    def correct(case_id: int, reply_id: int) -> AnyResponse:
        note = request.form.get("note", "")[:LONGEST_NOTE]
        if g.stale_form:
            flash(t("stale.what"), "bad")
            return show_case(parts, case_id, draft=note, status=400)
        case = found_case(parts, case_id)
        try:
            stopped = _carry_out(parts, case, reply_id)
        except CorrectionError as refused:
            flash(word("correction_error", refused.code), "bad")
            return show_case(parts, case_id, draft=note, status=409)
        if note.strip():
            parts.desk.note(case_id, g.person.collector_id, note, livemode=case["livemode"])
        flash(_told(stopped), "good")
        target = url_for("console.case", case_id=case_id, _anchor=f"reply-{reply_id}")
        return redirect(target, 303)

    @pages.get("/understanding")
    @needs(Right.SEE)
    def understanding() -> str:
        with parts.read() as views:
            livemode = _asked_mode(any(row["livemode"] for row in views.portfolios()))
            since = parts.clock.now(livemode=livemode) - PERIOD
            counts = views.readings(livemode=livemode, since=since)
        return render_template(
            "console/understanding.html",
            rates=view_rates(counts),
            livemode=livemode,
            days=PERIOD.days,
            percent=percent,
        )


def _asked_mode(has_live: bool) -> bool:
    """Live mode unless test mode is asked for, or is all there is."""
    asked = request.args.get("mode")
    return asked == "live" if asked in {"live", "test"} else has_live


def _carry_out(parts: ConsoleParts, case: Row, reply_id: int) -> frozenset[Intent]:
    """One click bears `<correction seen>:<intent>`; the long form has fields."""
    seen, _, intent = request.form.get("to", "").partition(":")
    said = Instead(intent) if intent else _said(case)
    shown = seen if intent else request.form.get("seen", "")
    return parts.corrections.correct(
        case["id"],
        reply_id,
        g.person.collector_id,
        said,
        seen=int(shown[:18]) if shown.isdecimal() else 0,
    )


def _said(case: Row) -> Reads:
    """What the long form says. Raises CorrectionError for what cannot be read."""
    form = request.form
    intents = [form.get("primary", ""), *form.getlist("also")]
    return Reads(
        intents=[intent for intent in intents if intent],
        promise_date=_day(form.get("promise_date", "")),
        promise_amount_minor=_minor(form.get("amount", ""), case["currency"]),
        callback_start=_instant(form.get("callback", ""), case["zone"]),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise CorrectionError("bad_date") from wrong


def _minor(text: str, currency: str) -> int | None:
    bare = unicodedata.normalize("NFKC", text).strip().rstrip("元").replace(",", "").strip("¥ ")
    try:
        return to_minor(Decimal(bare), currency) if bare else None
    except (InvalidOperation, ValueError, OverflowError) as wrong:
        raise CorrectionError("amount") from wrong


def _instant(text: str, zone: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise CorrectionError("bad_date") from wrong
    return at.replace(tzinfo=zone_of(zone)) if at else None


def _told(stopped: frozenset[Intent]) -> str:
    what = t("list.comma").join(word("intent", intent) for intent in sorted(stopped))
    return t("fix.stopped", what=what) if stopped else t("fix.done")
