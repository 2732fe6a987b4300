"""Whatever is pressed, said or reported, in any order: a call ends, keeps silent until it may speak,
and loses nothing."""

from dataclasses import replace

from call_cast import SECRETS, case, context, library, lobby
from hypothesis import given, settings
from hypothesis import strategies as st
from walk import KEYS, READINGS, turns

from bot.domain.call import (
    Ask,
    CallKind,
    Desk,
    Duties,
    Hangup,
    Heard,
    Level,
    OutcomeKind,
    Record,
    Say,
    StartRecording,
    Transfer,
    TransferEnd,
    as_json,
    begin,
    hang_up,
    hear,
    session_from,
)
from bot.domain.call.running import MAX_TURNS
from bot.domain.understanding import Understanding

#: A machine that does other things besides must not make a right answer wrong.
unhurried = settings(deadline=None)

LAST = (Ask, Record, Transfer, Hangup)

words = st.sampled_from(
    ["嗯", "一", "按1", "再说一遍", "一二三叉", "1234", "全部", "一半", "？", "ok"]
)
heard = st.one_of(
    st.builds(Heard.digits, st.one_of(st.sampled_from(KEYS), st.text("0123456789*#", max_size=6))),
    st.builds(Heard.speech, st.one_of(words, st.text(max_size=8)), st.floats(0, 1)),
    st.just(Heard.silence()),
    st.builds(
        Heard.machine, st.sampled_from(["human", "machine_start", "machine_end_beep", "fax"])
    ),
    st.builds(Heard.recorded, st.integers(0, 120)),
    st.builds(Heard.transfer, st.sampled_from(TransferEnd)),
)
inputs = st.lists(st.tuples(heard, st.sampled_from(READINGS)), max_size=MAX_TURNS + 5)
scripts = st.builds(
    library().pick, st.sampled_from(list(CallKind)), st.sampled_from(["zh-CN", "zh-TW", "zh-HK"])
)
booleans = st.booleans()
contexts = st.fixed_dictionaries(
    {
        "desk": st.sampled_from(list(Desk)),
        "link": booleans,
        "id_tail": st.sampled_from(["123X", ""]),
        "duties": st.builds(Duties, booleans, booleans, booleans, booleans),
        "contact_name": st.sampled_from(["", "陈专员"]),
    }
)


def reader(reading: Understanding):
    return lambda text, asked: reading


@unhurried
@given(scripts, contexts, inputs)
def test_any_call_keeps_its_manners(script, given_, said):
    here = context(script.language, **given_)
    turn = begin(script, here)
    notice_given = not here.duties.record_notice
    for number, (what, reading) in enumerate([(None, None), *said], 1):
        if what is not None:
            before = turn.session
            turn = hear(script, before, what, replace(here, understand=reader(reading)))
            assert turn.session.outcomes[: len(before.outcomes)] == before.outcomes
            if not turn.outputs:
                assert turn.session == before
                continue
        session = turn.session
        assert session_from(as_json(session)) == session
        assert isinstance(turn.outputs[-1], LAST)
        assert not any(isinstance(each, LAST) for each in turn.outputs[:-1])
        assert session.ended == isinstance(turn.outputs[-1], Hangup)
        assert number <= MAX_TURNS + 1 or session.ended
        for output in turn.outputs:
            if isinstance(output, Say) and ("录音" in output.text or "錄音" in output.text):
                notice_given = True
            assert not isinstance(output, (StartRecording, Record)) or notice_given
        if session.level is not Level.FACT:
            assert not any(secret in text for secret in SECRETS for text in turn.said)
    over = hang_up(turn.session)
    assert over.session.outcomes[: len(turn.session.outcomes)] == turn.session.outcomes
    assert over.session.ended
    assert hang_up(over.session).outcomes == ()


@unhurried
@given(scripts, inputs, st.integers(0, MAX_TURNS))
def test_a_debt_that_is_paid_in_the_middle_of_a_call_breaks_nothing(script, said, paid_at):
    here, paid = (
        context(script.language),
        context(script.language, facts=case(debts=(), promises=())),
    )
    turn = begin(script, here)
    for number, (what, reading) in enumerate(said):
        now = paid if number >= paid_at else here
        turn = hear(script, turn.session, what, replace(now, understand=reader(reading)))


@unhurried
@given(inputs)
def test_a_caller_nobody_knows_hears_of_no_case(said):
    script = library().pick(CallKind.INBOUND)
    turn = begin(script, lobby())
    for what, reading in said:
        turn = hear(script, turn.session, what, replace(lobby(), understand=reader(reading)))
        assert turn.session.level is not Level.FACT
        assert not any(secret in text for secret in SECRETS for text in turn.said)


@unhurried
@given(scripts, st.integers(0, 2**32 - 1))
def test_somebody_who_only_asks_to_hear_it_again_is_let_go_in_the_end(script, seed):
    here = context(script.language)
    turn = begin(script, here)
    for what in (Heard.digits("1"), Heard.digits("123*"), *[Heard.digits("8")] * (MAX_TURNS + 2)):
        turn = hear(script, turn.session, what, here)
    assert turn.session.ended
    assert OutcomeKind.REQUEST_HUMAN in {outcome.kind for outcome in turn.session.outcomes}


def test_every_step_of_every_call_is_come_to():
    """Walked with a desk open and closed, with and without link, identity, debts, notices."""
    settings = [
        {"desk": Desk.ON_DUTY},
        {"link": False, "id_tail": ""},
        {"identity": ()},
        {"owed_minor": 0, "due_minor": 0},
        {"duties": Duties(voicemail=True), "contact_name": "陈专员"},
    ]
    for kind in (CallKind.D6_20, CallKind.INBOUND):
        script = library().pick(kind)
        contexts_ = [context(**each) for each in settings]
        if kind is CallKind.INBOUND:
            contexts_.append(lobby())
        walked = {turn.session.step for here in contexts_ for turn in turns(script, here)}
        stops = {name for name, step in script.steps.items() if not step.then}
        assert stops - walked - {script.too_long, script.settled} == set()
