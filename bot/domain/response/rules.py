"""From an understood reply to what happens next: one answer, moves, hand-offs.

Pure. Harm first: whatever stops or limits contact takes effect wherever it stands in the
reply; only when nothing harmful was said can a reply become a promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts, PromiseFacts
from bot.domain.promise_terms import promised_minor
from bot.domain.response.values import Answer, Asked, Param, Response, Situation
from bot.domain.understanding import Intent, Understanding
from bot.domain.vocabulary import CaseState, HandoffReason, Portion

#: Below this a reading is asked about, not acted on (product choice).
UNSURE = 0.5

_T = TypeVar("_T")
_Rule = Callable[[Understanding, CaseFacts, Situation], Response]

_QUIET = frozenset({CaseState.HANDED_OFF, CaseState.DISPUTED, CaseState.PAUSED})

_HARMFUL = (
    Intent.opt_out,
    Intent.deceased,
    Intent.wrong_person,
    Intent.complaint,
    Intent.dispute,
)

_QUESTIONS = {
    "amount": "answer.question_amount",
    "account": "answer.question_account",
    "consequences": "answer.question_consequences",
    "legitimacy": "answer.question_legitimacy",
    "are_you_a_bot": "answer.question_bot",
}


def respond(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    """What `reading` sets in motion for the case `facts` describe."""
    if "self_harm" in reading.flags:
        return _self_harm()
    harmful = _harmful(reading)
    if harmful:
        return _merge([_RULES[intent](reading, facts, situation) for intent in harmful], reading)
    if facts.state is CaseState.CLOSED or not facts.outstanding_minor:
        return _nothing_owed(reading)
    if facts.state in _QUIET:
        return _for_the_collector(reading, facts, situation)
    if reading.confidence < UNSURE:
        return _unclear(reading, facts, situation)
    return _merge([_RULES[reading.primary](reading, facts, situation)], reading)


def _harmful(reading: Understanding) -> list[Intent]:
    """What limits contact, most limiting first. A stranger cannot dispute somebody's debt."""
    found = [intent for intent in _HARMFUL if intent in reading.intents]
    if Intent.wrong_person in found and Intent.dispute in found:
        found.remove(Intent.dispute)
    return found


def _nothing_owed(reading: Understanding) -> Response:
    """A thank-you after the last payment needs no answer."""
    if reading.primary is Intent.greeting_ack:
        return Response()
    return Response(answer=Answer("answer.nothing_owed"))


def _merge(parts: list[Response], reading: Understanding) -> Response:
    """The first part answers; the others add what they stop or hand off."""
    first = parts[0]
    vulnerable = _vulnerable(reading)
    handoffs = [hand for part in parts for hand in part.handoffs]
    if vulnerable:
        handoffs.append(HandoffReason.VULNERABLE)
    if "attorney" in reading.flags:
        handoffs.append(HandoffReason.LEGAL)
    return replace(
        first,
        handoffs=_unique(handoffs),
        events=_unique(event for part in parts for event in part.events),
        suppress=any(part.suppress for part in parts),
        stop_all=any(part.stop_all for part in parts),
        disable_number=next((p.disable_number for p in parts if p.disable_number), None),
        deceased=any(part.deceased for part in parts),
        vulnerable=vulnerable,
        attorney="attorney" in reading.flags,
        dispute_kind=next((p.dispute_kind for p in parts if p.dispute_kind), None),
        dispute_whole=all(part.dispute_whole for part in parts),
    )


def _unique(many: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(many))


def _vulnerable(reading: Understanding) -> str | None:
    """A circumstance that makes the case a human's (rule cn.vulnerable)."""
    for flag in ("minor", "imprisoned"):
        if flag in reading.flags:
            return flag
    if reading.reason == "illness" and Intent.hardship in reading.intents:
        return "severe_illness"
    return None


def _self_harm() -> Response:
    return Response(
        answer=Answer("answer.self_harm"),
        handoffs=(HandoffReason.SELF_HARM,),
        vulnerable="self_harm",
    )


