"""Calls that go wrong: machines, dead lines, bad TwiML, broken webhooks, spoilt callbacks."""

import re
from typing import Any

import pytest
import requests
from flask import Response
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.sandbox_kit import ACCOUNT, SENDER, TOKEN, Sandbox
from tests.sandbox.voice_kit import DEBTOR, TwimlDesk, place, twiml

LISTEN = twiml(
    '<Gather input="dtmf speech" language="cmn-Hans-CN" action="/voice/heard">'
    "<Say>您好，这里是还款助手，请问是张先生吗？</Say></Gather>",
    "<Say>再见。</Say>",
)
AMD = {"machine_detection": "DetectMessageEnd", "async_amd": "true"}


def numbered(nn: int) -> str:
    return f"+86138001389{nn:02d}"


@pytest.mark.parametrize(
    ("nn", "status", "sip"),
    [
        (1, "failed", "404"),
        (5, "failed", "480"),
        (17, "failed", "503"),
        (21, "busy", "486"),
        (22, "no-answer", "487"),
    ],
)
def test_numbers_that_cannot_be_reached_say_so(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, nn: int, status: str, sip: str
):
    phone = place(sandbox, client, desk, to=numbered(nn))
    last = desk.forms("/status")[-1]
    assert (last["CallStatus"], last["SipResponseCode"]) == (status, sip)
    assert client.calls(phone.sid).fetch().status == status
    assert desk.forms("/voice/start") == []


@pytest.mark.parametrize(
    ("nn", "mode", "verdict"),
    [
        (23, "DetectMessageEnd", "machine_end_beep"),
        (24, "DetectMessageEnd", "machine_end_silence"),
        (23, "Enable", "machine_start"),
        (25, "Enable", "fax"),
        (29, "Enable", "human"),
        (31, "Enable", "unknown"),
    ],
)
def test_what_answered_is_told_while_the_call_runs(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, nn: int, mode: str, verdict: str
):
    desk.pages["start"] = twiml("<Pause length='60'/>")
    phone = place(
        sandbox, client, desk, to=numbered(nn), machine_detection=mode, async_amd="true",
        async_amd_status_callback=desk.at("/amd"),
    )  # fmt: skip
    [told] = desk.forms("/amd")
    assert (told["AnsweredBy"], told["CallSid"]) == (verdict, phone.sid)
    assert int(told["MachineDetectionDuration"]) >= 2000
    assert client.calls(phone.sid).fetch().answered_by == verdict
    assert "AnsweredBy" not in desk.forms("/voice/start")[0]


