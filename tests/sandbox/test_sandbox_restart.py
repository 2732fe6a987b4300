"""The sandbox after a kill, a second sandbox on the same folder, and bad settings."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from free_ports import free_port

from tests.sandbox.sandbox_kit import (
    ROOT,
    SENDER,
    Receiver,
    Sandbox,
    answers,
    wait_until,
)

DEBTOR = "+8613800138000"
Start = Callable[..., Sandbox]


def kill(sandbox: Sandbox) -> None:
    sandbox.process.send_signal(signal.SIGKILL)
    sandbox.process.wait(60)
    wait_until(lambda: not answers(sandbox.url))


def test_a_killed_sandbox_leaves_no_process_and_comes_back_with_its_messages(
    fresh: Start, receiver: Receiver
):
    first = fresh()
    first.call("PUT", "/clock", {"offset_seconds": 86_400}, expect=200)
    done = first.client().messages.create(to=DEBTOR, from_=SENDER, body="一")
    first.flush()
    first.call("PUT", "/delays", {"delivered_ms": 3_600_000}, expect=200)
    callback = f"{receiver.url}/status?attempt=at_1"
    going = first.client().messages.create(
        to="+8613800138901", from_=SENDER, body="二", status_callback=callback
    )
    wait_until(lambda: len(receiver.got) == 1)
    first.call("POST", "/inbound", {"from": DEBTOR, "to": SENDER, "body": "STOP"}, expect=201)
    kill(first)

    second = fresh()
    second.flush()
    client = second.client()
    assert client.messages(done.sid).fetch().status == "delivered"
    resumed = client.messages(going.sid).fetch()
    assert (resumed.status, resumed.error_code) == ("undelivered", 30005)
    assert [f["MessageStatus"] for f in receiver.forms()] == ["sent", "undelivered"]
    assert second.call("GET", "/clock")["offset_seconds"] == 86_400
    threads = second.call("GET", "/threads")["threads"]
    assert {t["debtor"]: t["unsubscribed"] for t in threads} == {
        DEBTOR: True,
        "+8613800138901": False,
    }
    assert [m.body for m in client.messages.list()] == ["STOP", "二", "一"]


def test_a_reset_is_not_undone_by_a_restart(fresh: Start):
    first = fresh()
    first.client().messages.create(to=DEBTOR, from_=SENDER, body="一")
    first.call("POST", "/reset", {}, expect=200)
    assert first.stop() == 0
    second = fresh()
    assert second.client().messages.list() == []
    seqs = [entry["seq"] for entry in second.call("GET", "/log?limit=20000")["entries"]]
    assert seqs == list(range(1, len(seqs) + 1))


def test_a_payment_whose_notification_was_lost_in_a_crash_is_notified_after_it(
    fresh: Start, receiver: Receiver
):
    first = fresh()
    checkout = first.pay("POST", "/checkouts", {
        "amount": 100, "currency": "CNY", "reference": "r",
        "return_url": "http://127.0.0.1/back", "notify_url": f"{receiver.url}/pay",
    }).json()  # fmt: skip
    first.call("PUT", "/notifications", {"hold": True}, expect=200)
    first.call("POST", f"/checkouts/{checkout['id']}/pay", {}, expect=200)
    kill(first)
    second = fresh()
    second.flush()
    assert [got.path for got in receiver.got] == ["/pay"]
    assert second.call("GET", f"/checkouts/{checkout['id']}")["status"] == "paid"
    assert second.stop() == 0
    fresh().flush()
    assert len(receiver.got) == 1


def test_a_line_torn_by_a_crash_is_dropped(fresh: Start):
    first = fresh()
    first.client().messages.create(to=DEBTOR, from_=SENDER, body="一")
    first.flush()
    first.stop()
    with (first.data / "log.jsonl").open("a") as log:
        log.write('{"seq":99,"kind":"requ')
    assert [m.body for m in fresh().client().messages.list()] == ["一"]


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    env = {**os.environ, **settings}
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_second_sandbox_on_the_same_folder_is_refused(sandbox: Sandbox):
    refused = run("--port", str(free_port()), "--data", str(sandbox.data))
    assert refused.returncode == 2
    assert "another running sandbox" in refused.stderr


def test_a_taken_port_is_refused_with_the_remedy(sandbox: Sandbox, tmp_path: Path):
    port = sandbox.url.rsplit(":", 1)[1]
    refused = run("--port", port, "--data", str(tmp_path))
    assert refused.returncode == 2
    assert "--port" in refused.stderr


def test_every_wrong_setting_is_one_line(tmp_path: Path):
    refused = run(
        "--data", str(tmp_path), SANDBOX_SENDERS="13800138000", SANDBOX_ACCOUNT_SID="AC1",
        SANDBOX_TIMEZONE="Mars/Base", SANDBOX_SENT_MS="-1",
    )  # fmt: skip
    assert refused.returncode == 2
    named = sorted(line.split()[1].rstrip(":") for line in refused.stderr.splitlines())
    assert named == [
        "SANDBOX_ACCOUNT_SID", "SANDBOX_SENDERS", "SANDBOX_SENT_MS", "SANDBOX_TIMEZONE",
    ]  # fmt: skip
