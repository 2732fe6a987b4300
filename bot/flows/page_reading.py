"""A form of the debtor's page as an understanding, and as the document a stored reply carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.page_answers import AnswerKind, PageAnswer
from bot.domain.understanding import Intent, Understanding
from bot.domain.understanding.values import Window

ENGINE = "page"

#: Who names an hour is called within it.
_CALL_WITHIN = timedelta(hours=1)

_INTENTS = {
    AnswerKind.PROMISE: Intent.promise_to_pay,
    AnswerKind.INSTALMENTS: Intent.request_installment,
    AnswerKind.PAID: Intent.already_paid,
    AnswerKind.DISPUTE: Intent.dispute,
    AnswerKind.CALL: Intent.call_later,
    AnswerKind.HUMAN: Intent.request_human,
    AnswerKind.WRONG_PERSON: Intent.wrong_person,
    AnswerKind.STOP: Intent.opt_out,
}


def as_page(answer: PageAnswer) -> dict[str, Any]:
    """What the form said, as JSON; the debtor's own words are not in it."""
    return {
        "kind": answer.kind.value,
        "day": answer.day and answer.day.isoformat(),
        "amount_minor": answer.amount_minor,
        "periods": answer.periods,
        "first_minor": answer.first_minor,
        "call_at": answer.call_at and answer.call_at.isoformat(),
        "dispute_kind": answer.dispute_kind,
        "files": len(answer.files),
    }


def reading_of(page: Mapping[str, Any]) -> Understanding:
    """The understanding of a stored form: nothing in it is a guess."""
    kind = AnswerKind(page["kind"])
    promise = kind is AnswerKind.PROMISE
    start = datetime.fromisoformat(page["call_at"]) if page["call_at"] else None
    return Understanding(
        intents=(_INTENTS[kind],),
        promise_date=date.fromisoformat(page["day"]) if promise else None,
        promise_amount_minor=page["amount_minor"] if promise else None,
        callback=Window(start, start + _CALL_WITHIN) if start else None,
        dispute_kind=page["dispute_kind"],
        # A page has no number of its own that could be opted out: who stops here stops everything.
        flags=frozenset({"stop_all"} if kind is AnswerKind.STOP else ()),
        confidence=1.0,
        engine=ENGINE,
    )
