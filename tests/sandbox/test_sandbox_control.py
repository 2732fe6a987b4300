"""Clock, flush, cursors, log and the guard of the control API."""

import json
import threading
from datetime import datetime, timedelta

import pytest
import requests
from twilio.rest import Client

from tests.sandbox.sandbox_kit import SENDER, Receiver, Sandbox

DEBTOR = "+8613800138000"


def send(client: Client, to: str = DEBTOR, body: str = "【安和】测试") -> str:
    return client.messages.create(to=to, from_=SENDER, body=body).sid


def test_the_clock_moves_dates_in_resources_and_log(sandbox: Sandbox, client: Client):
    now = sandbox.call("PUT", "/clock", {"now": "2026-03-05T10:30:00+08:00"}, expect=200)["now"]
    assert now.startswith("2026-03-05T02:30:00")
    created = client.messages(send(client)).fetch().date_created
    assert (
        timedelta(0)
        <= created - datetime.fromisoformat("2026-03-05T02:30:00Z")
        < timedelta(minutes=1)
    )
    assert sandbox.log("request")[0]["at"].startswith("2026-03-05T02:3")
    assert not sandbox.log("request")[0]["real"].startswith("2026-03-05T02:3")


def test_an_offset_is_kept_by_a_reset_only_when_asked(sandbox: Sandbox):
    sandbox.call("PUT", "/clock", {"offset_seconds": 86_400}, expect=200)
    sandbox.call("POST", "/reset", {"keep_clock": True}, expect=200)
    assert sandbox.call("GET", "/clock")["offset_seconds"] == 86_400
    sandbox.call("POST", "/reset", {}, expect=200)
    assert sandbox.call("GET", "/clock")["offset_seconds"] == 0


@pytest.mark.parametrize(
    "body", [{}, {"now": "yesterday"}, {"offset_seconds": "1"}, {"now": "x", "offset_seconds": 1}]
)
def test_a_wrong_time_is_refused_with_an_example(sandbox: Sandbox, body: dict):
    error = sandbox.call("PUT", "/clock", body, expect=400)["error"]
    assert error["field"] in {"now", "offset_seconds"}
    assert sandbox.call("GET", "/clock")["offset_seconds"] == 0


def test_new_messages_are_read_from_a_cursor(sandbox: Sandbox, client: Client):
    sids = [send(client) for _ in range(3)]
    page = sandbox.call("GET", "/messages?after=0&limit=2")
    assert [m["sid"] for m in page["messages"]] == sids[:2]
    page = sandbox.call("GET", f"/messages?after={page['next']}")
    assert [m["sid"] for m in page["messages"]] == sids[2:]
    assert sandbox.call("GET", f"/messages?after={page['next']}")["messages"] == []


def test_changed_messages_are_read_from_a_revision(sandbox: Sandbox, client: Client):
    first, _ = send(client), send(client)
    sandbox.flush()
    rev = sandbox.call("GET", "/messages")["rev"]
    assert sandbox.call("GET", f"/messages?changed_after={rev}")["messages"] == []
    sandbox.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": "好"}, expect=201)
    changed = sandbox.call("GET", f"/messages?changed_after={rev}")["messages"]
    assert [m["body"] for m in changed] == ["好"]
    assert sandbox.call("GET", f"/messages/{first}")["status"] == "delivered"


def test_conversations_count_what_is_unread(sandbox: Sandbox, client: Client):
    for _ in range(2):
        send(client)
    send(client, "+8613800138901")
    sandbox.flush()
    threads = sandbox.call("GET", "/threads")
    assert {t["debtor"]: t["unread"] for t in threads["threads"]} == {
        DEBTOR: 2,
        "+8613800138901": 0,
    }
    sandbox.call("POST", f"/threads/{DEBTOR}/{SENDER}/read", {}, expect=200)
    assert sandbox.call("GET", "/threads")["unread"] == 0
    send(client)
    sandbox.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": "好"}, expect=201)
    assert sandbox.call("GET", "/threads")["unread"] == 0


def test_conversations_are_found_by_number_and_text(sandbox: Sandbox, client: Client):
    send(client, body="【安和】账单")
    send(client, "+8613800138001", "【恒通】货款")
    found = lambda q: [t["debtor"] for t in sandbox.call("GET", f"/threads?q={q}")["threads"]]  # noqa: E731
    assert found("货款") == ["+8613800138001"]
    assert found("138 0013 8000") == [DEBTOR]
    assert found("没有") == []


def test_an_unchanged_list_costs_no_body(sandbox: Sandbox, client: Client):
    send(client)
    sandbox.flush()
    rev = sandbox.call("GET", "/threads")["rev"]
    assert sandbox.call("GET", f"/threads?rev={rev}", expect=204) is None


def test_flush_waits_for_a_slow_receiver(sandbox: Sandbox, client: Client, receiver: Receiver):
    gate = threading.Event()

    def slow(_: object) -> tuple[int, str, bytes]:
        gate.wait(60)
        return 204, "", b""

    receiver.answer = slow
    client.messages.create(
        to=DEBTOR, from_=SENDER, body="x", status_callback=f"{receiver.url}/status"
    )
    assert sandbox.call("POST", "/flush", {"timeout_seconds": 0.05}, expect=504)["waiting"] >= 1
    gate.set()
    assert sandbox.flush()["waiting"] == 0
    assert len(receiver.got) == 2


def test_the_log_is_downloaded_whole(sandbox: Sandbox, client: Client):
    send(client)
    text = requests.get(f"{sandbox.url}/sandbox/log.jsonl", timeout=10).text
    entries = [json.loads(line) for line in text.splitlines()]
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    assert text.encode() == (sandbox.data / "log.jsonl").read_bytes()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_strangers_are_kept_out_of_control_api_and_pages(sandbox: Sandbox, headers: dict):
    for path in ("/sandbox/messages", "/sandbox/log.jsonl", "/", "/log"):
        answer = requests.get(sandbox.url + path, headers=headers, timeout=10)
        assert answer.status_code == 403, path


def test_a_form_post_from_another_site_cannot_send(sandbox: Sandbox):
    fields = {"from": DEBTOR, "to": SENDER, "body": "退订"}
    answer = requests.post(f"{sandbox.url}/sandbox/inbound", fields, timeout=10)
    assert answer.status_code == 400
    assert sandbox.call("GET", "/messages")["messages"] == []


def test_a_huge_request_is_refused(sandbox: Sandbox):
    body = b"Body=" + b"x" * 5_000_000
    answer = requests.post(f"{sandbox.url}/2010-04-01/Accounts/AC1/Messages.json", body, timeout=10,
                           headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert answer.status_code == 413
