"""TwiML as text says what Twilio's own library says."""

import xml.etree.ElementTree as ET

from hypothesis import example, given
from hypothesis import strategies as st
from twilio.twiml import GenericNode
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.carriers.twilio_voice import Addresses, render
from bot.carriers.twiml import document, element, text
from bot.domain.call import Ask, Hangup, Say

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\r<>&\"'"))
HERE = "https://desk.example.com/voice/turn?call=1&turn=7"


@given(WORDS, WORDS)
@example("a]]>b", "&amp;")
def test_text_and_values_are_escaped_as_the_library_escapes_them(said, value):
    library = VoiceResponse()
    library.append(GenericNode("Say", said, voice=value))
    assert document(element("Say", text(said), voice=value)) == str(library)


@given(WORDS.filter(lambda words: "\r" not in words))
def test_what_is_said_comes_back_when_the_document_is_read(said):
    [say] = ET.fromstring(document(element("Say", text(said))).encode())
    assert (say.text or "") == said


def test_a_question_is_the_document_the_library_writes():
    says = (Say("请按<1>", "cmn-CN", "Polly.Zhiyu-Neural", 95), Say("或按2", "cmn-CN", "v", 100))
    ask = Ask("menu", says, hints=("明天", "A&B"), timeout=5, num_digits=None)
    gather = Gather(
        input="dtmf speech",
        action=HERE,
        method="POST",
        timeout=5,
        finish_on_key="",
        action_on_empty_result=True,
        language="cmn-Hans-CN",
        speech_timeout="auto",
        hints="明天,A&B",
    )
    gather.say(language="cmn-CN", voice="Polly.Zhiyu-Neural").prosody("请按<1>", rate="95%")
    gather.say("或按2", language="cmn-CN", voice="v")
    library = VoiceResponse()
    library.append(gather)
    library.redirect(HERE, method="POST")
    library.hangup()
    written = render([ask, Hangup()], Addresses(HERE))
    assert ET.canonicalize(written) == ET.canonicalize(str(library))
