"""Texts from a handset to us, and what the carrier makes of our answer."""

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.sandbox_kit import OTHER_SENDER, SENDER, TOKEN, Receiver, Sandbox

DEBTOR = "+8613800138000"
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def receive(sandbox: Sandbox, body: str = "明天还两千", expect: int = 201, **more: object) -> dict:
    fields = {"from": DEBTOR, "to": SENDER, "body": body, **more}
    return sandbox.call("POST", "/inbound", fields, expect=expect)


def test_the_webhook_gets_twilios_fields_signed(sandbox: Sandbox, receiver: Receiver):
    receiver.answer = lambda _: (200, "text/xml; charset=utf-8", EMPTY)
    outcome = receive(sandbox, "明天还两千 😊\n谢谢")
    got = receiver.got[0]
    form = got.form
    assert got.path == "/sms"
    assert (form["From"], form["To"], form["Body"]) == (DEBTOR, SENDER, "明天还两千 😊\n谢谢")
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert form["MessageSid"] == outcome["message"]["sid"]
    assert (form["NumMedia"], form["NumSegments"], form["SmsStatus"]) == ("0", "1", "received")
    assert (form["FromCountry"], form["ToCountry"], form["FromCity"]) == ("CN", "US", "")
    assert "OptOutType" not in form
    url = receiver.url + got.path
    assert RequestValidator(TOKEN).validate(url, form, got.headers["X-Twilio-Signature"])
    assert (outcome["webhook"]["result"], outcome["webhook"]["http"]) == ("ok", 200)


def test_a_received_message_can_be_fetched(sandbox: Sandbox, client: Client):
    sid = receive(sandbox)["message"]["sid"]
    fetched = client.messages(sid).fetch()
    assert (fetched.direction, fetched.status, fetched.from_) == ("inbound", "received", DEBTOR)


def test_a_keyword_carries_its_opt_out_type(sandbox: Sandbox, receiver: Receiver):
    for word in ("Stop", "START", "help", "STOP PLEASE"):
        receive(sandbox, word)
    kinds = [form.get("OptOutType") for form in receiver.forms("/sms")]
    assert kinds == ["STOP", "START", "HELP", None]


@pytest.mark.parametrize(
    ("status", "kind", "answer", "result", "code"),
    [
        (200, "text/xml", EMPTY, "ok", None),
        (200, "application/xml", b"<Response></Response>", "ok", None),
        (204, "", b"", "ok", None),
        (200, "text/xml", b"<Response><Message>hi</Message></Response>", "would_send", None),
        (200, "text/xml", b"<Response><Message><Body>hi</Body></Message></Response>", "would_send", None),
        (200, "text/plain", b"hi", "would_send", None),
        (200, "application/json", b"{}", "error", 12300),
        (200, "text/xml", b"<Response>", "error", 12100),
        (200, "text/xml", b"<Reply/>", "error", 12200),
        (200, "text/xml", b"<Response>" + b" " * 65_536 + b"</Response>", "error", 11750),
        (403, "text/plain", b"no", "error", 11200),
        (500, "text/plain", b"boom", "error", 11200),
    ],
)  # fmt: skip
def test_the_answer_is_judged_as_the_carrier_would(
    sandbox: Sandbox, receiver: Receiver,
    status: int, kind: str, answer: bytes, result: str, code: int | None,
):  # fmt: skip
    receiver.answer = lambda _: (status, kind, answer)
    webhook = receive(sandbox)["webhook"]
    assert (webhook["result"], webhook["code"], webhook["http"]) == (result, code, status)
    assert webhook["sends"] == (["hi"] if result == "would_send" else [])
    assert len(receiver.got) == 1
    assert sandbox.log("inbound_answer")[-1]["result"] == result


def test_a_closed_port_is_tried_twice(sandbox: Sandbox):
    sandbox.call(
        "PUT", "/inbound-url", {"number": OTHER_SENDER, "url": "http://127.0.0.1:9/sms"}, expect=200
    )
    webhook = receive(sandbox, to=OTHER_SENDER)["webhook"]
    assert (webhook["http"], webhook["tries"], webhook["code"]) == (None, 2, 11200)


def test_a_repeated_delivery_keeps_the_message_id(sandbox: Sandbox, receiver: Receiver):
    receive(sandbox, times=3)
    assert len({form["MessageSid"] for form in receiver.forms("/sms")}) == 1
    assert len(receiver.got) == 3


def test_a_text_to_nobodys_number_is_refused_with_the_remedy(sandbox: Sandbox):
    answer = receive(sandbox, to="+12025550177", expect=409)
    assert "SANDBOX_SENDERS" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from": "138"}, "from"),
        ({"to": ""}, "to"),
        ({"body": " "}, "body"),
        ({"body": "字" * 1601}, "body"),
        ({"times": 0}, "times"),
    ],
)
def test_bad_inbound_requests_name_the_field(sandbox: Sandbox, fields: dict, field: str):
    answer = receive(sandbox, expect=400, **fields)
    assert answer["error"]["field"] == field
    assert sandbox.call("GET", "/messages")["messages"] == []
