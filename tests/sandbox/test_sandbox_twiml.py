"""The grammar of calls against the client library's, reading of any bytes, and the time speech takes."""

import inspect
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import voice_response as library
from twilio.twiml.voice_response import Dial, Enqueue, Gather, Start, VoiceResponse

from sandbox.voice.twiml.codes import CODES, TwimlError
from sandbox.voice.twiml.document import Document, read_answer, read_document
from sandbox.voice.twiml.grammar import GRAMMAR, SSML, SSML_ATTRIBUTES, UNSPOKEN, VERBS
from sandbox.voice.twiml.languages import GATHER, is_voice
from sandbox.voice.twiml.speech import spoken_seconds

PARENTS = {"Response": VoiceResponse, "Gather": Gather, "Dial": Dial, "Start": Start}
WORDS = {  # what the library takes as the element's text
    "message", "url", "number", "phone_number", "name", "self", "kwargs",
}  # fmt: skip


def camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def attributes_of(parent: type, method: str, keep: set[str]) -> set[str]:
    names = set(inspect.signature(getattr(parent, method)).parameters)
    return {camel(name) for name in names - (WORDS - keep)}


@pytest.mark.parametrize(
    ("name", "parent", "method", "keep"),
    [
        ("Say", VoiceResponse, "say", set()),
        ("Play", VoiceResponse, "play", set()),
        ("Pause", VoiceResponse, "pause", set()),
        ("Gather", VoiceResponse, "gather", set()),
        ("Record", VoiceResponse, "record", set()),
        ("Redirect", VoiceResponse, "redirect", set()),
        ("Reject", VoiceResponse, "reject", set()),
        ("Dial", VoiceResponse, "dial", set()),
        ("Enqueue", VoiceResponse, "enqueue", set()),
        ("Start", VoiceResponse, "start", set()),
        ("Number", Dial, "number", {"url"}),
        ("Queue", Dial, "queue", {"url"}),
        ("Recording", Start, "recording", set()),
    ],
)
def test_an_element_has_the_attributes_of_the_client_library(
    name: str, parent: type, method: str, keep: set[str]
):
    assert set(GRAMMAR[name].attributes) == attributes_of(parent, method, keep)


def test_every_verb_of_the_library_is_executed_or_known_as_not_spoken():
    methods = {
        name for name, _ in inspect.getmembers(VoiceResponse, inspect.isfunction)
        if not name.startswith("_")
    } - {"append", "add_child", "to_xml", "comment", "nest", "text"}  # fmt: skip
    spoken = {name.removesuffix("_").capitalize() for name in methods}
    deprecated = {name for name in spoken if name.startswith(("Ssml", "Add_text", "Refer", "Xml"))}
    assert spoken - deprecated <= VERBS | UNSPOKEN


def test_speech_markup_is_the_librarys():
    kept = {
        name.removeprefix("Ssml"): parent
        for name, parent in vars(library).items()
        if name.startswith("Ssml")
    }
    names = {re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower() for name in kept}
    assert names == SSML
    assert set(SSML_ATTRIBUTES) <= SSML


def document_of(response: VoiceResponse) -> Document:
    return read_document(str(response).encode())


