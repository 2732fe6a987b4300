"""Every path of a call: each question is given every key, silence, noise and every meaning."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from call_cast import NOW, fixed

from bot.domain.call import (
    Ask,
    CallContext,
    CallScript,
    Heard,
    Level,
    Record,
    Transfer,
    TransferEnd,
    Turn,
    begin,
    hear,
)
from bot.domain.understanding import Intent, Span, Understanding, When, Window

_LATER = Window(datetime(2026, 3, 13, 6, tzinfo=UTC), datetime(2026, 3, 13, 8, tzinfo=UTC))
_SOON = When(_LATER.start, _LATER.start.replace(hour=9), "hour", "point", "明天下午")


def _read(*intents: Intent, **fields: object) -> Understanding:
    return Understanding(intents, **{"confidence": 0.95, **fields})  # type: ignore[arg-type]


#: One reading of every kind that changes where a call goes.
READINGS: tuple[Understanding, ...] = (
    *(_read(intent) for intent in Intent),
    *(_read(Intent.question, question_kind=kind) for kind in (
        "amount", "due_date", "account", "consequences", "legitimacy", "are_you_a_bot", "other")),
    *(_read(Intent.dispute, dispute_kind=kind) for kind in (
        "amount", "not_mine", "quality", "settled", "fraud")),
    *(_read(Intent.promise_to_pay, reason=reason) for reason in (
        "forgot", "away", "waits_salary", "waits_customer_payment", "internal_process",
        "account_error", "family_event", "short_of_cash_temporary", "short_of_cash_long_term",
        "illness", "person_changed")),
    *(_read(Intent.other, flags=frozenset({flag})) for flag in (
        "self_harm", "voicemail", "carrier_announcement", "minor", "attorney", "imprisoned",
        "third_party")),
    _read(Intent.wrong_person, flags=frozenset({"third_party"})),
    _read(Intent.wrong_person, evidence=(Span(0, 2, "answer"),)),
    _read(Intent.opt_out, flags=frozenset({"stop_all"})),
    _read(Intent.greeting_ack, flags=frozenset({"confirm"})),
    _read(Intent.promise_to_pay, flags=frozenset({"confirm"})),
    _read(Intent.promise_to_pay, flags=frozenset({"correct"})),
    _read(Intent.promise_to_pay, flags=frozenset({"correct"}), promise_date=date(2026, 3, 16)),
    _read(Intent.promise_to_pay, promise_date=date(2026, 3, 15)),
    _read(Intent.promise_to_pay, promise_date=date(2026, 3, 1)),
    _read(Intent.promise_to_pay, promise_date=date(2026, 5, 1)),
    _read(Intent.promise_to_pay, promise_date=date(2026, 3, 15), promise_amount_minor=50_000),
    _read(Intent.promise_to_pay, promise_date=date(2026, 3, 15), promise_amount_minor=9_000_000),
    _read(Intent.promise_to_pay, promise_date=date(2026, 3, 15), promise_portion="half"),
    _read(Intent.promise_to_pay, promise_fraction=Fraction(1, 3)),
    _read(Intent.call_later, callback=_LATER),
    _read(Intent.other, when=(_SOON,)),
    _read(Intent.other, confidence=0.1),
)  # fmt: skip

#: Keys beside those a question names: in and out of range, facts right and wrong, days, sums.
KEYS = ("6", "*", "#", "77", "123*", "9999", "0315", "0330", "0311", "1340", "500", "0", "999999")

Step = tuple[Heard, Understanding | None]


def inputs(script: CallScript, turn: Turn) -> Iterator[Step]:
    """Everything that may follow the turn."""
    last = turn.outputs[-1]
    if isinstance(last, Ask):
        question = script.steps[turn.session.step].ask
        assert question is not None
        yield Heard.silence(), None
        if turn.session.tries.get(turn.session.step):  # asked again: silence leads on from here
            yield Heard.digits("77"), None
            return
        for key in (*question.keys, *KEYS):
            yield Heard.digits(key), None
        for reading in READINGS:
            yield Heard.speech("嗯嗯嗯嗯嗯嗯嗯", 0.9), reading
        yield Heard.speech("后天", 0.1), _read(Intent.promise_to_pay, confidence=0.9)
        for words in ("再说一遍", "一二三叉", "按1", "全部", "一半"):
            yield Heard.speech(words, 0.9), _read(Intent.other, confidence=0.2)
    elif isinstance(last, Record):
        yield Heard.recorded(5), None
        yield Heard.recorded(0), None
    elif isinstance(last, Transfer):
        for end in TransferEnd:
            yield Heard.transfer(end), None
        yield Heard.silence(), None
    for answered_by in ("machine_start", "machine_end_beep", "fax"):
        yield Heard.machine(answered_by), None


def _place(turn: Turn) -> tuple[object, ...]:
    session = turn.session
    return (
        session.step,
        session.level,
        session.failures if session.level is not Level.FACT else 0,
        session.tries.get(session.step, 0),
        frozenset(session.slots) & _CHOOSING,
    )


#: What steps choose their way by (bot.domain.call.conditions).
_CHOOSING = frozenset({"date", "amount"})


def turns(script: CallScript, context: CallContext) -> Iterator[Turn]:
    """Every turn of every path; a place that was seen is not walked again."""
    first = begin(script, context)
    yield first
    waiting, seen = deque([first]), {_place(first)}
    while waiting:
        turn = waiting.popleft()
        for heard, reading in inputs(script, turn):
            listener = replace(context, understand=_reader(reading), now=NOW)
            following = hear(script, turn.session, heard, listener)
            if not following.outputs:
                continue
            yield following
            place = _place(following)
            if not following.session.ended and place not in seen:
                seen.add(place)
                waiting.append(following)


def _reader(reading: Understanding | None):
    if reading is None:
        return fixed()
    return lambda text, context: reading
