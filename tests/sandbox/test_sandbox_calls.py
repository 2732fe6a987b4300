"""Calls: the real client places them, TwiML runs, the person answers, presses, speaks, hangs up."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.sandbox_kit import SENDER, Sandbox
from tests.sandbox.voice_kit import DEBTOR, Phone, TwimlDesk, place, twiml

MENU = twiml(
    '<Gather input="dtmf speech" numDigits="1" timeout="5" language="cmn-Hans-CN" '
    'action="/voice/chosen"><Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'
    "您好，还款请按1，转人工请按0。</Say></Gather>",
    "<Say>没有听到您的选择，再见。</Say>",
)
BYE = twiml("<Say>好的，再见。</Say>", "<Hangup/>")


def test_a_whole_call_runs_by_keys_and_is_told_event_by_event(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {"start": MENU, "chosen": BYE}
    phone = place(sandbox, client, desk)
    assert client.calls(phone.sid).fetch().status == "ringing"
    heard = phone.do("answer")
    assert heard["waiting"]["kind"] == "gather"
    assert heard["waiting"]["accepts"] == ["dtmf", "speech"]
    over = phone.do("press", keys="1")
    assert (over["status"], over["taken"], over["complaints"]) == ("completed", True, [])
    assert phone.heard() == ["您好，还款请按1，转人工请按0。", "好的，再见。"]
    [start] = desk.forms("/voice/start")
    assert (start["CallStatus"], start["Direction"], start["To"], start["From"]) == (
        "in-progress", "outbound-api", DEBTOR, SENDER,
    )  # fmt: skip
    [chosen] = desk.forms("/voice/chosen")
    assert chosen["Digits"] == "1"
    told = desk.forms("/status")
    assert [form["CallStatus"] for form in told] == [
        "initiated", "ringing", "in-progress", "completed",
    ]  # fmt: skip
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert told[-1]["SipResponseCode"] == "200"
    fetched = client.calls(phone.sid).fetch()
    assert fetched.status == "completed"
    assert fetched.duration == told[-1]["CallDuration"]
    assert fetched.start_time is not None
    assert fetched.end_time is not None
    assert (fetched.end_time - fetched.start_time).total_seconds() == pytest.approx(
        int(fetched.duration or 0), abs=1
    )


def test_what_is_said_arrives_as_speech_with_its_confidence(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {"start": MENU, "chosen": BYE}
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone.do("speak", text="我明天还", confidence=0.71)
    [chosen] = desk.forms("/voice/chosen")
    assert (chosen["SpeechResult"], chosen["Confidence"]) == ("我明天还", "0.71")
    assert "Digits" not in chosen


def test_silence_falls_through_and_the_end_of_the_document_hangs_up(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = MENU
    phone = place(sandbox, client, desk)
    phone.do("answer")
    over = phone.do("silence")
    assert over["status"] == "completed"
    assert phone.heard()[-1] == "没有听到您的选择，再见。"


def test_silence_is_posted_where_the_gather_asks_for_it(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml('<Gather actionOnEmptyResult="true" action="/voice/none"/>'),
        "none": BYE,
    }
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone.do("silence")
    assert [form["Digits"] for form in desk.forms("/voice/none")] == [""]


@pytest.mark.parametrize(
    ("attributes", "keys", "digits"),
    [
        ('numDigits="4"', "12345", "1234"),
        ("", "123#", "123"),
        ("", "12", "12"),
        ('finishOnKey="*"', "1#2*", "1#2"),
        ('finishOnKey=""', "1#", "1#"),
    ],
)
def test_keys_end_an_entry_as_the_gather_says(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, attributes: str, keys: str, digits: str
):
    desk.pages |= {"start": twiml(f'<Gather {attributes} action="/voice/got"/>'), "got": BYE}
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone.do("press", keys=keys)
    assert [form["Digits"] for form in desk.forms("/voice/got")] == [digits]


def test_keys_and_words_that_nothing_listens_to_are_not_taken(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml('<Gather input="speech" action="/voice/got"/>')
    phone = place(sandbox, client, desk)
    phone.do("answer")
    still = phone.do("press", keys="1")
    assert (still["taken"], still["status"]) == (False, "in-progress")
    assert desk.forms("/voice/got") == []


def test_a_redirect_fetches_the_next_document_relative_to_this_one(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml('<Redirect method="GET">next?a=1&amp;b=2</Redirect>'),
        "next": BYE,
    }
    phone = place(sandbox, client, desk)
    phone.do("answer")
    [form] = desk.forms("/voice/next")
    assert (form["a"], form["b"], form["CallSid"]) == ("1", "2", phone.sid)


def test_the_person_can_hang_up_in_the_middle(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    desk.pages["start"] = MENU
    phone = place(sandbox, client, desk)
    phone.do("answer")
    assert phone.do("hangup")["status"] == "completed"
    assert desk.forms("/status")[-1]["CallStatus"] == "completed"
    phone.do("press", keys="1", expect=409)


@pytest.mark.parametrize(
    ("act", "status", "sip"), [("decline", "busy", "486"), ("ignore", "no-answer", "487")]
)
def test_a_call_that_is_not_answered_ends_without_a_turn(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, act: str, status: str, sip: str
):
    phone = place(sandbox, client, desk)
    assert phone.do(act)["status"] == status
    last = desk.forms("/status")[-1]
    assert (last["CallStatus"], last["SipResponseCode"], last["CallDuration"]) == (status, sip, "0")
    assert desk.forms("/voice/start") == []


def test_ringing_ends_on_the_simulated_clock(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    phone = place(sandbox, client, desk, timeout=25)
    sandbox.call("PUT", "/clock", {"offset_seconds": 24}, expect=200)
    sandbox.flush()
    assert phone.look()["status"] == "ringing"
    sandbox.call("PUT", "/clock", {"offset_seconds": 26}, expect=200)
    sandbox.flush()
    assert phone.look()["status"] == "no-answer"


def test_a_live_call_is_redirected_and_ended_over_rest(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = MENU
    phone = place(sandbox, client, desk)
    with pytest.raises(TwilioRestException) as too_early:
        client.calls(phone.sid).update(twiml=BYE)
    assert too_early.value.code == 21220
    phone.do("answer")
    client.calls(phone.sid).update(twiml=twiml("<Say>改道</Say>", "<Pause/>", "<Gather/>"))
    sandbox.flush()
    assert phone.heard()[-1] == "改道"
    client.calls(phone.sid).update(status="completed")
    sandbox.flush()
    assert client.calls(phone.sid).fetch().status == "completed"
    with pytest.raises(TwilioRestException) as over:
        client.calls(phone.sid).update(status="completed")
    assert over.value.code == 21220


def test_a_webhook_may_redirect_its_own_call_while_it_is_answered(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    def redirecting(fields: dict[str, str]) -> str:
        client.calls(fields["CallSid"]).update(twiml=twiml("<Say>改道</Say>", "<Hangup/>"))
        return twiml("<Say>不该听到</Say>", "<Gather/>")

    desk.pages["start"] = redirecting
    phone = place(sandbox, client, desk)
    assert phone.do("answer")["status"] == "completed"
    assert phone.heard() == ["改道"]


def test_a_cancelled_call_stops_ringing(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    phone = place(sandbox, client, desk)
    client.calls(phone.sid).update(status="canceled")
    sandbox.flush()
    assert phone.look()["status"] == "canceled"
    assert desk.forms("/status")[-1]["CallStatus"] == "canceled"


def test_calls_are_listed_by_number_status_and_day(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    first = place(sandbox, client, desk)
    first.do("decline")
    other = place(sandbox, client, desk, to="+12025550111")
    assert [call.sid for call in client.calls.list()] == [other.sid, first.sid]
    assert [call.sid for call in client.calls.list(to=DEBTOR)] == [first.sid]
    assert [call.sid for call in client.calls.list(status="busy")] == [first.sid]
    today = client.calls(first.sid).fetch().date_created
    assert today is not None
    assert len(client.calls.list(start_time=today.date())) == 2
    assert len(client.calls.list(to=DEBTOR, start_time_after=today)) == 1
    assert client.calls.list(start_time_before=today.replace(year=2020)) == []
    assert len(client.calls.list(page_size=1)) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "12345"}, 21211),
        ({"to": ""}, 21201),
        ({"from_": "+12025559999"}, 21210),
        ({"from_": ""}, 21213),
        ({"to": SENDER}, 21266),
        ({"url": "ftp://x"}, 21205),
        ({"url": "http://stranger.example/voice"}, 21205),
        ({"method": "PUT"}, 21209),
        ({"timeout": 0}, 21208),
        ({"status_callback": "nowhere"}, 21609),
        ({"status_callback_event": ["answred"]}, 21626),
        ({"machine_detection": "Maybe"}, 21234),
        ({"machine_detection": "Enable", "async_amd": "true"}, 21262),
        ({"machine_detection": "Enable", "machine_detection_timeout": 90}, 21263),
        ({"send_digits": "abc"}, 21206),
        ({"sip_auth_username": "x"}, 20001),
        ({"twiml": "<Response><Say>"}, 12100),
        ({"to": "+8613800138902"}, 21211),
        ({"to": "+8613800138903"}, 13224),
        ({"to": "+15005550003"}, 21215),
    ],
)
def test_a_call_that_cannot_be_placed_is_refused_with_twilios_code(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, fields: dict[str, object], code: int
):
    with pytest.raises(TwilioRestException) as refused:
        place(sandbox, client, desk, **fields)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert client.calls.list() == []


def test_the_control_api_names_calls_that_do_not_exist(sandbox: Sandbox):
    Phone(sandbox, "CA" + "0" * 32).do("answer", expect=404)