def test_a_document_made_by_the_library_has_nothing_to_complain_of():
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech", action="/a", method="POST", timeout=5, speech_timeout="auto",
        max_speech_time=30, profanity_filter=False, finish_on_key="#", num_digits=4,
        language="cmn-Hans-CN", hints="是,不是", barge_in=True, action_on_empty_result=True,
        speech_model="phone_call", enhanced=False,
    )  # fmt: skip
    say = gather.say(voice="Polly.Zhiyu-Neural", language="cmn-CN", loop=1)
    say.prosody("您好", rate="85%")
    say.break_(time="500ms")
    say.say_as("0305", interpret_as="digits")
    gather.pause(length=1)
    gather.play("https://example.com/a.mp3", loop=1)
    response.append(gather)
    response.play(digits="ww1#")
    response.record(
        action="/r", method="POST", timeout=5, finish_on_key="#", max_length=60, play_beep=True,
        trim="do-not-trim", recording_status_callback="/rs", transcribe=False,
        recording_status_callback_event="completed", recording_status_callback_method="POST",
    )  # fmt: skip
    dial = Dial(action="/d", timeout=20, caller_id="+12025550100", record="record-from-answer")
    dial.number(
        "+8613800138555", url="/w", status_callback="/s", status_callback_event="answered",
        machine_detection="Enable",
    )  # fmt: skip
    response.append(dial)
    queue = Dial()
    queue.queue("人工", url="/w", method="POST")
    response.append(queue)
    response.append(Enqueue("人工", action="/q", wait_url="/wait", wait_url_method="POST"))
    start = Start()
    start.recording(recording_status_callback="/rs", channels="dual", track="both")
    response.append(start)
    response.redirect("/next", method="POST")
    response.leave()
    response.reject(reason="busy")
    response.hangup()
    document = document_of(response)
    assert document.warnings == []
    assert {verb.name for verb in document.verbs} == VERBS - {"Say", "Pause"}


@given(st.binary(max_size=200), st.sampled_from(["text/xml", "text/plain", "application/json", ""]))
def test_any_answer_is_a_document_or_a_twiml_error(body: bytes, content_type: str):
    code = 0
    try:
        read_answer(body, content_type)
    except TwimlError as error:
        code = error.code
    assert code == 0 or code in CODES


NAMES = st.sampled_from([*GRAMMAR, *SSML, "Foo", "Sms"])
PAIRS = st.dictionaries(st.sampled_from(["action", "loop", "timeout", "language", "x"]), st.text(
    alphabet="0123456789aZ-#中", max_size=4), max_size=2)  # fmt: skip


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> ET.Element:
    element = ET.Element(draw(NAMES), draw(PAIRS))
    element.text = draw(st.text(alphabet="款1 ，a", max_size=4))
    if depth:
        element.extend(draw(st.lists(trees(depth - 1), max_size=2)))
    return element


@given(st.lists(trees(), max_size=3))
def test_any_tree_is_read_and_whatever_is_wrong_has_a_code(verbs: list[ET.Element]):
    root = ET.Element("Response")
    root.extend(verbs)
    document = read_document(ET.tostring(root))
    assert all(complaint.code in CODES for complaint in document.warnings)
    assert {verb.name for verb in document.verbs} <= VERBS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("款" * 45, 10.0),
        ("1234567890" * 9, 20.0),
        ("hello world " * 27, 20.0),
        ("您好，再见。", 4 / 4.5 + 0.8),
        ("", 0.0),
    ],
)
def test_speaking_takes_its_time(text: str, seconds: float):
    assert spoken_seconds(text) == pytest.approx(seconds, abs=0.02)


def test_markup_makes_speech_slower_and_pauses():
    [plain] = read_document("<Response><Say>您好您好您</Say></Response>".encode()).verbs
    slow = '<Say><prosody rate="50%">您好您好您</prosody><break time="2s"/></Say>'
    [marked] = read_document(f"<Response>{slow}</Response>".encode()).verbs
    assert marked.seconds == pytest.approx(plain.seconds * 2 + 2, abs=0.02)


def test_chinese_is_recognised_under_its_own_names_only():
    assert {"cmn-Hans-CN", "cmn-Hant-TW", "yue-Hant-HK"} <= GATHER
    assert not {"zh-CN", "zh-TW", "zh-HK", "zh", "cmn-CN"} & GATHER
    assert is_voice("Google.yue-HK-Standard-A", "yue-HK")
    assert not is_voice("Polly.Hiujin-Neural", "yue-HK")  # hers is yue-CN
    assert is_voice("Google.cmn-CN-Standard-A", "cmn-CN")
    assert is_voice("Google.cmn-CN-Chirp3-HD-Aoede", "cmn-CN")
    assert not is_voice("Google.cmn-CN-Standard-A", "yue-HK")
    assert not is_voice("Polly.Zhiyu", "cmn-TW")
