"""Callbacks that come twice, late, in the wrong order, too early, for nobody, or from a forger."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import requests
from desk_kit import TOKEN, DeskInHand
from fault_kit import (
    breaches,
    due_cases,
    everything,
    inbound_form,
    per_phone,
    settler,
    signed_post,
    states,
    status_form,
)
from twilio.request_validator import RequestValidator

from bot.flows.ports.carrier import Sent, SmsCarrier, SmsOrder

UNKNOWN_SID = "SM" + "0" * 32


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "duplicate", "copies": 3},
        {"effect": "reorder"},
        {"effect": "late", "seconds": 0.3, "statuses": ["sent"]},
    ],
    ids=["twice", "in the wrong order", "late"],
)
def test_callbacks_in_disorder_end_in_the_same_state_as_callbacks_in_order(
    desk: DeskInHand, fault: dict[str, object]
) -> None:
    due_cases(desk, 2)
    desk.sandbox.faults(fault)
    desk.send()
    assert states(desk) == ["delivered"] * 2
    assert desk.one("SELECT count(*) FROM callback") == 4
    assert set(per_phone(desk).values()) == {1}
    assert breaches(desk) == []


def test_a_status_never_moves_an_attempt_backward(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.send()
    sid, token = desk.sql("SELECT provider_sid, token FROM attempt")[0]
    for status in ("queued", "sending", "sent", "failed", "undelivered"):
        assert signed_post(desk, f"status?attempt={token}", status_form(sid, status)).ok
        assert states(desk) == ["delivered"]


@dataclass
class CallsBackFirst:
    """A carrier whose callbacks overtake its answer."""

    desk: DeskInHand
    carrier: SmsCarrier
    seen: list[str] = field(default_factory=list)

    def send(self, order: SmsOrder) -> Sent:
        answer = self.carrier.send(order)
        self.desk.sandbox.flush()
        self.seen += states(self.desk)
        return answer


def test_callbacks_that_overtake_the_answer_of_the_create_stand(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    real = desk.product.dispatcher
    with desk.product.transactions() as store:
        sender = store.sender(1)
    early = CallsBackFirst(desk, real.carrier_for(sender))
    replace(real, carrier_for=lambda _: early).run(1)
    assert early.seen == ["delivered"]  # before the answer was recorded
    assert states(desk) == ["delivered"]
    assert breaches(desk) == []


def test_a_callback_for_an_unknown_message_is_answered_and_moves_nothing(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.send()
    before = everything(desk)
    for path in ("status", "status?attempt=not-a-token-of-ours"):
        assert signed_post(desk, path, status_form(UNKNOWN_SID, "delivered")).status_code == 204
    after = everything(desk)
    assert after | {"callback": before["callback"]} == before
    assert settler(desk, after=timedelta(minutes=20)).run() == 0


def test_a_callback_repeated_after_days_is_answered_and_changes_nothing(desk: DeskInHand) -> None:
    """A signature holds no time: a replay is valid, so it must be harmless."""
    due_cases(desk, 1)
    desk.send()
    sid, token = desk.sql("SELECT provider_sid, token FROM attempt")[0]
    before = everything(desk)
    for _ in range(3):
        answer = signed_post(desk, f"status?attempt={token}", status_form(sid, "delivered"))
        assert answer.status_code == 204
    assert everything(desk) == before


def test_a_dead_number_is_reported_twice_and_handled_once(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.sandbox.faults({"effect": "undelivered", "code": 30005}, {"effect": "duplicate"})
    desk.send()
    disabled_at = desk.one("SELECT disabled_at FROM contact_point")
    sid = desk.one("SELECT provider_sid FROM attempt")
    signed_post(desk, "status", status_form(sid, "undelivered", ErrorCode="30005"))
    assert desk.one("SELECT disabled_at FROM contact_point") == disabled_at


def forged(desk: DeskInHand) -> list[requests.Response]:
    """Requests of somebody who does not know the token."""
    url = f"{desk.url}/webhooks/twilio"
    form = inbound_form("SM" + "1" * 32, "+8613800137001", "退订")
    status = status_form(desk.one("SELECT provider_sid FROM attempt"), "failed", ErrorCode="30005")
    document = json.dumps(form)
    signature = RequestValidator(TOKEN).compute_signature(f"{url}/sms", form)
    other_url = RequestValidator(TOKEN).compute_signature("https://elsewhere.example/sms", form)
    headers = {"Content-Type": "application/json"}
    hashed = f"{url}/sms?bodySHA256={'0' * 64}"

    def post(where: str, **options: object) -> requests.Response:
        return requests.post(where, timeout=15, **options)  # type: ignore[arg-type]

    return [
        post(f"{url}/sms", data=form),
        post(f"{url}/sms", data=form, headers={"X-Twilio-Signature": "A" * 28}),
        post(f"{url}/sms", data=form, headers={"X-Twilio-Signature": "é"}),
        post(f"{url}/sms", data=form, headers={"X-Twilio-Signature": other_url}),
        post(f"{url}/sms", data=form | {"Body": "x"}, headers={"X-Twilio-Signature": signature}),
        post(f"{url}/sms", data=document, headers=headers),
        post(f"{url}/sms", data=document, headers=headers | {"X-Twilio-Signature": signature}),
        post(hashed, data=document, headers=headers | {"X-Twilio-Signature": signature}),
        post(f"{url}/sms", data=b"\xff\xfe=%ff&Body=%ff", headers={"X-Twilio-Signature": "x"}),
        signed_post(desk, "sms", form, token="another token"),
        signed_post(desk, "status", status, token="another token"),
        post(f"{url}/status", data=status),
    ]


def test_a_forged_webhook_gets_403_and_changes_nothing(desk: DeskInHand) -> None:
    due_cases(desk, 1)
    desk.send()
    before = everything(desk)
    assert [answer.status_code for answer in forged(desk)] == [403] * 12
    assert everything(desk) == before


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_message_without_a_field_it_needs_gets_400_and_is_not_stored(
    desk: DeskInHand, missing: str
) -> None:
    form = inbound_form("SM" + "1" * 32, "+8613800137001", "你好")
    del form[missing]
    assert signed_post(desk, "sms", form).status_code == 400
    assert desk.one("SELECT count(*) FROM reply") == 0


def test_a_status_without_a_field_it_needs_gets_400(desk: DeskInHand) -> None:
    for missing in ("MessageSid", "MessageStatus"):
        form = status_form(UNKNOWN_SID, "sent")
        del form[missing]
        assert signed_post(desk, "status", form).status_code == 400


def test_a_body_beyond_all_measure_gets_413_and_is_not_stored(desk: DeskInHand) -> None:
    form = inbound_form("SM" + "1" * 32, "+8613800137001", "还" * 400_000)
    assert signed_post(desk, "sms", form).status_code == 413
    assert desk.one("SELECT count(*) FROM reply") == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00",
        "\ufffd" * 10,
        "🙏" * 400,
        "a\r\nb\x1b[0m",
        "好" * 5000,
        "\u202e还钱",
        "' OR 1=1 --",
    ],
    ids=["empty", "nul", "replacement", "emoji", "control", "long", "bidi", "sql"],
)
def test_a_strange_text_is_stored_and_read_without_a_fault(desk: DeskInHand, body: str) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    form = inbound_form("SM" + "1" * 32, desk.phones[case], body, Unknown="x", 未知="参数")
    answer = signed_post(desk, "sms", form)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    desk.read_replies()
    assert desk.sql("SELECT state FROM reply") == [("handled",)]


def test_a_form_that_is_not_utf_8_is_refused_and_stores_nothing(desk: DeskInHand) -> None:
    """Twilio always sends UTF-8: what cannot be read as that cannot bear its signature."""
    raw = "MessageSid=SM" + "1" * 32 + "&From=%2B8613800137001&To=%2B12025550100&Body=%CD%CB%B6%A9"
    url = f"{desk.url}/webhooks/twilio/sms"
    headers = {
        "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, {}),
        "Content-Type": "application/x-www-form-urlencoded; charset=gbk",
    }
    assert requests.post(url, data=raw, headers=headers, timeout=15).status_code == 403
    assert desk.one("SELECT count(*) FROM reply") == 0


def test_a_message_repeated_and_replayed_is_stored_once_and_answered_once(desk: DeskInHand) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    form = inbound_form("SM" + "1" * 32, desk.phones[case], "明天还")
    for _ in range(3):
        assert signed_post(desk, "sms", form).status_code == 200
    desk.read_replies()
    assert signed_post(desk, "sms", form).status_code == 200
    desk.read_replies()
    desk.send()
    assert desk.one("SELECT count(*) FROM reply") == 1
    assert len(desk.texts(case)) == 2  # the reminder and the read-back


def test_a_message_to_a_number_that_is_not_ours_is_stored_for_a_human_and_answered_by_none(
    desk: DeskInHand,
) -> None:
    [case] = due_cases(desk, 1)
    form = inbound_form("SM" + "1" * 32, desk.phones[case], "退订") | {"To": "+12025550199"}
    assert signed_post(desk, "sms", form).status_code == 200
    desk.read_replies()
    assert desk.sql("SELECT state FROM reply") == [("unmatched",)]
    assert per_phone(desk) == {}
