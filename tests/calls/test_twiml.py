"""Every answer to the carrier is a document the carrier can carry out."""

from dataclasses import replace

import pytest
from call_cast import context, library
from twiml_grammar import faults
from walk import turns

from bot.carriers.twilio_desk_speaker import TwilioDeskSpeaker
from bot.carriers.twilio_speaker import TwilioSpeaker
from bot.carriers.twilio_voice import Addresses, Collector, render
from bot.domain.call import (
    Ask,
    CallKind,
    Desk,
    Hangup,
    Record,
    Say,
    StartRecording,
    Transfer,
    begin,
)
from bot.scripts.call_phrases import PHRASES, load_phrases
from bot.scripts.wording import scripts_root

HERE = "https://desk.example.com/voice"
ADDRESSES = Addresses(
    answer=f"{HERE}/turn?call=1&turn=7",
    recording_status=f"{HERE}/recording",
    recorded=f"{HERE}/recorded?turn=7",
    transferred=f"{HERE}/transferred?turn=7",
    whisper=f"{HERE}/whisper?call=1",
    waiting=f"{HERE}/wait?call=1",
)
SPEAKER, DESK = TwilioSpeaker(HERE), TwilioDeskSpeaker(HERE)
HOLES = {"position": "2", "creditor": "晨光消费金融", "asked_for": "马先生或马女士"}
SAY = Say("您好", "cmn-CN", "Polly.Zhiyu-Neural", 95)


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "yue-HK"])
@pytest.mark.parametrize("kind", list(CallKind))
def test_every_path_of_every_call_is_a_document_twilio_accepts(kind, language):
    known: set[object] = set()
    collector = Collector("+12025550123", "+12025550199")
    script = library().pick(kind, language)
    for turn in turns(script, context(language, desk=Desk.ON_DUTY)):
        if turn.outputs in known:
            continue
        known.add(turn.outputs)
        for to in (None, collector):
            assert faults(render(turn.outputs, ADDRESSES, to)) == [], turn.session.step
        last = turn.outputs[-1]
        if isinstance(last, Transfer):
            assert faults(SPEAKER.whisper(last.whisper, SAY, 7), whisper=True) == []
    assert len(known) > 60


def test_a_recording_begins_after_the_notice_was_spoken_and_before_the_first_question():
    turn = begin(library().pick(CallKind.D1_5), context())
    text = render(turn.outputs, ADDRESSES)
    assert text.index("通话会录音") < text.index("<Start>") < text.index("<Gather")


def test_a_question_that_nobody_answers_comes_back_as_a_turn():
    text = render([Ask("menu", (SAY,))], ADDRESSES)
    assert 'actionOnEmptyResult="true"' in text
    assert text.index("</Gather>") < text.index("<Redirect")


def test_a_keypad_works_beside_speech_and_alone():
    assert 'input="dtmf speech"' in render([Ask("menu", (SAY,))], ADDRESSES)
    alone = render([Ask("menu", (SAY,), speech=False)], ADDRESSES)
    assert 'input="dtmf"' in alone
    assert "language" not in alone.replace('Say language="cmn-CN"', "")
    assert faults(alone) == []


def test_a_sentence_with_xml_in_it_stays_a_sentence():
    text = render([replace(SAY, text='<Dial>"&'), Hangup()], ADDRESSES)
    assert faults(text) == []
    assert "&lt;Dial&gt;" in text


def test_a_sentence_longer_than_the_carrier_takes_is_refused():
    with pytest.raises(ValueError, match="501 characters"):
        render([replace(SAY, text="长" * 501), Hangup()], ADDRESSES)


def test_a_document_larger_than_the_carrier_reads_is_refused():
    with pytest.raises(ValueError, match="bytes"):
        render([replace(SAY, text="长" * 500)] * 50, ADDRESSES)


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        (StartRecording(), "recording_status"),
        (Record("word"), "recording_status"),
        (Transfer(SAY, SAY, "desk", "human_requested"), "transferred"),
    ],
)
def test_an_address_that_a_turn_needs_and_lacks_is_named(output, missing):
    with pytest.raises(ValueError, match=missing):
        render([output], Addresses("https://desk.example.com/turn"))


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "yue-HK"])
def test_what_is_said_around_the_talk_are_documents_as_well(language):
    calls = library()
    phrases = load_phrases(scripts_root() / "phrases" / "call.yaml", calls)
    say = {name: phrases.say(name, language, **HOLES) for name in PHRASES}
    for document in (SPEAKER.wait(say["position"]), SPEAKER.leave()):
        assert faults(document, waiting=True) == []
    assert faults(SPEAKER.speak([say["apology"], Hangup()], 3)) == []
    assert faults(DESK.ask_key(say["desk_connect"], say["desk_no_key"], "t")) == []
    assert faults(DESK.dial("+8613800138000", "+12025550199", "t")) == []
    assert faults(DESK.tell(say["desk_busy"])) == []
    assert faults(DESK.tell(None)) == []


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<Response/>", "nothing to do"),
        ('<Response><Say language="cmn-CN" voice="Polly.Zhiyu">好</Say></Response>', "by itself"),
        ('<Response><Say language="cmn-TW" voice="Polly.Zhiyu">好</Say><Hangup/></Response>', "not speak"),
        ("<Response><Hangup/><Hangup/></Response>", "nothing after"),
        ('<Response><Gather input="dtmf" action="x"/><Hangup/></Response>', "is not url"),
        ("<Response><Hangup reason='busy'/></Response>", "no attribute"),
        ('<Response><Gather input="speech" action="https://a.example/" language="cmn-Hans-CN" '
         'speechModel="default" speechTimeout="auto"/><Hangup/></Response>', "needs seconds"),
        ('<Response><Say language="yue-HK" voice="Polly.Hiujin-Neural">好</Say><Hangup/></Response>', "not speak"),
        ("<Response><Number>1</Number><Hangup/></Response>", "must not be in"),
    ],
)  # fmt: skip
def test_the_grammar_itself_finds_what_is_wrong(document, fault):
    assert any(fault in each for each in faults(document))
