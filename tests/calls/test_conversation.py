"""What the conversation keeps to whatever is pressed or said."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from call_cast import FURTHEST, NOW, case, context, fixed, library, lobby

from bot.domain.call import (
    Ask,
    CallKind,
    Desk,
    Duties,
    Hangup,
    Heard,
    Level,
    Outcome,
    OutcomeKind,
    Record,
    Standing,
    StartRecording,
    Transfer,
    TransferEnd,
    as_json,
    begin,
    expects_reference,
    hang_up,
    hear,
    outcome_as_json,
    outcome_from,
    session_from,
    standing,
    understanding_of,
)
from bot.domain.call.filling import values
from bot.domain.response import Asked, Situation, respond
from bot.domain.understanding import Intent
from bot.domain.understanding.values import Span
from bot.domain.vocabulary import HandoffReason

SCRIPT = library().pick(CallKind.D1_5)


def talk(*inputs, script=SCRIPT, **given):
    """The turn after these inputs: texts are keys, pairs are words and their reading."""
    here = context(script.language, **given)
    turn = begin(script, here)
    for each in inputs:
        turn = answer(turn, each, here, script)
    return turn


def answer(turn, given, here=None, script=SCRIPT):
    here = here or context(script.language)
    if isinstance(given, Heard):
        return hear(script, turn.session, given, here)
    if isinstance(given, str):
        return hear(script, turn.session, Heard.digits(given), here)
    words, reading = given
    return hear(script, turn.session, Heard.speech(words, 0.9), replace(here, understand=reading))


def kinds(turn):
    return [outcome.kind for outcome in turn.session.outcomes]


VERIFIED = ("1", "123*")


def test_the_first_words_say_who_calls_and_where_to_check_and_ask_who_it_is():
    turn = begin(SCRIPT, context())
    first, recording, ask = turn.outputs
    assert first.text.startswith("您好，我是晨光消费金融的智能语音助手，通话会录音。")
    assert "四零零，零零零，幺二三四" in first.text
    assert isinstance(recording, StartRecording)
    assert isinstance(ask, Ask)
    assert "马先生或马女士" in ask.says[0].text


def test_without_the_duty_nothing_is_recorded_and_nothing_said_of_it():
    turn = begin(SCRIPT, context(duties=Duties(ai_notice=False, record_notice=False)))
    assert not any(isinstance(each, StartRecording) for each in turn.outputs)
    assert "录音" not in turn.outputs[0].text
    assert turn.outputs[0].text.startswith("您好，这里是晨光消费金融。官方电话")
    assert "语音助手" not in turn.outputs[0].text


def test_a_debt_collector_says_so_once_the_debtor_is_known_and_not_before():
    duties = Duties(collector_notice=True)
    assert "催收机构" not in "".join(talk("1", duties=duties).said)
    assert "催收机构" in "".join(talk(*VERIFIED, duties=duties).said)


def test_a_star_stands_for_the_last_x():
    assert talk("1", "123*").session.level is Level.FACT
    assert talk("1", ("尾号幺二三叉", fixed())).session.level is Level.FACT


def test_wrong_twice_ends_the_call_without_a_word_about_the_debt():
    turn = talk("1", "1234", "4321")
    assert kinds(turn) == [OutcomeKind.UNVERIFIED_END]
    assert turn.outputs[-1] == Hangup()
    assert turn.session.level is not Level.FACT


def test_too_few_digits_are_asked_for_again_and_are_no_wrong_answer():
    turn = talk("1", "12", "123*")
    assert turn.session.failures == 0
    assert turn.session.level is Level.FACT


def test_a_wrong_fact_then_the_right_one_is_the_debtor():
    assert talk("1", "1234", "123*").session.level is Level.FACT


def test_somebody_who_may_be_wrong_is_asked_before_the_number_is_given_up():
    unsure = fixed(Intent.wrong_person, confidence=0.63)
    assert talk(("是我没错呀", unsure)).session.step == "not_self"
    sure = fixed(Intent.wrong_person, confidence=0.95)
    assert kinds(talk(("你打错了", sure))) == [OutcomeKind.WRONG_PERSON]


def test_a_yes_with_more_behind_it_is_a_yes_unless_somebody_else_speaks():
    clerk = fixed(Intent.wrong_person, confidence=0.7)
    assert talk(("是的，我是财务", clerk)).session.step == "ask_id"
    wife = fixed(Intent.wrong_person, flags=frozenset({"third_party"}))
    assert kinds(talk(("是的，我是他老婆", wife))) == [OutcomeKind.THIRD_PARTY]


def test_a_relative_is_asked_for_a_call_back_and_the_number_stays():
    wife = fixed(Intent.wrong_person, flags=frozenset({"third_party"}))
    turn = talk(("我是他老婆", wife))
    assert kinds(turn) == [OutcomeKind.THIRD_PARTY]
    assert understanding_of(turn.outcomes[0]) is None


def test_a_stop_in_noise_is_still_a_stop():
    here = context(understand=fixed(Intent.opt_out))
    turn = hear(SCRIPT, begin(SCRIPT, here).session, Heard.speech("别打了", 0.05), here)
    assert kinds(turn) == [OutcomeKind.OPT_OUT]


def test_a_stop_that_is_hardly_understood_is_still_a_stop():
    words = (Span(0, 1, "opt_out"),)
    here = context(understand=fixed(Intent.other, Intent.opt_out, confidence=0.1, evidence=words))
    turn = hear(SCRIPT, talk(*VERIFIED).session, Heard.speech("别", 0.9), here)
    assert kinds(turn)[-1] is OutcomeKind.OPT_OUT


def test_a_reading_that_no_word_states_is_asked_about_again():
    guess = context(understand=fixed(Intent.refuse, Intent.opt_out, confidence=0.4))
    known = talk(*VERIFIED).session
    assert kinds(hear(SCRIPT, known, Heard.speech("滋滋滋", 0.9), guess)) == kinds(talk(*VERIFIED))


def test_a_death_that_is_hardly_understood_is_asked_again():
    here = context(understand=fixed(Intent.deceased, confidence=0.3))
    turn = hear(SCRIPT, talk(*VERIFIED).session, Heard.speech("死了", 0.9), here)
    assert turn.session.step == "menu"


def test_a_promise_in_noise_is_asked_again():
    here = context(understand=fixed(Intent.promise_to_pay, promise_date=date(2026, 3, 15)))
    turn = hear(SCRIPT, talk(*VERIFIED).session, Heard.speech("嗡嗡", 0.05), here)
    assert turn.session.step == "menu"
    assert "date" not in turn.session.slots


def test_a_confidence_of_zero_means_the_carrier_does_not_say():
    here = context(understand=fixed(Intent.promise_to_pay, promise_date=date(2026, 3, 15)))
    turn = hear(SCRIPT, talk(*VERIFIED).session, Heard.speech("十五号还", 0.0), here)
    assert turn.session.slots["date"] == "2026-03-15"


def test_a_wish_to_die_goes_to_a_human_at_once_wherever_it_is_said():
    grave = fixed(Intent.promise_to_pay, flags=frozenset({"self_harm"}))
    for inputs in ((), VERIFIED, (*VERIFIED, "2")):
        turn = talk(*inputs, ("不想活了", grave), desk=Desk.ON_DUTY)
        assert kinds(turn)[-1] is OutcomeKind.SELF_HARM
        assert isinstance(turn.outputs[-1], Transfer)
        assert turn.outputs[-1].reason == HandoffReason.SELF_HARM


def test_nobody_on_duty_for_a_wish_to_die_names_the_help_lines():
    grave = fixed(Intent.other, flags=frozenset({"self_harm"}))
    turn = talk(*VERIFIED, ("不想活了", grave))
    assert "幺二三五六" in "".join(turn.said)


def test_a_key_said_aloud_is_a_key():
    assert talk(*VERIFIED, ("二", fixed())).session.step == "ask_date"
    assert talk(*VERIFIED, ("按2", fixed())).session.step == "ask_date"


def test_four_keys_are_the_next_such_day():
    december = datetime(2026, 12, 20, 4, tzinfo=UTC)
    here = context(now=december, furthest=date(2027, 1, 31))
    turn = hear(SCRIPT, talk(*VERIFIED, "2").session, Heard.digits("0105"), here)
    assert turn.session.slots["date"] == "2027-01-05"


def test_a_day_just_past_is_told_apart_from_one_next_year():
    turn = talk(*VERIFIED, "2", "0311")
    assert turn.session.step == "ask_date"
    assert "已经过了" in "".join(turn.said)


@pytest.mark.parametrize("keys", ["1340", "0230", "0000", "03", "*315"])
def test_keys_that_are_no_day_are_asked_for_again(keys):
    turn = talk(*VERIFIED, "2", keys)
    assert turn.session.step == "ask_date"
    assert "date" not in turn.session.slots


def test_wrong_days_without_end_lead_to_a_human():
    turn = talk(*VERIFIED, "2", "1340", "1340", "1340")
    assert OutcomeKind.UNCLEAR in kinds(turn)


def test_a_promise_is_reached_when_it_was_read_back_and_confirmed():
    turn = talk(*VERIFIED, "2", "0315", "2")
    assert kinds(turn) == [OutcomeKind.VERIFIED]
    turn = answer(turn, "1")
    promise = turn.outcomes[0]
    assert (promise.date, promise.amount_minor) == (date(2026, 3, 15), 102_375)
    assert promise.confirmed
    assert not promise.wants_sms


def test_what_was_read_back_and_not_confirmed_counts_as_unconfirmed_when_the_line_is_lost():
    lost = hang_up(talk(*VERIFIED, "2", "0315", "1").session)
    assert [each.kind for each in lost.outcomes] == [OutcomeKind.PROMISE]
    assert not lost.outcomes[0].confirmed
    assert lost.outcomes[0].wants_sms


def test_a_promise_taken_back_is_not_pending_any_more():
    assert hang_up(talk(*VERIFIED, "2", "0315", "1", "2").session).outcomes == ()


def test_a_sum_beyond_what_is_owed_is_not_taken():
    turn = talk(*VERIFIED, "2", "0315", "3", "9999#")
    assert turn.session.step == "ask_sum"
    assert talk(*VERIFIED, "2", "0315", "3", "800#").session.slots["amount"] == 80_000


def test_a_day_too_far_is_offered_the_latest_one_and_the_second_is_a_humans():
    turn = talk(*VERIFIED, "2", "0330")
    assert kinds(turn)[-1] is OutcomeKind.OFFER
    assert "3月19日" in "".join(turn.said)
    taken = answer(turn, "1")
    assert taken.session.slots["date"] == FURTHEST.isoformat()
    far = fixed(Intent.promise_to_pay, promise_date=date(2026, 4, 9))
    again = answer(turn, ("四月九号", far), context(desk=Desk.ON_DUTY))
    assert kinds(again)[-2:] == [OutcomeKind.OFFER, OutcomeKind.REQUEST_HUMAN]


def test_the_evening_that_has_begun_is_tomorrows():
    evening = NOW + timedelta(hours=8)  # eight in the evening
    here = context(now=evening)
    turn = hear(SCRIPT, talk(*VERIFIED, "5").session, Heard.digits("1"), here)
    assert turn.outcomes[0].start == datetime(2026, 3, 13, 10, tzinfo=UTC)


def test_a_call_later_without_a_time_is_asked_for_one_in_writing():
    turn = talk(*VERIFIED, "5", Heard.silence(), Heard.silence())
    assert turn.outcomes[0].kind is OutcomeKind.CALL_LATER
    assert turn.outcomes[0].wants_sms
    assert not talk(*VERIFIED, "5", "2").outcomes[0].wants_sms


def test_a_debtor_who_speaks_of_somebody_else_is_not_taken_for_somebody_else():
    flags = frozenset({"third_party"})
    husband = fixed(Intent.promise_to_pay, promise_date=date(2026, 3, 15), flags=flags)
    turn = talk(*VERIFIED, ("我老公十五号还", husband))
    assert turn.session.step == "ask_share"


@pytest.mark.parametrize("words", ["没有了", "没了，谢谢", "不用了谢谢", "就这样吧"])
def test_nothing_else_is_a_goodbye_and_no_hardship(words):
    turn = talk(*VERIFIED, "1", (words, fixed(Intent.hardship)))
    assert turn.session.ended
    assert OutcomeKind.HARDSHIP not in kinds(turn)


@pytest.mark.parametrize("words", ["没有钱", "没有钱还你们了", "没了工作"])
def test_no_money_is_a_hardship_even_when_anything_else_was_asked(words):
    turn = talk(*VERIFIED, "1", (words, fixed(Intent.hardship)))
    assert kinds(turn)[-1] is OutcomeKind.HARDSHIP


def test_a_dispute_is_never_asked_for_a_date():
    turn = talk(*VERIFIED, ("不是我借的", fixed(Intent.dispute, dispute_kind="not_mine")))
    assert kinds(turn)[-1] is OutcomeKind.DISPUTE
    assert turn.outcomes[0].dispute_kind == "not_mine"
    assert "哪天" not in "".join(turn.said)


def test_a_word_is_recorded_only_in_a_call_whose_recording_was_announced():
    assert isinstance(talk(*VERIFIED, "4", "1", "1").outputs[-1], Record)
    quiet = talk(*VERIFIED, "4", "1", duties=Duties(record_notice=False))
    assert quiet.outputs[-1] == Hangup()


def test_the_same_thing_reached_twice_is_given_once():
    turn = talk(*VERIFIED, "1", "1")
    assert kinds(turn).count(OutcomeKind.SEND_LINK) == 1
    assert turn.outcomes == ()


def test_a_turn_posted_twice_or_out_of_order_is_recognised():
    session = talk("1").session
    assert session.turn == 2
    assert standing(session, 2) is Standing.CURRENT
    assert standing(session, 1) is Standing.REPEATED
    assert standing(session, 0) is Standing.STALE
    assert standing(session, 9) is Standing.STALE


def test_after_the_end_nothing_is_heard_any_more():
    ended = talk(*VERIFIED, "9").session
    late = hear(SCRIPT, ended, Heard.digits("2"), context())
    assert late.session == ended
    assert late.outputs == (Hangup(),)
    assert late.outcomes == ()


def test_hanging_up_twice_does_no_harm():
    once = hang_up(talk("1").session)
    assert [each.kind for each in once.outcomes] == [OutcomeKind.UNVERIFIED_END]
    assert hang_up(once.session).outcomes == ()


def test_a_call_answered_by_silence_is_no_response():
    lost = hang_up(begin(SCRIPT, context()).session)
    assert [each.kind for each in lost.outcomes] == [OutcomeKind.NO_RESPONSE]


def test_a_machine_reported_after_somebody_spoke_is_not_believed():
    turn = talk("1")
    late = hear(SCRIPT, turn.session, Heard.machine("machine_start"), context())
    assert late.session == turn.session
    assert late.outputs == ()


def test_a_human_reported_changes_nothing():
    turn = begin(SCRIPT, context())
    assert hear(SCRIPT, turn.session, Heard.machine("human"), context()).outputs == ()


def test_a_machine_hears_a_name_and_a_number_only_where_the_rules_allow_it():
    turn = begin(SCRIPT, context())
    end = Heard.machine("machine_end_beep")
    assert hear(SCRIPT, turn.session, end, context()).said == ()
    allowed = context(duties=Duties(voicemail=True), contact_name="陈专员")
    said = "".join(hear(SCRIPT, turn.session, end, allowed).said)
    assert "陈专员" in said
    assert "2047" not in said
    early = hear(SCRIPT, turn.session, Heard.machine("machine_start"), allowed)
    assert early.said == ()


def test_a_carriers_announcement_is_no_answer_of_the_debtor():
    announced = fixed(Intent.other, flags=frozenset({"carrier_announcement"}))
    turn = talk(("您拨打的用户已关机", announced))
    assert kinds(turn) == [OutcomeKind.MACHINE]
    assert turn.outcomes[0].reason == "carrier_announcement"


def test_a_transfer_that_nobody_takes_asks_for_a_time():
    turn = talk(*VERIFIED, "0", Heard.transfer(TransferEnd.NOT_MET), desk=Desk.ON_DUTY)
    assert turn.session.step == "ask_human_time"


def test_a_transfer_that_was_taken_ends_the_talk():
    turn = talk(*VERIFIED, "0", Heard.transfer(TransferEnd.MET), desk=Desk.ON_DUTY)
    assert turn.session.ended


def test_the_collector_hears_what_was_said_and_the_debtor_never_hears_the_whisper():
    turn = talk(*VERIFIED, "2", "0315", "1", "1", "0", desk=Desk.ON_DUTY)
    transfer = turn.outputs[-1]
    assert "约了3月15日还2047元5角，要找真人" in transfer.whisper.text
    assert transfer.whisper.text not in turn.said


def test_a_step_that_a_newer_script_lacks_ends_the_call_with_a_humans_call_back():
    session = replace(talk(*VERIFIED).session, step="gone")
    turn = hear(SCRIPT, session, Heard.digits("2"), context())
    assert turn.session.ended
    assert OutcomeKind.REQUEST_HUMAN in kinds(turn)


def test_a_caller_nobody_knows_gives_the_contracts_number():
    script = library().pick(CallKind.INBOUND)
    turn = begin(script, lobby())
    assert expects_reference(script, turn.session)
    missed = hear(script, turn.session, Heard.digits("999#"), lobby())
    assert missed.session.failures == 1
    found = hear(script, missed.session, Heard.digits("112#"), context())
    assert found.session.step == "identity"
    assert not expects_reference(script, found.session)


def test_a_case_that_owes_nothing_any_more_is_told_so_without_a_word_of_debt():
    turn = talk("1", "123*", facts=case(debts=()))
    assert turn.session.ended
    assert "没有需要您处理" in "".join(turn.said)


def test_money_that_arrives_during_the_call_ends_it_with_thanks():
    paid = context(facts=case(debts=()))
    for inputs in (VERIFIED, (*VERIFIED, "2"), (*VERIFIED, "2", "0315")):
        turn = answer(talk(*inputs), "1", paid)
        assert turn.session.ended
        assert "收到您的还款" in "".join(turn.said)


def test_a_stop_is_heard_even_when_the_money_has_just_arrived():
    paid = context(facts=case(debts=()))
    assert kinds(answer(talk(*VERIFIED), "9", paid))[-1] is OutcomeKind.OPT_OUT


def test_a_desk_without_a_complaints_number_still_answers_a_complaint():
    here = context(values={**context().values, "complaint_phone": ""})
    turn = hear(
        SCRIPT,
        talk("1").session,
        Heard.speech("我要投诉", 0.9),
        replace(here, understand=fixed(Intent.complaint)),
    )
    assert kinds(turn)[-1] is OutcomeKind.COMPLAINT


def test_a_session_survives_its_storing():
    for inputs in ((), ("1",), VERIFIED, (*VERIFIED, "2", "0315", "1"), (*VERIFIED, "5")):
        session = talk(*inputs).session
        assert session_from(as_json(session)) == session


SITUATION = Situation(date(2026, 3, 12), FURTHEST, (date(2026, 3, 13), date(2026, 3, 16)), Asked())


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_every_outcome_is_a_reading_the_case_can_take_or_none(kind):
    outcome = Outcome(kind, 3, Level.FACT, date=date(2026, 3, 15), amount_minor=50_000, start=NOW)
    reading = understanding_of(outcome)
    if reading is None:
        assert kind in {"verified", "third_party", "machine", "unverified_end", "no_response"}
        return
    response = respond(reading, case(), SITUATION)
    expected = {
        OutcomeKind.PROMISE: response.promises == ((date(2026, 3, 15), 50_000),),
        OutcomeKind.ALREADY_PAID: response.handoffs == (HandoffReason.PAID_CLAIM,),
        OutcomeKind.DISPUTE: response.dispute_kind is not None,
        OutcomeKind.CALL_LATER: response.call_back_at == NOW,
        OutcomeKind.OPT_OUT: response.suppress,
        OutcomeKind.WRONG_PERSON: response.disable_number == "wrong_person",
        OutcomeKind.REQUEST_HUMAN: response.handoffs == (HandoffReason.HUMAN_REQUESTED,),
        OutcomeKind.HARDSHIP: response.handoffs == (HandoffReason.HARDSHIP,),
        OutcomeKind.INSTALLMENT: response.handoffs == (HandoffReason.INSTALLMENT,),
        OutcomeKind.COMPLAINT: response.handoffs == (HandoffReason.COMPLAINT,),
        OutcomeKind.DECEASED: response.deceased,
        OutcomeKind.SELF_HARM: response.vulnerable == "self_harm",
        OutcomeKind.UNCLEAR: response.unclear,
    }
    assert expected.get(kind, response.answer is not None)


def test_an_offer_too_far_is_noted_and_no_promise():
    offer = Outcome(OutcomeKind.OFFER, 3, Level.FACT, date=date(2026, 4, 9))
    response = respond(understanding_of(offer), case(), SITUATION)
    assert response.offer == date(2026, 4, 9)
    assert response.promises == ()


def test_a_stop_of_everything_is_more_than_a_stop_of_calls():
    said = fixed(Intent.opt_out, flags=frozenset({"stop_all"}))
    turn = talk(*VERIFIED, ("都别联系了", said))
    assert respond(understanding_of(turn.outcomes[0]), case(), SITUATION).stop_all
    pressed = talk(*VERIFIED, "9")
    assert not respond(understanding_of(pressed.outcomes[0]), case(), SITUATION).stop_all


@pytest.mark.parametrize("level", [Level.NONE, Level.NAME])
def test_before_it_is_the_debtor_no_sentence_can_be_filled_with_the_debt(level):
    session = replace(talk(*VERIFIED, "2", "0315").session, level=level)
    filled = values(session, context(), SCRIPT)
    assert SCRIPT.private & filled.keys() == set()
    assert {"creditor", "phone", "asked_for"} <= filled.keys()
    assert "amount_due" in values(replace(session, level=Level.FACT), context(), SCRIPT)


def test_a_second_step_is_stored_with_its_promise_and_older_calls_have_none():
    outcome = Outcome(OutcomeKind.PROMISE, 3, date=date(2026, 3, 15), later=(date(2026, 3, 18), 9))
    document = outcome_as_json(outcome)
    assert outcome_from(json.loads(json.dumps(document))) == outcome
    older = {name: value for name, value in document.items() if name != "later"}
    assert outcome_from(older).later is None


@pytest.mark.parametrize(
    ("first", "step", "later"),
    [
        (50_000, (date(2026, 3, 18), None), (date(2026, 3, 18), 154_750)),
        (50_000, (date(2026, 3, 18), 900_000), (date(2026, 3, 18), 154_750)),
        (50_000, (date(2026, 3, 18), 60_000), (date(2026, 3, 18), 60_000)),
        (50_000, (date(2026, 3, 15), None), None),
        (50_000, (FURTHEST + timedelta(days=1), None), None),
        (204_750, (date(2026, 3, 18), None), None),
    ],
    ids=["the rest", "at most the rest", "a sum", "not later", "too far", "nothing is left"],
)
def test_a_second_step_comes_after_the_first_within_the_limit_and_of_what_is_left(
    first, step, later
):
    reading = fixed(
        Intent.promise_to_pay,
        promise_date=date(2026, 3, 15),
        promise_amount_minor=first,
        further_promises=(step,),
    )
    turn = talk(*VERIFIED, ("两步还", reading))
    assert turn.session.pending.later == later
