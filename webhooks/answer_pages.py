"""Forms of the debtor's page: promise, instalments, paid already, dispute, a call, a human, stop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.facts import PageFacts
from bot.domain.file_kinds import media_type
from bot.domain.page_answers import (
    BEFORE_VERIFYING,
    DISPUTE_KINDS,
    WITH_FILES,
    AnswerKind,
    PageAnswer,
    PageFile,
)
from bot.flows.pay import AmountError, Owed
from bot.flows.playbook import today_of, zone_of
from bot.flows.visit import CALL_WITHIN, AnswerError, Bounds, Taken
from webhooks.pay_form import typed_sum
from webhooks.pay_page import Pages
from webhooks.pay_view import Shown, standing
from webhooks.posted import Posted, read_posted

LONGEST_WORDS = 500
_NONCE = re.compile(r"[\w-]{10,64}")

#: Hours of the day a debtor can ask to be called at, in the portfolio's zone.
CALL_HOURS = range(9, 20)

_KEPT = ("words", "day", "amount", "periods", "first", "call_day", "call_hour", "dispute_kind")
_ERRORS = {"empty": "sum_missing"}


def add_answer_pages(pages: Blueprint, site: Pages) -> None:
    """`/p/<token>/answer/<kind>`."""

    @pages.get("/<token>/answer/<kind>")
    @site.guarded
    def ask(token: str, kind: str) -> AnyResponse:
        return _ask(site, token, _kind(kind), site.parts.flow.show(token, opened=False))

    @pages.post("/<token>/answer/<kind>")
    @site.guarded
    def answer(token: str, kind: str) -> AnyResponse:
        which, owed = _kind(kind), site.parts.flow.show(token, opened=False)
        posted = read_posted(request)
        verified = site.verified(token)
        try:
            bounds = site.parts.visits.bounds(owed)
            form = read_answer(which, posted, owed.facts, bounds)
            after = site.parts.visits.answer(token, form, verified=verified)
        except AnswerError as wrong:
            return _again(site, token, which, owed, posted, wrong)
        return site.draw(_done(which, after, verified=verified), token)


def _kind(text: str) -> AnswerKind:
    try:
        return AnswerKind(text)
    except ValueError:
        abort(404)


def _ask(site: Pages, token: str, kind: AnswerKind, owed: Owed, **changed: Any) -> AnyResponse:
    shown = standing(owed)
    if shown.kind != "owed":
        return site.draw(shown, token)
    bounds = site.parts.visits.bounds(owed)
    today = today_of(owed.facts, bounds.now)
    more = {
        "kind": kind.value,
        "bounds": bounds,
        "nonce": site.nonce(),
        "dispute_kinds": DISPUTE_KINDS,
        "files": kind in WITH_FILES,
        "call_days": [today + timedelta(days=n) for n in range(CALL_WITHIN.days)],
        "call_hours": CALL_HOURS,
        "verified": site.verified(token),
    }
    if kind is AnswerKind.CALL:
        local = bounds.now.astimezone(zone_of(owed.facts.portfolio.zone))
        changed.setdefault("typed", next_call(local))
    # Who only wants to be left alone need not prove anything.
    name = "quiet" if kind in BEFORE_VERIFYING else "answer"
    return site.draw(replace(shown, kind=name, more=more, **changed), token)


def next_call(local: datetime) -> dict[str, str]:
    """What the form begins with: the first hour that still lies ahead, where the portfolio is."""
    later = [hour for hour in CALL_HOURS if hour > local.hour]
    day = local.date() if later else local.date() + timedelta(days=1)
    return {"call_day": day.isoformat(), "call_hour": str([*later, *CALL_HOURS][0])}


def _again(
    site: Pages, token: str, kind: AnswerKind, owed: Owed, posted: Posted, wrong: AnswerError
) -> AnyResponse:
    """The form as it was filled in, and what is wrong with it."""
    if wrong.code == "closed":
        return site.draw(standing(owed), token)
    large = wrong.code in {"file_too_large"}
    return _ask(
        site,
        token,
        kind,
        owed,
        error=wrong.code,
        error_value=wrong.value,
        typed={name: posted.fields.get(name, "")[:LONGEST_WORDS] for name in _KEPT},
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE if large else HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _done(kind: AnswerKind, after: Taken, *, verified: bool) -> Shown:
    told = "plan" if after.granted else kind.value
    if kind is AnswerKind.PROMISE and after.owed.facts.instalments:
        told = "noted"
    more = {"kind": told, "verified": verified}
    return replace(standing(after.owed), kind="done", more=more)


def read_answer(kind: AnswerKind, posted: Posted, facts: PageFacts, bounds: Bounds) -> PageAnswer:
    """The form as an answer. Raises AnswerError naming the first thing that cannot be read."""
    fields = posted.fields
    if posted.trouble:
        raise AnswerError(f"file_{posted.trouble}")
    base = PageAnswer(
        kind, _nonce(fields), _words(fields), files=_files(posted) if kind in WITH_FILES else ()
    )
    match kind:
        case AnswerKind.PROMISE:
            wanted = fields.get("amount", "").strip()
            amount = _sum(wanted, facts) if wanted else None
            return replace(base, day=_day(fields.get("day", "")), amount_minor=amount)
        case AnswerKind.INSTALMENTS if bounds.offers_plan:
            return replace(
                base,
                day=_day(fields.get("day", "")),
                periods=_number(fields.get("periods", "")),
                first_minor=_sum(fields.get("first", ""), facts),
            )
        case AnswerKind.CALL:
            return replace(base, call_at=_call_at(fields, facts, bounds.now))
        case AnswerKind.DISPUTE:
            chosen = fields.get("dispute_kind", "")
            return replace(base, dispute_kind=chosen if chosen in DISPUTE_KINDS else None)
        case _:
            return base


def _nonce(fields: Mapping[str, str]) -> str:
    """Of the form; without a good one the answer is taken, and could be taken twice."""
    nonce = fields.get("nonce", "")
    if not _NONCE.fullmatch(nonce):
        raise AnswerError("stale")
    return nonce


def _words(fields: Mapping[str, str]) -> str:
    words = fields.get("words", "").replace("\r\n", "\n").replace("\0", "").strip()
    if len(words) > LONGEST_WORDS:
        raise AnswerError("words_too_long")
    return words


def _files(posted: Posted) -> tuple[PageFile, ...]:
    kinds = [media_type(content) for content in posted.files]
    if None in kinds:
        raise AnswerError("file_unreadable")
    pairs = zip(kinds, posted.files, strict=True)
    return tuple(PageFile(str(kind), content) for kind, content in pairs)


def _day(text: str) -> date | None:
    """ISO as browsers send it; also 2026/3/9 and 2026.3.9, typed where no calendar is offered."""
    try:
        year, month, day = (int(part) for part in re.split(r"[-/.年月]", text.strip().rstrip("日")))
        return date(year, month, day)
    except ValueError as wrong:
        if text.strip():
            raise AnswerError("day_unreadable") from wrong
        return None


def _sum(text: str, facts: PageFacts) -> int:
    try:
        return typed_sum(text[:40], facts.currency)
    except AmountError as wrong:
        raise AnswerError(_ERRORS.get(wrong.code, wrong.code)) from wrong


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _call_at(fields: Mapping[str, str], facts: PageFacts, now: datetime) -> datetime:
    day, hour = _day(fields.get("call_day", "")), _number(fields.get("call_hour", ""))
    if day is None or hour not in CALL_HOURS:
        raise AnswerError("call_missing")
    zone = zone_of(facts.portfolio.zone)
    return datetime.combine(day, time(hour), zone).astimezone(now.tzinfo)