def test_detection_that_is_not_asynchronous_comes_before_the_first_turn(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml("<Hangup/>")
    place(sandbox, client, desk, to=numbered(23), machine_detection="Enable")
    assert [form["AnsweredBy"] for form in desk.forms("/voice/start")] == ["machine_start"]


def test_a_machine_is_left_a_message_when_its_verdict_redirects_the_call(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    def verdict(fields: dict[str, str]) -> Any:
        message = twiml("<Say>请回电400-000-1234。</Say>", "<Hangup/>")
        client.calls(fields["CallSid"]).update(twiml=message)
        return Response(status=204)

    desk.pages |= {"start": LISTEN, "amd": verdict}
    phone = place(
        sandbox, client, desk, to=numbered(23), **AMD,
        async_amd_status_callback=desk.at("/voice/amd"),
    )  # fmt: skip
    assert phone.heard()[-1] == "请回电400-000-1234。"
    assert phone.look()["status"] == "completed"
    assert desk.forms("/voice/heard") == []


def test_a_redirect_cuts_the_sentence_that_is_being_said(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    def verdict(fields: dict[str, str]) -> Any:
        client.calls(fields["CallSid"]).update(twiml=twiml("<Say>改道</Say>", "<Hangup/>"))
        return Response(status=204)

    desk.pages |= {"start": twiml(f"<Say>{'长' * 45}</Say>", "<Say>不该听到</Say>"), "amd": verdict}
    phone = place(
        sandbox, client, desk, to=numbered(23), machine_detection="Enable", async_amd="true",
        async_amd_status_callback=desk.at("/voice/amd"),
    )  # fmt: skip
    assert phone.heard() == ["长" * 45, "改道"]
    assert int(client.calls(phone.sid).fetch().duration or 0) == 5


def test_an_announcement_reaches_speech_recognition(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {"start": LISTEN, "heard": twiml("<Hangup/>")}
    place(sandbox, client, desk, to=numbered(26))
    [heard] = desk.forms("/voice/heard")
    assert "空号" in heard["SpeechResult"]


def test_a_person_who_puts_the_phone_down_at_once(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = LISTEN
    place(sandbox, client, desk, to=numbered(30))
    last = desk.forms("/status")[-1]
    assert (last["CallStatus"], last["CallDuration"]) == ("completed", "2")


@pytest.mark.parametrize(
    ("body", "content_type", "http", "code"),
    [
        ("<Response><Say>", "text/xml", 200, 12100),
        ("<Antwort/>", "text/xml", 200, 12102),
        ("", "text/xml", 200, 11770),
        ("{}", "application/json", 200, 12300),
        ("boom", "text/html", 500, 11200),
        ("<Response>" + " " * 65_536 + "</Response>", "text/xml", 200, 11750),
    ],
)
def test_an_answer_that_cannot_be_executed_ends_the_call(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, body: str, content_type: str, http: int, code: int
):  # fmt: skip
    desk.pages["start"] = lambda _: Response(body, http, mimetype=content_type)
    phone = place(sandbox, client, desk)
    over = phone.do("answer")
    assert over["status"] == "completed"
    assert over["turns"][-1]["code"] == code
    assert over["transcript"][-1]["what"] == "application error"


def test_the_fallback_url_gets_the_call_when_the_first_fails(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": lambda _: Response("boom", 500),
        "fallback": twiml("<Say>系统繁忙，请稍后再拨。</Say>"),
    }
    phone = place(sandbox, client, desk, fallback_url=desk.at("/voice/fallback"))
    assert phone.do("answer")["status"] == "completed"
    [told] = desk.forms("/voice/fallback")
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", desk.at("/voice/start"))
    assert phone.heard() == ["系统繁忙，请稍后再拨。"]


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("<Foo/>", 12200),
        ('<Say foo="1">好</Say>', 12200),
        ('<Say voice="Polly.Nobody-Neural9">好</Say>', 13511),
        ('<Say voice="Polly.Hiujin-Neural" language="cmn-CN">好</Say>', 13511),
        ('<Say language="zh">好</Say>', 13512),
        ('<Say loop="-1">好</Say>', 13510),
        ("<Say></Say>", 13520),
        (f"<Say>{'款' * 501}</Say>", 13521),
        ("<Gather><Hangup/></Gather>", 13320),
        ('<Gather input="voice"/>', 13326),
        ('<Gather input="speech" language="zh-CN"/>', 13331),
        ('<Gather timeout="0"/>', 13313),
        ('<Gather numDigits="x"/>', 13314),
        ('<Gather finishOnKey="##"/>', 13310),
        ('<Gather speechTimeout="soon"/>', 13327),
        ('<Pause length="long"/>', 13910),
        ('<Play digits="abc"/>', 13430),
        ('<Record maxLength="1"/>', 13612),
        ('<Redirect method="PUT">/voice/next</Redirect>', 13710),
        ('<Dial><Number sendDigits="x">+8613800138555</Number></Dial>', 13222),
        ("<Dial>12</Dial>", 13223),
        ("<Dial>+999123456789</Dial>", 13224),
        ('<Dial callerId="+12025550177"><Number>+8613800138555</Number></Dial>', 13214),
        ("<Enqueue></Enqueue>", 14204),
    ],
)
def test_what_twilio_would_warn_of_is_written_down(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, verb: str, code: int
):
    desk.pages |= {"start": twiml(verb, "<Say>完</Say>"), "next": twiml("<Say>完</Say>")}
    phone = place(sandbox, client, desk)
    state = phone.do("answer")
    while state["live"]:
        state = phone.do("silence")
    assert [complaint["code"] for complaint in state["complaints"]] == [code]
    assert phone.heard()[-1] == "完"
    assert [entry["code"] for entry in sandbox.log("call_complaint")] == [code]


def test_a_gather_in_a_language_nobody_recognises_hears_nothing(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml('<Gather input="speech" language="zh-CN"/>', "<Say>完</Say>")
    phone = place(sandbox, client, desk)
    assert phone.do("answer")["status"] == "completed"


def test_a_loop_of_documents_without_anybody_is_cut(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml("<Redirect>/voice/start</Redirect>")
    phone = place(sandbox, client, desk)
    over = phone.do("answer")
    assert (over["status"], over["complaints"][-1]["code"]) == ("completed", 11215)
    assert len(desk.forms("/voice/start")) == 100


def test_a_webhook_posted_twice_is_the_same_and_its_second_answer_is_ignored(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {"start": LISTEN, "heard": twiml("<Say>好</Say>")}
    phone = place(sandbox, client, desk, to=numbered(32))
    phone.do("answer")
    phone.do("speak", text="是我")
    first, second = desk.forms("/voice/heard")
    assert first == second
    assert phone.heard()[-1:] == ["好"]


def told(desk: TwimlDesk) -> list[str]:
    return [form["CallStatus"] for form in desk.forms("/status")]


@pytest.mark.parametrize(
    ("nn", "expected"),
    [
        (12, []),
        (13, ["initiated", "initiated", "ringing", "ringing", "busy", "busy"]),
        (14, ["busy", "ringing", "initiated"]),
    ],
)
def test_status_callbacks_are_spoilt_as_the_number_says(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, nn: int, expected: list[str]
):
    place(sandbox, client, desk, to=numbered(nn)).do("decline")
    assert told(desk) == expected


def test_a_rule_can_delay_the_last_callback_on_the_simulated_clock(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    rule = {"on": "call", "effect": "late", "seconds": 600, "virtual": True, "statuses": ["busy"]}
    sandbox.faults(rule)
    place(sandbox, client, desk).do("decline")
    assert told(desk) == ["initiated", "ringing"]
    sandbox.call("PUT", "/clock", {"offset_seconds": 601}, expect=200)
    sandbox.flush()
    assert told(desk)[-1] == "busy"


def test_requests_are_refused_or_broken_by_rules(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    sandbox.faults({"on": "call", "effect": "rate_limit", "times": 1})
    with pytest.raises(TwilioRestException) as limited:
        place(sandbox, client, desk)
    assert (limited.value.status, limited.value.code) == (429, 20429)
    sandbox.faults({"on": "call", "effect": "error_after", "times": 1})
    with pytest.raises(TwilioRestException) as broken:
        place(sandbox, client, desk)
    assert broken.value.status == 500
    sandbox.flush()
    assert [call.to for call in client.calls.list()] == [DEBTOR]


def test_the_number_of_calls_at_once_can_be_limited(fresh: Any, desk: TwimlDesk):
    sandbox = fresh(SANDBOX_MOST_CALLS="1")
    client = sandbox.client()
    phone = place(sandbox, client, desk)
    with pytest.raises(TwilioRestException) as full:
        place(sandbox, client, desk)
    assert (full.value.status, full.value.code) == (429, 10004)
    phone.do("decline")
    assert place(sandbox, client, desk).look()["status"] == "ringing"


def test_credentials_are_asked_for(sandbox: Sandbox, desk: TwimlDesk):
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    refused = requests.post(url, {"To": DEBTOR, "From": SENDER}, auth=(ACCOUNT, "no"), timeout=10)
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10).json()["calls"] == []


def test_the_handsets_of_machines_match_the_readme(sandbox: Sandbox):
    from sandbox.faults.magic import CALLS_BY_ENDING
    from tests.sandbox.sandbox_kit import ROOT

    text = (ROOT / "sandbox" / "README.md").read_text("utf-8")
    table = text[text.index("## Numbers for calls") :]
    listed = {int(nn) for nn in re.findall(r"^\| (\d\d) \|", table, re.M)}
    assert listed == {nn for nn, _ in CALLS_BY_ENDING}


def test_a_reset_in_the_middle_of_a_turn_leaves_nothing_of_the_call(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    def resetting(_: dict[str, str]) -> str:
        sandbox.call("POST", "/reset", {}, expect=200)
        return twiml("<Say>您好</Say>", "<Redirect>/voice/next</Redirect>")

    desk.pages |= {"start": resetting, "next": twiml("<Hangup/>")}
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone_gone = sandbox.call("GET", f"/calls/{phone.sid}", expect=404)
    assert "no call" in phone_gone["error"]["message"]
    assert desk.forms("/voice/next") == []
    assert client.calls.list() == []
