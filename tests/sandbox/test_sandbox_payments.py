"""The payment provider: checkouts, the hosted page, notifications, refunds."""

import hashlib
import hmac
import json
import re

import pytest
import requests

from tests.sandbox.sandbox_kit import PAY_SECRET, Receiver, Sandbox

NOTIFY = "/payments/notify"


def wanted(receiver: Receiver, **changes: object) -> dict:
    return {
        "amount": 128_000, "currency": "CNY", "reference": "A-2026-0312", "description": "第3期账单",
        "return_url": "http://127.0.0.1:9/p/token?x=1", "notify_url": receiver.url + NOTIFY, **changes,
    }  # fmt: skip


@pytest.fixture
def checkout(sandbox: Sandbox, receiver: Receiver) -> dict:
    receiver.answer = lambda _: (200, "text/plain", b"ok")
    answer = sandbox.pay("POST", "/checkouts", wanted(receiver))
    assert answer.status_code == 201
    return answer.json()


def control(sandbox: Sandbox, checkout: dict, action: str, body: dict | None = None) -> dict:
    return sandbox.call("POST", f"/checkouts/{checkout['id']}/{action}", body or {}, expect=200)


def events(receiver: Receiver) -> list[dict]:
    return [json.loads(got.body) for got in receiver.got]


def signed_right(headers: dict[str, str], body: bytes) -> bool:
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["X-Sandbox-Signature"])
    assert found
    signed = found[1].encode() + b"." + body
    return hmac.new(PAY_SECRET.encode(), signed, hashlib.sha256).hexdigest() == found[2]


