"""Dial with a whisper, queues, recordings, and calls that come in."""

import io
import wave
from collections.abc import Callable
from typing import Any

import pytest
import requests
from twilio.rest import Client

from tests.sandbox.sandbox_kit import ACCOUNT, SENDER, TOKEN, Sandbox
from tests.sandbox.voice_kit import DEBTOR, Phone, TwimlDesk, place, twiml

COLLECTOR = "+8613800138555"
DIAL = twiml(
    '<Dial action="/voice/dialled" timeout="20" record="record-from-answer">'
    f'<Number url="/voice/whisper" statusCallback="/leg" statusCallbackEvent="ringing answered '
    f'completed">{COLLECTOR}</Number></Dial>'
)
WHISPER = twiml("<Say>客户张三，欠款一千元，要求人工。</Say>")
AFTER = twiml("<Say>通话结束。</Say>", "<Hangup/>")


def ringing(sandbox: Sandbox, number: str) -> Phone:
    [call] = [
        call
        for call in sandbox.call("GET", f"/calls?live=1&number={number}")["calls"]
        if call["status"] == "ringing"
    ]
    return Phone(sandbox, call["sid"])


@pytest.fixture
def transferred(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
) -> Callable[[], tuple[Phone, Phone]]:
    """A debtor who waits while the collector's phone rings."""

    def start() -> tuple[Phone, Phone]:
        desk.pages |= {"start": DIAL, "whisper": WHISPER, "dialled": AFTER}
        debtor = place(sandbox, client, desk)
        assert debtor.do("answer")["waiting"]["kind"] == "dial"
        return debtor, ringing(sandbox, COLLECTOR)

    return start


