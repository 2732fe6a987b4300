"""What a reply sets in motion: harm first, one answer, a human when one is needed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reply_cast import FURTHEST, TODAY, case, reading, situation

from bot.domain.case_life import TRANSITIONS, Event
from bot.domain.facts import PromiseFacts
from bot.domain.response import Asked, respond
from bot.domain.understanding import Intent, Window
from bot.domain.vocabulary import CaseState, HandoffReason, PromiseState

HARMFUL = [
    Intent.opt_out,
    Intent.deceased,
    Intent.wrong_person,
    Intent.complaint,
    Intent.dispute,
]


def answered(response) -> str | None:
    return response.answer.script if response.answer else None


def test_a_promise_inside_the_horizon_is_read_back_and_moves_the_case():
    got = respond(
        reading(Intent.promise_to_pay, promise_date=date(2026, 3, 13)), case(), situation()
    )
    assert answered(got) == "answer.promise_readback"
    assert got.promises == ((date(2026, 3, 13), 200_000),)
    assert got.events == (Event.PROMISE_MADE,)


def test_a_promise_of_half_rounds_the_odd_cent_up():
    said = reading(Intent.promise_to_pay, promise_date=FURTHEST, promise_portion="half")
    assert respond(said, case(owed=101), situation()).promises == ((FURTHEST, 51),)


def test_a_promise_of_a_third_is_a_third():
    said = reading(Intent.promise_to_pay, promise_date=FURTHEST, promise_fraction=Fraction(1, 3))
    assert respond(said, case(owed=300), situation()).promises == ((FURTHEST, 100),)


def test_a_promise_never_exceeds_what_is_owed():
    said = reading(Intent.promise_to_pay, promise_date=FURTHEST, promise_amount_minor=999_999)
    assert respond(said, case(), situation()).promises == ((FURTHEST, 200_000),)


def test_a_two_step_promise_keeps_both_steps():
    said = reading(
        Intent.promise_to_pay,
        promise_date=date(2026, 3, 13),
        promise_amount_minor=50_000,
        further_promises=((date(2026, 3, 18), None),),
    )
    assert respond(said, case(), situation()).promises == (
        (date(2026, 3, 13), 50_000),
        (date(2026, 3, 18), 150_000),
    )


def test_a_promise_too_far_away_is_an_offer_the_first_time():
    got = respond(
        reading(Intent.promise_to_pay, promise_date=date(2026, 5, 1)), case(), situation()
    )
    assert answered(got) == "answer.promise_too_far"
    assert (got.offer, got.promises, got.handoffs) == (date(2026, 5, 1), (), ())


def test_a_promise_too_far_away_the_second_time_goes_to_a_human():
    said = reading(Intent.promise_to_pay, promise_date=date(2026, 5, 1))
    got = respond(said, case(), situation(earlier_offers=1))
    assert got.handoffs == (HandoffReason.PROMISE_TOO_FAR,)


@pytest.mark.parametrize("day", [None, date(2026, 3, 11)])
def test_a_promise_without_a_usable_day_is_asked_for_one(day: date | None):
    got = respond(reading(Intent.promise_to_pay, promise_date=day), case(), situation())
    assert answered(got) == "answer.ask_date"
    assert not got.promises


def test_a_yes_to_the_read_back_confirms_and_promises_nothing_anew():
    asked = Asked("answer.promise_readback", "confirm_promise", {}, (FURTHEST, 200_000))
    said = reading(
        Intent.promise_to_pay,
        flags=frozenset({"confirm"}),
        promise_date=FURTHEST,
        promise_amount_minor=200_000,
    )
    got = respond(said, case(CaseState.PROMISED), situation(asked=asked))
    assert answered(got) == "answer.promise_confirmed"
    assert not got.promises


def test_another_day_after_the_read_back_is_a_new_promise():
    asked = Asked("answer.promise_readback", "confirm_promise", {}, (FURTHEST, 200_000))
    said = reading(Intent.promise_to_pay, promise_date=date(2026, 3, 14))
    got = respond(said, case(CaseState.PROMISED), situation(asked=asked))
    assert got.promises == ((date(2026, 3, 14), 200_000),)


@pytest.mark.parametrize("harm", HARMFUL)
@given(others=st.sets(st.sampled_from(list(Intent))), first=st.booleans())
def test_whatever_else_is_said_harm_never_becomes_a_promise(harm, others, first):
    rest = [other for other in others if other is not harm]
    intents = [harm, *rest] if first else [*rest, harm]
    got = respond(reading(*intents, promise_date=date(2026, 3, 13)), case(), situation())
    assert got.promises == ()
    assert Event.PROMISE_MADE not in got.events


@given(st.sets(st.sampled_from(list(Intent)), min_size=1))
def test_a_stop_anywhere_in_the_reply_stops_the_number(others):
    got = respond(reading(*others, Intent.opt_out), case(), situation())
    assert got.suppress


def test_a_stranger_who_contests_the_debt_is_a_wrong_number_and_no_dispute():
    got = respond(reading(Intent.dispute, Intent.wrong_person), case(), situation())
    assert got.disable_number == "wrong_person"
    assert (got.events, got.handoffs) == ((), ())


def test_a_threat_of_self_harm_goes_to_a_human_before_anything_else():
    said = reading(Intent.promise_to_pay, flags=frozenset({"self_harm"}), promise_date=FURTHEST)
    got = respond(said, case(), situation())
    assert answered(got) == "answer.self_harm"
    assert (got.handoffs, got.vulnerable) == ((HandoffReason.SELF_HARM,), "self_harm")


def test_an_unsure_reading_is_asked_about_once_and_then_handed_off():
    said = reading(Intent.promise_to_pay, promise_date=FURTHEST, confidence=0.3)
    assert answered(respond(said, case(), situation())) == "answer.clarify"
    second = respond(said, case(unclear_replies=1), situation())
    assert second.handoffs == (HandoffReason.UNCLEAR,)


def test_a_call_back_without_a_time_is_asked_for_one():
    got = respond(reading(Intent.call_later), case(), situation())
    assert answered(got) == "answer.ask_callback_time"
    assert got.call_back_at is None


def test_a_call_back_with_a_time_is_kept():
    at = datetime(2026, 3, 13, 7, tzinfo=UTC)
    got = respond(reading(Intent.call_later, callback=Window(at, None)), case(), situation())
    assert got.call_back_at == at


def test_the_second_refusal_goes_to_a_human():
    assert not respond(reading(Intent.refuse), case(), situation()).handoffs
    got = respond(reading(Intent.refuse), case(), situation(earlier_refusals=1))
    assert got.handoffs == (HandoffReason.REFUSED,)


def test_a_greeting_is_answered_once():
    asked = Asked("answer.greeting")
    assert respond(reading(Intent.greeting_ack), case(), situation(asked=asked)).answer is None


def test_a_case_a_human_holds_is_not_answered_but_a_promise_is_noted():
    held = case(CaseState.HANDED_OFF)
    said = reading(Intent.promise_to_pay, promise_date=FURTHEST)
    got = respond(said, held, situation())
    assert got.answer is None
    assert got.promises == ((FURTHEST, 200_000),)
    assert respond(reading(Intent.question), held, situation()).answer is None


def test_a_stop_is_confirmed_even_while_a_human_holds_the_case():
    got = respond(reading(Intent.opt_out), case(CaseState.HANDED_OFF), situation())
    assert answered(got) == "answer.opt_out"


def test_who_owes_nothing_is_told_so_and_thanks_need_no_answer():
    paid = case(CaseState.CLOSED, owed=0)
    assert answered(respond(reading(Intent.question), paid, situation())) == "answer.nothing_owed"
    assert respond(reading(Intent.greeting_ack), paid, situation()).answer is None


def test_illness_with_hardship_makes_the_case_a_vulnerable_one():
    got = respond(reading(Intent.hardship, reason="illness"), case(), situation())
    assert got.vulnerable == "severe_illness"
    assert HandoffReason.VULNERABLE in got.handoffs


def test_a_machine_that_answers_gets_no_answer():
    said = reading(Intent.other, flags=frozenset({"carrier_announcement"}), confidence=0.2)
    assert respond(said, case(), situation()).answer is None


@given(
    intents=st.lists(st.sampled_from(list(Intent)), min_size=1, max_size=4, unique=True),
    state=st.sampled_from(list(CaseState)),
    day=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    amount=st.none() | st.integers(0, 10**9),
    confidence=st.floats(0, 1),
    flags=st.frozensets(st.sampled_from(["confirm", "self_harm", "third_party", "attorney"])),
)
def test_every_reading_has_a_response_the_table_can_take(
    intents, state, day, amount, confidence, flags
):
    said = reading(
        *intents,
        promise_date=day,
        promise_amount_minor=amount,
        confidence=confidence,
        flags=flags,
    )
    got = respond(said, case(state), situation())
    for event in got.events:
        assert (state, event) in TRANSITIONS
    for due_on, minor in got.promises:
        assert TODAY <= due_on <= FURTHEST
        assert 0 < minor <= 200_000


def in_a_plan():
    """A case whose plan waits for 600.00 on the 20th."""
    part = PromiseFacts(
        1, date(2026, 3, 20), 60_000, PromiseState.OPEN, datetime(2026, 3, 1, tzinfo=UTC), plan_id=5
    )
    return case(CaseState.PROMISED, promises=(part,))


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ({"promise_date": date(2026, 3, 13)}, (date(2026, 3, 13), 60_000)),
        (
            {"promise_date": date(2026, 3, 13), "promise_amount_minor": 5_000},
            (date(2026, 3, 13), 5_000),
        ),
        (
            {"promise_date": date(2026, 5, 1), "promise_portion": "full"},
            (date(2026, 5, 1), 200_000),
        ),
        (
            {"promise_date": date(2026, 3, 13), "promise_fraction": Fraction(1, 2)},
            (date(2026, 3, 13), 30_000),
        ),
        (
            {"promise_date": date(2026, 3, 13), "promise_amount_minor": 900_000},
            (date(2026, 3, 13), 200_000),
        ),
        ({}, None),
        ({"promise_date": date(2026, 3, 1)}, None),
    ],
)
def test_within_a_plan_nothing_is_promised_anew(said, noted):
    got = respond(reading(Intent.promise_to_pay, **said), in_a_plan(), situation())
    assert got.announced == noted
    assert (got.promises, got.events, got.handoffs) == ((), (), ())
    assert answered(got) == ("answer.plan_noted" if noted else "answer.plan_stands")


def test_a_human_who_holds_the_case_finds_what_was_said_within_a_plan():
    held = replace(in_a_plan(), state=CaseState.HANDED_OFF)
    said = reading(Intent.promise_to_pay, promise_date=date(2026, 3, 13))
    got = respond(said, held, situation())
    assert (got.announced, got.answer) == ((date(2026, 3, 13), 60_000), None)