def test_paying_on_the_page_notifies_signed_and_returns(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    sandbox.call("PUT", "/clock", {"now": "2026-03-05T02:30:00Z"}, expect=200)
    page = requests.get(checkout["url"], timeout=10)
    assert "1,280.00" in page.text
    assert "A-2026-0312" in page.text
    answer = requests.post(
        checkout["url"], {"result": "success"}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == (
        f"http://127.0.0.1:9/p/token?x=1&checkout={checkout['id']}&result=success"
    )
    sandbox.flush()
    (got,) = receiver.got
    event = json.loads(got.body)
    assert (event["type"], event["reference"]) == ("payment.succeeded", "A-2026-0312")
    assert (event["amount"], event["currency"], event["livemode"]) == (128_000, "CNY", False)
    assert event["paid_at"].startswith("2026-03-05T02:30:0")
    assert event["id"].startswith("evt_")
    assert signed_right(got.headers, got.body)
    fetched = sandbox.pay("GET", f"/checkouts/{checkout['id']}").json()
    assert (fetched["status"], fetched["payment_id"]) == ("paid", event["payment_id"])


def test_a_failed_attempt_returns_and_can_be_tried_again(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    answer = requests.post(checkout["url"], {"result": "failed"}, allow_redirects=False, timeout=10)
    assert answer.headers["Location"].endswith("result=failed")
    sandbox.flush()
    assert receiver.got == []
    assert control(sandbox, checkout, "pay")["status"] == "paid"


def test_a_checkout_is_paid_once(sandbox: Sandbox, receiver: Receiver, checkout: dict):
    control(sandbox, checkout, "pay")
    sandbox.call("POST", f"/checkouts/{checkout['id']}/pay", {}, expect=409)
    again = requests.post(checkout["url"], {"result": "success"}, timeout=10)
    assert "无需再付" in again.text
    sandbox.flush()
    assert len(receiver.got) == 1


def test_a_notification_is_tried_four_times_with_one_event_id(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    receiver.answer = lambda _: (500, "text/plain", b"boom")
    control(sandbox, checkout, "pay")
    sandbox.flush()
    assert len(receiver.got) == 4
    assert len({event["id"] for event in events(receiver)}) == 1
    results = [entry["result"] for entry in sandbox.log("notification")]
    assert results == ["failed", "failed", "failed", "gave_up"]


def test_a_notification_taken_at_the_second_try_ends_there(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    receiver.answer = lambda _: (500 if len(receiver.got) == 1 else 200, "text/plain", b"")
    control(sandbox, checkout, "pay")
    sandbox.flush()
    assert [entry["result"] for entry in sandbox.log("notification")] == ["failed", "arrived"]


def test_notifications_can_be_duplicated(sandbox: Sandbox, receiver: Receiver, checkout: dict):
    sandbox.call("PUT", "/notifications", {"copies": 3}, expect=200)
    control(sandbox, checkout, "pay")
    sandbox.flush()
    assert len(receiver.got) == 3
    control(sandbox, checkout, "notify", {"times": 1})
    sandbox.flush()
    assert len({event["id"] for event in events(receiver)}) == 1


def test_notifications_can_be_held_and_released_backwards(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    sandbox.call("PUT", "/notifications", {"hold": True}, expect=200)
    control(sandbox, checkout, "pay")
    control(sandbox, checkout, "refund", {"amount": 1000})
    sandbox.flush()
    assert receiver.got == []
    released = sandbox.call("POST", "/notifications/release", {"reverse": True}, expect=200)
    assert released["released"] == 2
    wait = sandbox.flush()
    assert wait["idle"]
    assert [event["type"] for event in events(receiver)] == [
        "payment.refunded",
        "payment.succeeded",
    ]


def test_notifications_can_wait_for_the_simulated_clock(
    sandbox: Sandbox, receiver: Receiver, checkout: dict
):
    sandbox.call("PUT", "/notifications", {"delay_ms": 60_000, "virtual": True}, expect=200)
    control(sandbox, checkout, "pay")
    sandbox.flush()
    assert receiver.got == []
    sandbox.call("PUT", "/clock", {"offset_seconds": 61}, expect=200)
    sandbox.flush()
    assert len(receiver.got) == 1


def test_refunds_add_up_to_the_amount_at_most(sandbox: Sandbox, receiver: Receiver, checkout: dict):
    path = f"/checkouts/{checkout['id']}/refunds"
    assert sandbox.pay("POST", path, {"amount": 1}).status_code == 409
    control(sandbox, checkout, "pay")
    assert sandbox.pay("POST", path, {"amount": 28_000}).json()["refunded"] == 28_000
    too_much = sandbox.pay("POST", path, {"amount": 100_001})
    assert (too_much.status_code, too_much.json()["error"]["field"]) == (409, "amount")
    assert sandbox.pay("POST", path).json()["status"] == "refunded"
    sandbox.flush()
    refunds = [e["amount"] for e in events(receiver) if e["type"] == "payment.refunded"]
    assert sorted(refunds) == [28_000, 100_000]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 12.5}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": "100"}, "amount"),
        ({"currency": "元"}, "currency"),
        ({"currency": "cny"}, "currency"),
        ({"reference": ""}, "reference"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"notify_url": "https://example.com/notify"}, "notify_url"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_checkout_is_refused_by_field(
    sandbox: Sandbox, receiver: Receiver, changes: dict, field: str
):
    answer = sandbox.pay("POST", "/checkouts", wanted(receiver, **changes))
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    assert sandbox.call("GET", "/checkouts")["checkouts"] == []


def test_the_same_idempotency_key_gives_the_same_checkout(sandbox: Sandbox, receiver: Receiver):
    key = {"Idempotency-Key": "k1"}
    first = sandbox.pay("POST", "/checkouts", wanted(receiver), **key).json()
    second = sandbox.pay("POST", "/checkouts", wanted(receiver), **key).json()
    assert first["id"] == second["id"]
    other = sandbox.pay("POST", "/checkouts", wanted(receiver, amount=1), **key)
    assert other.status_code == 409
    assert sandbox.pay("POST", "/checkouts", wanted(receiver)).json()["id"] != first["id"]


def test_a_wrong_key_is_refused(sandbox: Sandbox, receiver: Receiver):
    answer = sandbox.pay("POST", "/checkouts", wanted(receiver), Authorization="Bearer nope")
    assert (answer.status_code, answer.json()["error"]["field"]) == (401, "Authorization")


def test_an_unknown_checkout_says_so_kindly(sandbox: Sandbox):
    page = requests.get(f"{sandbox.url}/pay/co_none", timeout=10)
    assert page.status_code == 404
    assert "没有这个收银台" in page.text


def test_the_page_cannot_be_scripted_by_its_texts(sandbox: Sandbox, receiver: Receiver):
    evil = "<script>alert(1)</script>"
    made = sandbox.pay("POST", "/checkouts", wanted(receiver, description=evil)).json()
    page = requests.get(made["url"], timeout=10)
    assert evil not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
