"""A message's statuses and the webhooks that tell of them, signed as Twilio signs."""

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.sandbox_kit import SENDER, TOKEN, Receiver, Sandbox, wait_until

DEBTOR = "+8613800138000"
BODY = "【安和消费金融】您的账单100元将于明日到期。"


def send(client: Client, receiver: Receiver, to: str = DEBTOR, **fields: object) -> str:
    callback = f"{receiver.url}/status?attempt=at_1"
    wanted = {"from_": SENDER, "body": BODY, "status_callback": callback, **fields}
    return client.messages.create(to=to, **wanted).sid


def statuses(receiver: Receiver) -> list[str]:
    return [form["MessageStatus"] for form in receiver.forms()]


def test_sent_then_delivered_arrive_signed_with_twilios_fields(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sid = send(client, receiver)
    sandbox.flush()
    assert statuses(receiver) == ["sent", "delivered"]
    last = receiver.got[-1]
    assert last.path == "/status?attempt=at_1"
    assert last.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    form = last.form
    assert (form["MessageSid"], form["SmsSid"], form["SmsStatus"]) == (sid, sid, "delivered")
    assert (form["To"], form["From"], form["ApiVersion"]) == (DEBTOR, SENDER, "2010-04-01")
    assert "ErrorCode" not in form
    validator = RequestValidator(TOKEN)
    for got in receiver.got:
        signature = got.headers["X-Twilio-Signature"]
        assert validator.validate(receiver.url + got.path, got.form, signature)
        assert not validator.validate(receiver.url + got.path, {**got.form, "To": "x"}, signature)


def test_a_messaging_service_tells_every_step(sandbox: Sandbox, client: Client, receiver: Receiver):
    service = "MG" + "b" * 32
    send(client, receiver, from_=None, messaging_service_sid=service)
    sandbox.flush()
    assert statuses(receiver) == ["queued", "sending", "sent", "delivered"]
    assert receiver.forms()[-1]["MessagingServiceSid"] == service


@pytest.mark.parametrize(
    ("to", "end", "code"),
    [
        ("+8613800138901", "undelivered", "30005"),
        ("+8613800138904", "undelivered", "30006"),
        ("+12025550185", "undelivered", "30003"),
        ("+8613800138916", "undelivered", "30007"),
        ("+8613800138917", "failed", "30008"),
    ],
)
def test_magic_numbers_end_with_their_code(
    sandbox: Sandbox, client: Client, receiver: Receiver, to: str, end: str, code: str
):
    sid = send(client, receiver, to=to)
    sandbox.flush()
    last = receiver.forms()[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == (end, code)
    fetched = client.messages(sid).fetch()
    assert (fetched.status, str(fetched.error_code)) == (end, code)
    assert (fetched.date_sent is None) == (end == "failed")


def test_without_magic_the_same_number_is_reached(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.faults(magic=False)
    send(client, receiver, to="+8613800138901")
    sandbox.flush()
    assert statuses(receiver)[-1] == "delivered"


def test_lost_callbacks_never_arrive_although_the_message_does(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.faults({"effect": "lose", "statuses": ["delivered"]})
    sid = send(client, receiver)
    sandbox.flush()
    assert statuses(receiver) == ["sent"]
    assert client.messages(sid).fetch().status == "delivered"
    assert [e["result"] for e in sandbox.log("callback")] == ["arrived", "lost"]


def test_duplicated_callbacks_arrive_as_often_as_asked(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.faults({"effect": "duplicate", "copies": 3, "statuses": ["delivered"]})
    send(client, receiver)
    sandbox.flush()
    assert statuses(receiver) == ["sent", "delivered", "delivered", "delivered"]


def test_reordered_callbacks_arrive_backwards(sandbox: Sandbox, client: Client, receiver: Receiver):
    sandbox.faults({"effect": "reorder"})
    send(client, receiver)
    sandbox.flush()
    assert statuses(receiver) == ["delivered", "sent"]


def test_late_callbacks_wait_for_the_simulated_clock(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    late = {"effect": "late", "seconds": 3600, "virtual": True, "statuses": ["sent"]}
    sandbox.faults(late)
    send(client, receiver)
    assert sandbox.flush()["virtual"] == 1
    assert statuses(receiver) == ["delivered"]
    sandbox.call("PUT", "/clock", {"offset_seconds": 3601}, expect=200)
    sandbox.flush()
    assert statuses(receiver) == ["delivered", "sent"]


def test_real_delays_are_skipped_by_a_hurried_flush(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.call("PUT", "/delays", {"sent_ms": 60_000, "delivered_ms": 60_000}, expect=200)
    send(client, receiver)
    assert sandbox.call("POST", "/flush", {"timeout_seconds": 0}, expect=504)["waiting"] == 1
    assert receiver.got == []
    sandbox.flush(hurry=True)
    assert statuses(receiver) == ["sent", "delivered"]


def test_a_message_held_longer_than_its_validity_fails_unsent(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.call("PUT", "/delays", {"sent_ms": 3_600_000, "virtual": True}, expect=200)
    sid = send(client, receiver, validity_period=600)
    sandbox.call("PUT", "/clock", {"offset_seconds": 4000}, expect=200)
    sandbox.flush()
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code, fetched.date_sent) == ("failed", 30036, None)
    assert statuses(receiver) == ["failed"]


def test_a_refused_connection_is_tried_once_more_and_noted(sandbox: Sandbox, client: Client):
    sid = client.messages.create(
        to=DEBTOR, from_=SENDER, body=BODY, status_callback="http://127.0.0.1:9/status"
    ).sid
    sandbox.flush()
    stories = sandbox.call("GET", f"/messages/{sid}")["callbacks"]
    assert [(s["result"], s["tries"], s["http"]) for s in stories] == [("failed", 2, None)] * 2


def test_an_http_error_is_not_retried_unless_the_url_asks(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    receiver.answer = lambda _: (503, "text/plain", b"busy")
    send(client, receiver)
    sandbox.flush()
    assert len(receiver.got) == 2
    receiver.got.clear()
    overridden = f"{receiver.url}/status?attempt=at_2#rc=2&rp=5xx"
    client.messages.create(to=DEBTOR, from_=SENDER, body=BODY, status_callback=overridden)
    sandbox.flush()
    assert len(receiver.got) == 6
    assert {got.path for got in receiver.got} == {"/status?attempt=at_2"}
    token = "I-Twilio-Idempotency-Token"
    assert len({got.headers[token] for got in receiver.got}) == 2


def test_pending_callbacks_are_forgotten_by_a_reset(
    sandbox: Sandbox, client: Client, receiver: Receiver
):
    sandbox.call("PUT", "/delays", {"delivered_ms": 60_000}, expect=200)
    send(client, receiver)
    wait_until(lambda: len(receiver.got) == 1)
    sandbox.call("POST", "/reset", {}, expect=200)
    assert sandbox.flush()["waiting"] == 0
    assert statuses(receiver) == ["sent"]
    assert client.messages.list() == []
