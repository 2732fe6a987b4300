"""Calls after a kill of the sandbox, and calls at a person's pace."""

import signal
from collections.abc import Callable

from tests.sandbox.sandbox_kit import Sandbox, answers, wait_until
from tests.sandbox.voice_kit import Phone, TwimlDesk, place, twiml

Start = Callable[..., Sandbox]
LISTEN = twiml(
    '<Gather input="dtmf speech" numDigits="1" timeout="4" language="cmn-Hans-CN" '
    'action="/voice/chosen"><Say>您好，还款请按1，转人工请按0，重听请按8，再见请挂机。</Say></Gather>',
    "<Say>再见。</Say>",
)


def test_a_killed_sandbox_comes_back_with_its_calls(fresh: Start, desk: TwimlDesk):
    desk.pages |= {
        "start": LISTEN, "chosen": twiml("<Record maxLength='20' action='/voice/start'/>"),
    }  # fmt: skip
    first = fresh()
    client = first.client()
    over, talking = place(first, client, desk), place(first, client, desk)
    over.do("decline")
    talking.do("answer")
    talking.do("press", keys="1")
    talking.do("speak", text="我有异议")
    talking.do("press", keys="#")
    rings = place(first, client, desk)
    before = over.look()
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(60)
    wait_until(lambda: not answers(first.url))

    second = fresh()
    second.flush()
    client = second.client()
    after = Phone(second, over.sid).look()
    for name in ("status", "sip", "created", "transcript", "callbacks", "duration"):
        assert after[name] == before[name]
    cut = client.calls(talking.sid).fetch()
    assert (cut.status, int(cut.duration or 0) > 5) == ("completed", True)
    assert [r.call_sid for r in client.recordings.list()] == [talking.sid]
    last = [form for form in desk.forms("/status") if form["CallSid"] == talking.sid][-1]
    assert (last["CallStatus"], last["SequenceNumber"]) == ("completed", "3")
    assert Phone(second, rings.sid).do("answer")["waiting"]["kind"] == "gather"
    assert [call.sid for call in client.calls.list()] == [rings.sid, talking.sid, over.sid]


def test_at_a_persons_pace_prompts_take_their_time_and_a_key_cuts_them_short(
    sandbox: Sandbox, desk: TwimlDesk
):
    desk.pages |= {"start": LISTEN, "chosen": twiml("<Pause length='30'/>", "<Say>完</Say>")}
    phone = place(sandbox, sandbox.client(), desk)
    now = phone.do("answer", live=True)
    assert (now["waiting"]["kind"], now["waiting"]["accepts"]) == ("say", ["dtmf", "speech"])
    assert 5 < now["waiting"]["seconds"] < 12
    pausing = phone.do("press", keys="1")
    assert [line["what"] for line in pausing["transcript"]][-2:] == ["cut", "press"]
    assert pausing["waiting"]["kind"] == "pause"
    sandbox.call("PUT", "/clock", {"offset_seconds": 31}, expect=200)
    wait_until(lambda: phone.heard()[-1] == "完")


def test_at_a_persons_pace_silence_ends_a_gather_on_the_clock(sandbox: Sandbox, desk: TwimlDesk):
    desk.pages["start"] = twiml('<Gather timeout="4"/>', "<Pause length='60'/>")
    phone = place(sandbox, sandbox.client(), desk)
    assert phone.do("answer", live=True)["waiting"]["kind"] == "gather"
    sandbox.call("PUT", "/clock", {"offset_seconds": 5}, expect=200)
    wait_until(lambda: phone.look()["waiting"]["kind"] == "pause")
    over = phone.do("hangup")
    assert over["status"] == "completed"


def test_answering_detection_comes_in_time_at_a_persons_pace(sandbox: Sandbox, desk: TwimlDesk):
    desk.pages["start"] = twiml("<Pause length='60'/>")
    phone = place(
        sandbox, sandbox.client(), desk, machine_detection="Enable", async_amd="true",
        async_amd_status_callback=desk.at("/amd"),
    )  # fmt: skip
    phone.do("answer", live=True)
    assert desk.forms("/amd") == []
    sandbox.call("PUT", "/clock", {"offset_seconds": 3}, expect=200)
    wait_until(lambda: bool(desk.forms("/amd")))
    assert desk.forms("/amd")[0]["AnsweredBy"] == "human"
    assert phone.look()["waiting"]["kind"] == "pause"
    sandbox.call("PUT", "/clock", {"offset_seconds": 61}, expect=200)
    wait_until(lambda: phone.look()["status"] == "completed")


def test_at_a_persons_pace_line_time_follows_the_clock(sandbox: Sandbox, desk: TwimlDesk):
    desk.pages |= {"start": LISTEN, "chosen": twiml("<Pause length='60'/>")}
    phone = place(sandbox, sandbox.client(), desk)
    phone.do("answer", live=True)
    sandbox.call("PUT", "/clock", {"offset_seconds": 3}, expect=200)
    pressed = phone.do("press", keys="1")["transcript"][-1]
    assert (pressed["what"], 3 <= pressed["elapsed"] < 20) == ("press", True)
    sandbox.call("PUT", "/clock", {"offset_seconds": 23}, expect=200)
    assert 23 <= phone.do("hangup")["duration"] < 60