def _opt_out(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(
        answer=Answer("answer.opt_out"),
        suppress=True,
        stop_all="stop_all" in reading.flags,
    )


def _wrong_person(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(
        answer=Answer("answer.wrong_person"),
        disable_number="wrong_person",
    )


def _deceased(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(
        answer=Answer("answer.deceased"), handoffs=(HandoffReason.DECEASED,), deceased=True
    )


def _complaint(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(answer=Answer("answer.complaint"), handoffs=(HandoffReason.COMPLAINT,))


def _dispute(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(
        answer=Answer("answer.dispute"),
        events=(Event.DISPUTE_RAISED,),
        handoffs=(HandoffReason.DISPUTE,),
        dispute_kind=reading.dispute_kind or "unsaid",
        dispute_whole=reading.dispute_kind != "amount",
    )


def _promise(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    if facts.next_instalment is not None:
        return _within_plan(reading, facts, facts.next_instalment, situation)
    if "confirm" in reading.flags and _says_nothing_new(reading, situation.asked):
        return _confirmed(situation)
    day = reading.promise_date
    if day is None or day < situation.today or reading.asks_date:
        return _ask_date(situation)
    if day > situation.furthest:
        return _too_far(day, situation)
    promises = _promises(reading, facts, day, situation)
    amount = promises[0][1]
    return Response(
        answer=Answer(
            "answer.promise_readback",
            params={"promise_date": day.isoformat(), "promise_amount_minor": amount},
            promise=(day, amount),
        ),
        promises=promises,
        events=(Event.PROMISE_MADE,),
    )


def _within_plan(
    reading: Understanding, facts: CaseFacts, waited_for: PromiseFacts, situation: Situation
) -> Response:
    """An agreed plan stands until the debtor or a collector ends it; what is told is noted.

    A day without a sum speaks of the instalment that is waited for. Paying more, or all, needs no
    other agreement: money goes to the oldest part and completes the plan early.
    """
    instalment = waited_for.amount_minor or facts.outstanding_minor
    day = reading.promise_date
    if day is None or day < situation.today or reading.asks_date:
        return _plan_stands(waited_for.due_on, instalment)
    told = _told_sum(reading, facts, instalment)
    answer = Answer("answer.plan_noted", params=_params(day, told))
    return Response(answer=answer, announced=(day, told))


def _plan_stands(due_on: date, instalment: int) -> Response:
    return Response(answer=Answer("answer.plan_stands", params=_params(due_on, instalment)))


def _params(day: date, amount_minor: int) -> dict[str, Param]:
    return {"promise_date": day.isoformat(), "promise_amount_minor": amount_minor}


def _told_sum(reading: Understanding, facts: CaseFacts, instalment: int) -> int:
    """Minor units: what was named, all of the case for all, else of the instalment."""
    owed = facts.outstanding_minor
    portion = Portion(reading.promise_portion) if reading.promise_portion else None
    if portion is Portion.FULL:
        return owed
    named, part = reading.promise_amount_minor, reading.promise_fraction
    if named is None and part is not None:
        named = -(-instalment * part.numerator // part.denominator)
    return promised_minor(owed if named else instalment, named, portion)


def _says_nothing_new(reading: Understanding, asked: Asked) -> bool:
    """A yes to what was read back, not another day or sum."""
    if reading.promise_date is None:
        return True
    if asked.promise is None or reading.promise_date != asked.promise[0]:
        return False
    return reading.promise_amount_minor in (None, asked.promise[1])


def _promises(
    reading: Understanding, facts: CaseFacts, day: date, situation: Situation
) -> tuple[tuple[date, int], ...]:
    """The promise and the further steps that were named with a day the tier accepts."""
    owed = facts.outstanding_minor
    portion = Portion(reading.promise_portion) if reading.promise_portion else None
    named = reading.promise_amount_minor
    if named is None and reading.promise_fraction is not None:
        named = -(
            -owed * reading.promise_fraction.numerator // reading.promise_fraction.denominator
        )
    made = [(day, promised_minor(owed, named, portion))]
    left = owed - made[0][1]
    for later, amount in reading.further_promises:
        if later and day < later <= situation.furthest and left > 0:
            step = promised_minor(left, amount, None)
            made.append((later, step))
            left -= step
    return tuple(made)


def _confirmed(situation: Situation) -> Response:
    if situation.asked.promise is None:
        return _ask_date(situation)
    day, amount = situation.asked.promise
    return Response(
        answer=Answer(
            "answer.promise_confirmed",
            params={"promise_date": day.isoformat(), "promise_amount_minor": amount},
        )
    )


def _ask_date(situation: Situation) -> Response:
    first, second = situation.choices
    return Response(
        answer=Answer(
            "answer.ask_date",
            params={"date_a": first.isoformat(), "date_b": second.isoformat()},
        )
    )


def _too_far(day: date, situation: Situation) -> Response:
    """Declined once with the latest acceptable day; the second time a human decides."""
    if situation.earlier_offers:
        return Response(
            answer=Answer("handoff.notice"),
            offer=day,
            handoffs=(HandoffReason.PROMISE_TOO_FAR,),
        )
    return Response(
        answer=Answer(
            "answer.promise_too_far",
            params={"latest_date": situation.furthest.isoformat()},
        ),
        offer=day,
    )


def _already_paid(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(answer=Answer("answer.already_paid"), handoffs=(HandoffReason.PAID_CLAIM,))


def _call_later(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    if reading.callback is None:
        return Response(answer=Answer("answer.ask_callback_time"))
    start = reading.callback.start
    return Response(
        answer=Answer("answer.call_later", params={"callback_at": start.isoformat()}),
        call_back_at=start,
        call_back_until=reading.callback.end,
    )


def _link(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(answer=Answer("answer.link"))


def _installment(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(answer=Answer("answer.installment"), handoffs=(HandoffReason.INSTALLMENT,))


def _hardship(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(answer=Answer("answer.hardship"), handoffs=(HandoffReason.HARDSHIP,))


def _refuse(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    if situation.earlier_refusals:
        return Response(answer=Answer("handoff.notice"), handoffs=(HandoffReason.REFUSED,))
    return Response(answer=Answer("answer.refuse"))


def _human(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    return Response(
        answer=Answer("answer.request_human"), handoffs=(HandoffReason.HUMAN_REQUESTED,)
    )


def _greeting(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    if situation.asked.what == "confirm_promise" and "confirm" in reading.flags:
        waited_for = facts.next_instalment
        if waited_for is not None and situation.asked.promise is None:
            return _plan_stands(
                waited_for.due_on, waited_for.amount_minor or facts.outstanding_minor
            )
        return _confirmed(situation)
    if situation.asked.script == "answer.greeting":
        return Response()  # two machines being polite to each other would never stop
    return Response(answer=Answer("answer.greeting"))


def _question(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    script = _QUESTIONS.get(reading.question_kind or "", "answer.question_other")
    return Response(answer=Answer(script))


def _unclear(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    """One either/or question; a second unclear reply is a human's."""
    if reading.flags & {"voicemail", "carrier_announcement"}:
        return Response()
    if "third_party" in reading.flags:
        return Response(answer=Answer("answer.third_party"))
    if facts.unclear_replies:
        return Response(
            answer=Answer("answer.unclear_handoff"),
            handoffs=(HandoffReason.UNCLEAR,),
            unclear=True,
        )
    return Response(answer=Answer("answer.clarify"), unclear=True)


def _for_the_collector(reading: Understanding, facts: CaseFacts, situation: Situation) -> Response:
    """A human holds the case: nothing is answered, a good promise is noted for them."""
    if reading.primary is not Intent.promise_to_pay or reading.confidence < UNSURE:
        return Response()
    return replace(_promise(reading, facts, situation), answer=None, handoffs=())


_RULES: Mapping[Intent, _Rule] = {
    Intent.opt_out: _opt_out,
    Intent.deceased: _deceased,
    Intent.wrong_person: _wrong_person,
    Intent.complaint: _complaint,
    Intent.dispute: _dispute,
    Intent.promise_to_pay: _promise,
    Intent.already_paid: _already_paid,
    Intent.call_later: _call_later,
    Intent.request_link: _link,
    Intent.request_installment: _installment,
    Intent.hardship: _hardship,
    Intent.refuse: _refuse,
    Intent.request_human: _human,
    Intent.greeting_ack: _greeting,
    Intent.question: _question,
    Intent.other: _unclear,
}
