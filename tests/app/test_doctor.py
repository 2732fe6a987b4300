"""`doctor` tells what is wrong and what to do; each check stands alone."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.app.carrier_account import account_status
from bot.app.doctor import (
    Check,
    Finding,
    Verdict,
    carrier_check,
    examine,
    settings_checks,
    webhook_check,
)
from bot.app.settings import Settings, load_settings

SID = "AC" + "1" * 32
TOKEN = "carrier-token"


@contextmanager
def server(status: int, body: dict[str, object]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server on this machine that answers everything alike; its requests as (path, auth)."""
    seen: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("Authorization", "")))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body, separators=(",", ":")).encode())

        def log_message(self, *_: object) -> None:
            return

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}", seen
    finally:
        listener.shutdown()
        listener.server_close()


def settings(tmp_path: Path, **given: str) -> Settings:
    return load_settings({"YUEHUAN_DATA": str(tmp_path), **given})


def look(check: Check) -> Finding:
    return examine([check])[0][1]


def carrier(tmp_path: Path, address: str) -> Finding:
    desk = settings(
        tmp_path, TWILIO_ACCOUNT_SID=SID, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_API_BASE_URL=address
    )
    return look(carrier_check(desk, lambda: account_status(desk)))


def test_the_real_client_asks_for_the_account_at_the_address_that_is_set(tmp_path: Path) -> None:
    with server(200, {"sid": SID, "status": "active"}) as (address, seen):
        finding = carrier(tmp_path, address)
    assert finding.verdict == Verdict.OK
    [(path, authorization)] = seen
    assert path == f"/2010-04-01/Accounts/{SID}.json"
    assert authorization.startswith("Basic ")


def test_a_suspended_account_is_in_the_way(tmp_path: Path) -> None:
    with server(200, {"sid": SID, "status": "suspended"}) as (address, _):
        finding = carrier(tmp_path, address)
    assert (finding.verdict, "suspended" in finding.detail) == (Verdict.FAILED, True)


def test_wrong_credentials_are_told_with_a_remedy_and_not_repeated(tmp_path: Path) -> None:
    with server(401, {"code": 20003, "message": "Authenticate"}) as (address, _):
        finding = carrier(tmp_path, address)
    assert finding.verdict == Verdict.FAILED
    assert "TWILIO_AUTH_TOKEN" in finding.remedy
    assert TOKEN not in finding.detail


def test_a_carrier_that_does_not_answer_is_told(tmp_path: Path) -> None:
    finding = carrier(tmp_path, "http://127.0.0.1:1")
    assert finding.verdict == Verdict.FAILED


def test_no_carrier_account_is_worth_knowing(tmp_path: Path) -> None:
    desk = settings(tmp_path)
    finding = look(carrier_check(desk, lambda: account_status(desk)))
    assert finding.verdict == Verdict.WARNING


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [(200, {"status": "ok"}, "ok"), (200, {"hello": "proxy"}, "failed"), (502, {}, "failed")],
)
def test_the_public_address_must_lead_to_us(
    tmp_path: Path, status: int, body: dict[str, object], verdict: str
) -> None:
    with server(status, body) as (address, seen):
        finding = look(webhook_check(settings(tmp_path, PUBLIC_BASE_URL=address)))
    assert (finding.verdict, seen[0][0]) == (verdict, "/healthz")


def test_generated_keys_are_a_warning_beside_a_shared_database(tmp_path: Path) -> None:
    alone = look(settings_checks(settings(tmp_path))[0])
    shared = look(settings_checks(settings(tmp_path, DATABASE_URL="postgresql://a/b"))[0])
    assert (alone.verdict, shared.verdict) == (Verdict.OK, Verdict.WARNING)


def test_a_check_that_fails_does_not_keep_the_others_from_looking() -> None:
    def broken() -> Finding:
        raise OSError("call 13800138000")

    findings = examine([Check("a", broken), Check("b", lambda: Finding(Verdict.OK, "fine"))])
    assert [(name, f.verdict) for name, f in findings] == [("a", "failed"), ("b", "ok")]
    assert findings[0][1].detail == "call [phone]"
