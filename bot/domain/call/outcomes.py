"""What an outcome of a call is as a reading, so that the case takes it like an SMS reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from bot.domain.call.values import Outcome, OutcomeKind
from bot.domain.understanding import Intent, Understanding, Window
from bot.domain.understanding.values import DisputeKind

ENGINE = "call-1"
"""Stored with every reading that a call made of its outcome."""

_INTENTS: Mapping[OutcomeKind, Intent] = {
    OutcomeKind.PROMISE: Intent.promise_to_pay,
    OutcomeKind.OFFER: Intent.promise_to_pay,
    OutcomeKind.ALREADY_PAID: Intent.already_paid,
    OutcomeKind.DISPUTE: Intent.dispute,
    OutcomeKind.CALL_LATER: Intent.call_later,
    OutcomeKind.OPT_OUT: Intent.opt_out,
    OutcomeKind.WRONG_PERSON: Intent.wrong_person,
    OutcomeKind.REQUEST_HUMAN: Intent.request_human,
    OutcomeKind.SEND_LINK: Intent.request_link,
    OutcomeKind.REFUSED: Intent.refuse,
    OutcomeKind.HARDSHIP: Intent.hardship,
    OutcomeKind.INSTALLMENT: Intent.request_installment,
    OutcomeKind.COMPLAINT: Intent.complaint,
    OutcomeKind.DECEASED: Intent.deceased,
    OutcomeKind.SELF_HARM: Intent.other,
    OutcomeKind.UNCLEAR: Intent.other,
}


_KINDS = {
    intent: kind
    for kind, intent in _INTENTS.items()
    if kind is not OutcomeKind.OFFER and intent is not Intent.other
}


def kinds_in(reading: Understanding) -> Iterator[OutcomeKind]:
    """What the words ask for or tell, whichever of it the call followed."""
    return (_KINDS[intent] for intent in reading.intents if intent in _KINDS)


def understanding_of(outcome: Outcome) -> Understanding | None:
    """The reading to respond to, sure of itself: the call asked and confirmed.

    None for what says nothing about the case: verified, a third party, a machine, nobody.
    UNCLEAR reads as a doubtful `other`, so that the usual count of unclear replies goes on.
    """
    intent = _INTENTS.get(outcome.kind)
    if intent is None:
        return None
    flags = outcome.flags
    if outcome.kind is OutcomeKind.SELF_HARM:
        flags = flags | {"self_harm"}
    return Understanding(
        (intent,),
        promise_date=outcome.date,
        promise_amount_minor=outcome.amount_minor,
        further_promises=(outcome.later,) if outcome.later else (),
        callback=_window(outcome),
        dispute_kind=cast("DisputeKind | None", outcome.dispute_kind),
        reason=outcome.reason,
        flags=flags,
        confidence=0.3 if outcome.kind is OutcomeKind.UNCLEAR else 1.0,
        engine=ENGINE,
    )


def _window(outcome: Outcome) -> Window | None:
    return Window(outcome.start, outcome.end) if outcome.start else None
