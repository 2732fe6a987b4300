"""The real Twilio client pointed at a real sandbox process, and a receiver of webhooks."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from free_ports import free_port
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ROOT = Path(__file__).parents[2]
ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "sandbox-test-token"
SENDER = "+12025550100"
OTHER_SENDER = "+12025550101"
PAY_KEY, PAY_SECRET = "test-pay-key", "test-pay-secret"


@dataclass
class Received:
    """One request the receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Receiver:
    """Stands for our webhooks: records what comes, answers what the test says."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, str, bytes]] = lambda _: (204, "", b"")

    def forms(self, path: str = "/status") -> list[dict[str, str]]:
        return [r.form for r in self.got if urlsplit(r.path).path == path]

    def reset(self) -> None:
        self.got.clear()
        self.answer = lambda _: (204, "", b"")


class Rewriting(TwilioHttpClient):
    """Sends the real client to the sandbox."""

    def __init__(self, base_url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.hostname.endswith(".twilio.com")
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self.base_url}{parts.path}{query}", *args, **kwargs)


@dataclass
class Sandbox:
    """A running sandbox."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    env: dict[str, str]

    def client(self, token: str = TOKEN, **kwargs: Any) -> Client:
        return Client(ACCOUNT, token, http_client=Rewriting(self.url, **kwargs))

    def call(self, method: str, path: str, body: Any = None, expect: int | None = None) -> Any:
        answer = requests.request(method, f"{self.url}/sandbox{path}", json=body, timeout=150)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    def flush(self, **body: Any) -> Any:
        return self.call("POST", "/flush", {"timeout_seconds": 120, **body}, expect=200)

    def faults(self, *rules: dict[str, Any], magic: bool = True) -> None:
        self.call("PUT", "/faults", {"rules": list(rules), "magic": magic}, expect=200)

    def log(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Entries since the last reset."""
        entries = self.call("GET", "/log?limit=20000")["entries"]
        resets = [i for i, entry in enumerate(entries) if entry["kind"] == "reset"]
        entries = entries[resets[-1] :] if resets else entries
        return [e for e in entries if kind in (None, e["kind"])]

    def pay(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.request(
            method,
            f"{self.url}/sandbox/pay/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {PAY_KEY}", **headers},
            timeout=10,
        )

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


def wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.02)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/sandbox/health", timeout=5).ok
    except requests.RequestException:
        return False


def start_sandbox(data: Path, receiver_url: str, **settings: str) -> Sandbox:
    port = free_port()
    env = {
        **os.environ,
        "SANDBOX_ACCOUNT_SID": ACCOUNT,
        "SANDBOX_AUTH_TOKEN": TOKEN,
        "SANDBOX_SENDERS": f"{SENDER},{OTHER_SENDER}",
        "SANDBOX_INBOUND_URL": f"{receiver_url}/sms",
        "SANDBOX_PAY_KEY": PAY_KEY,
        "SANDBOX_PAY_SECRET": PAY_SECRET,
        "SANDBOX_PAY_BACKOFF_MS": "1",
        **settings,
    }
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    sandbox = Sandbox(f"http://127.0.0.1:{port}", data, process, env)
    wait_until(lambda: process.poll() is not None or answers(sandbox.url))
    assert process.poll() is None, process.stderr and process.stderr.read().decode()
    return sandbox