def test_a_collector_hears_the_whisper_and_talks_until_hanging_up(
    transferred: Callable[[], tuple[Phone, Phone]],
    sandbox: Sandbox,
    client: Client,
    desk: TwimlDesk,
):
    debtor, collector = transferred()
    collector.do("answer")
    assert collector.heard() == ["客户张三，欠款一千元，要求人工。"]
    assert debtor.heard() == []
    assert debtor.look()["waiting"]["kind"] == "bridge"
    debtor.do("speak", text="我想分期")
    assert {"who": "other", "text": "我想分期"}.items() <= collector.look()["transcript"][
        -1
    ].items()
    collector.do("hangup")
    sandbox.flush()
    [told] = desk.forms("/voice/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "true")
    assert told["DialCallSid"] == collector.sid
    assert int(told["DialCallDuration"]) > 0
    assert debtor.heard() == ["通话结束。"]
    leg = client.calls(collector.sid).fetch()
    assert (leg.direction, leg.parent_call_sid, leg.status) == (
        "outbound-dial", debtor.sid, "completed",
    )  # fmt: skip
    assert [form["CallStatus"] for form in desk.forms("/leg")] == [
        "ringing", "in-progress", "completed",
    ]  # fmt: skip
    assert {form["ParentCallSid"] for form in desk.forms("/leg")} == {debtor.sid}
    [recording] = client.calls(debtor.sid).recordings.list()
    assert (recording.source, recording.status) == ("DialVerb", "completed")


def test_a_debtor_who_hangs_up_while_talking_frees_the_collector(
    transferred: Callable[[], tuple[Phone, Phone]], desk: TwimlDesk
):
    debtor, collector = transferred()
    collector.do("answer")
    debtor.do("hangup")
    assert collector.look()["status"] == "completed"
    [told] = desk.forms("/voice/dialled")
    assert (told["CallStatus"], told["DialCallStatus"]) == ("completed", "completed")


def test_a_debtor_who_hangs_up_while_it_rings_stops_the_ringing(
    transferred: Callable[[], tuple[Phone, Phone]], desk: TwimlDesk
):
    debtor, collector = transferred()
    debtor.do("hangup")
    assert collector.look()["status"] == "canceled"
    assert [form["DialCallStatus"] for form in desk.forms("/voice/dialled")] == ["canceled"]


@pytest.mark.parametrize(("act", "status"), [("decline", "busy"), ("ignore", "no-answer")])
def test_a_collector_who_does_not_answer_leaves_the_debtor_on_the_line(
    transferred: Callable[[], tuple[Phone, Phone]], desk: TwimlDesk, act: str, status: str
):
    debtor, collector = transferred()
    collector.do(act)
    [told] = desk.forms("/voice/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == (status, "false")
    assert debtor.heard() == ["通话结束。"]


def test_a_collector_who_hangs_up_in_the_whisper_was_not_connected(
    transferred: Callable[[], tuple[Phone, Phone]], desk: TwimlDesk
):
    debtor, collector = transferred()
    desk.pages["whisper"] = twiml('<Gather numDigits="1" action="/voice/accept"/>')
    collector.do("answer")
    collector.do("hangup")
    [told] = desk.forms("/voice/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")
    assert debtor.heard() == ["通话结束。"]


def test_of_two_collectors_the_first_to_answer_talks(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    other = "+8613800138556"
    desk.pages["start"] = twiml(
        f"<Dial><Number>{COLLECTOR}</Number><Number>{other}</Number></Dial>"
    )
    debtor = place(sandbox, client, desk)
    debtor.do("answer")
    first, second = ringing(sandbox, COLLECTOR), ringing(sandbox, other)
    second.do("answer")
    assert first.look()["status"] == "canceled"
    assert debtor.look()["waiting"]["kind"] == "bridge"


def test_a_queue_tells_the_place_and_whoever_dials_it_talks_to_the_first(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml(
            '<Enqueue waitUrl="/voice/wait" action="/voice/dequeued">人工</Enqueue>',
        ),
        "wait": lambda fields: twiml(
            f"<Say>您前面还有{int(fields['QueuePosition']) - 1}位。</Say>"
        ),
        "dequeued": AFTER,
        "serve": twiml('<Dial><Queue url="/voice/whisper">人工</Queue></Dial>'),
        "whisper": twiml("<Say>现在为您接通。</Say>"),
    }
    first = place(sandbox, client, desk)
    first.do("answer")
    second = place(sandbox, client, desk, to="+12025550111")
    waits = second.do("answer")["waiting"]
    assert (waits["kind"], waits["queue"], waits["position"]) == ("queue", "人工", 2)
    collector = place(sandbox, client, desk, to=COLLECTOR, url=desk.at("/voice/serve"))
    assert collector.do("answer")["waiting"]["kind"] == "bridge"
    assert first.heard() == ["您前面还有0位。", "现在为您接通。"]
    second.do("silence")
    assert second.heard() == ["您前面还有1位。", "您前面还有0位。"]
    collector.do("hangup")
    assert first.look()["status"] == "completed"
    second.do("hangup")
    results = {form["CallSid"]: form for form in desk.forms("/voice/dequeued")}
    assert results[first.sid]["QueueResult"] == "bridged"
    assert results[second.sid]["QueueResult"] == "hangup"
    assert int(results[first.sid]["QueueTime"]) >= 1
    assert results[first.sid]["QueueSid"].startswith("QU")


def test_a_caller_may_leave_the_queue_by_the_waiting_document(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml('<Enqueue waitUrl="/voice/wait" action="/voice/dequeued">人工</Enqueue>'),
        "wait": twiml('<Gather numDigits="1" action="/voice/out"/>'),
        "out": twiml("<Leave/>"),
        "dequeued": AFTER,
    }
    debtor = place(sandbox, client, desk)
    debtor.do("answer")
    debtor.do("press", keys="1")
    assert [form["QueueResult"] for form in desk.forms("/voice/dequeued")] == ["leave"]
    assert debtor.heard() == ["通话结束。"]


def test_a_waiting_document_that_leads_to_itself_is_a_round_at_a_time(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml('<Enqueue waitUrl="/voice/wait" action="/voice/dequeued">人工</Enqueue>'),
        "wait": twiml("<Say>请稍候。</Say>", "<Pause length='10'/>", "<Redirect>/voice/wait?n=2</Redirect>"),
        "serve": twiml("<Dial><Queue>人工</Queue></Dial>"),
    }  # fmt: skip
    debtor = place(sandbox, client, desk)
    assert debtor.do("answer")["waiting"]["kind"] == "queue"
    assert len(desk.forms("/voice/wait")) == 1
    debtor.do("silence")
    first, second = desk.forms("/voice/wait")
    assert ("n" in first, second["n"]) == (False, "2")
    assert int(second["QueueTime"]) > int(first["QueueTime"])
    collector = place(sandbox, client, desk, to=COLLECTOR, url=desk.at("/voice/serve"))
    assert collector.do("answer")["waiting"]["kind"] == "bridge"
    assert debtor.look()["waiting"]["kind"] == "bridge"


def test_who_dials_an_empty_queue_waits_for_the_next_caller(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml("<Enqueue>人工</Enqueue>"),
        "serve": twiml('<Dial timeout="15"><Queue>人工</Queue></Dial>'),
    }
    collector = place(sandbox, client, desk, to=COLLECTOR, url=desk.at("/voice/serve"))
    assert collector.do("answer")["waiting"]["kind"] == "dial"
    debtor = place(sandbox, client, desk)
    assert debtor.do("answer")["waiting"]["kind"] == "bridge"
    assert collector.look()["waiting"]["kind"] == "bridge"


def sound_of(url: str) -> Any:
    assert requests.get(url, timeout=10).status_code == 401
    return requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10)


def test_what_is_said_into_a_record_can_be_fetched_played_and_deleted(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages |= {
        "start": twiml('<Record action="/voice/recorded" maxLength="30" recordingStatusCallback="/rec"/>'),
        "recorded": AFTER,
    }  # fmt: skip
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone.do("speak", text="我对这笔金额有异议，我只借了五千元。")
    phone.do("press", keys="#")
    sandbox.flush()
    [told] = desk.forms("/voice/recorded")
    assert told["Digits"] == "#"
    [status] = desk.forms("/rec")
    assert (status["RecordingStatus"], status["RecordingSource"]) == ("completed", "RecordVerb")
    [recording] = client.recordings.list(call_sid=phone.sid)
    assert recording.sid == told["RecordingSid"] == status["RecordingSid"]
    assert recording.duration == told["RecordingDuration"]
    with wave.open(io.BytesIO(sound_of(told["RecordingUrl"]).content)) as sound:
        assert sound.getnframes() / sound.getframerate() == int(told["RecordingDuration"])
    assert client.recordings(recording.sid).delete()
    assert client.recordings.list() == []
    gone = requests.get(told["RecordingUrl"], auth=(ACCOUNT, TOKEN), timeout=10)
    assert gone.status_code == 404


def test_hanging_up_into_a_record_keeps_what_was_said(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml('<Record action="/voice/recorded"/>')
    phone = place(sandbox, client, desk)
    phone.do("answer")
    phone.do("speak", text="我有异议")
    phone.do("hangup")
    [told] = desk.forms("/voice/recorded")
    assert (told["Digits"], told["CallStatus"]) == ("hangup", "completed")


def test_silence_into_a_record_falls_through(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    desk.pages["start"] = twiml('<Record action="/voice/recorded"/>', "<Say>没有听到。</Say>")
    phone = place(sandbox, client, desk)
    phone.do("answer")
    assert phone.do("silence")["status"] == "completed"
    assert phone.heard() == ["没有听到。"]
    assert desk.forms("/voice/recorded") == []


def test_a_recording_started_on_a_live_call_lasts_until_it_is_stopped(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = twiml('<Gather input="speech" actionOnEmptyResult="true"/>')
    phone = place(sandbox, client, desk)
    phone.do("answer")
    made = client.calls(phone.sid).recordings.create(
        recording_status_callback=desk.at("/rec"),
        recording_status_callback_event=["in-progress", "completed"],
    )
    phone.do("speak", text="喂，您好，请问是哪位？")
    client.calls(phone.sid).recordings("Twilio.CURRENT").update(status="stopped")
    sandbox.flush()
    assert [f["RecordingStatus"] for f in desk.forms("/rec")] == ["in-progress", "completed"]
    assert int(client.recordings(made.sid or "").fetch().duration or 0) >= 2


def test_a_whole_call_is_recorded_when_its_order_says_so(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    desk.pages["start"] = AFTER
    phone = place(
        sandbox, client, desk, record=True, recording_status_callback=desk.at("/rec"),
        recording_channels="dual",
    )  # fmt: skip
    phone.do("answer")
    sandbox.flush()
    [told] = desk.forms("/rec")
    assert (told["RecordingSource"], told["RecordingChannels"]) == ("OutboundAPI", "2")
    assert told["RecordingDuration"] == client.calls(phone.sid).fetch().duration


def dial_in(sandbox: Sandbox, expect: int = 201) -> Any:
    return sandbox.call("POST", "/calls", {"from": DEBTOR, "to": SENDER}, expect=expect)


def test_a_handset_dials_our_number_and_is_answered(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    urls = {"url": desk.at("/voice/inbound"), "status_url": desk.at("/status")}
    sandbox.call("PUT", "/voice-url", urls, expect=200)
    desk.pages |= {
        "inbound": twiml('<Gather numDigits="1" action="/voice/chosen"><Say>您好</Say></Gather>'),
        "chosen": AFTER,
    }
    call = dial_in(sandbox)
    assert (call["status"], call["direction"]) == ("in-progress", "inbound")
    Phone(sandbox, call["sid"]).do("press", keys="1")
    [asked] = desk.forms("/voice/inbound")
    assert (asked["CallStatus"], asked["Direction"], asked["From"], asked["To"]) == (
        "ringing", "inbound", DEBTOR, SENDER,
    )  # fmt: skip
    assert [form["CallStatus"] for form in desk.forms("/status")] == ["completed"]
    assert client.calls(call["sid"]).fetch().direction == "inbound"
    [number] = client.incoming_phone_numbers.list(phone_number=SENDER)
    assert number.voice_url == desk.at("/voice/inbound")


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_an_inbound_call_can_be_rejected_before_it_is_answered(
    sandbox: Sandbox, desk: TwimlDesk, reason: str, status: str
):
    sandbox.call("PUT", "/voice-url", {"url": desk.at("/voice/inbound")}, expect=200)
    desk.pages["inbound"] = twiml(f'<Reject reason="{reason}"/>')
    call = dial_in(sandbox)
    assert (call["status"], call["duration"]) == (status, None)


def test_a_number_that_is_not_ours_cannot_be_dialled(sandbox: Sandbox):
    wrong = {"from": DEBTOR, "to": "+12025550999"}
    sandbox.call("POST", "/calls", wrong, expect=409)
