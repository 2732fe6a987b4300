"""A whole desk for tests: real database, real sandbox process, real web server, a clock in hand."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import psycopg
import requests
from free_ports import free_port
from jinja2.bccache import Bucket, BytecodeCache
from serving import listening, port_of, served

from bot.app import operating, playbook
from bot.app.product import Product, open_product
from bot.app.settings import Settings, load_settings
from bot.app.web import create_app
from bot.app.wiring import pages
from bot.store.clock_shift import set_shift
from bot.store.seal import Seal

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "sandbox-test-token"
SENDER = "+12025550100"
POOLED = 10  #: more connections than a pool of the product holds
PAY_KEY, PAY_SECRET = "test-pay-key", "test-pay-secret"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

# A process of the product reads its scripts and rules once and then only looks at them. A process
# of tests opens hundreds of desks; reading anew was two thirds of what opening one costs.
playbook.load_scripts = cache(playbook.load_scripts)
playbook.load_calls = cache(playbook.load_calls)
operating.load_packs = cache(operating.load_packs)


class _Compiled(BytecodeCache):
    """Pages' templates, compiled once in a process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._kept.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = _Compiled()


def wait_until(done: Any, seconds: float = 60) -> None:
    """Return as soon as `done()` is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.02)


@dataclass
class SandboxProcess:
    """The sandbox carrier as a process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the control API."""
        answer = requests.request(method, f"{self.url}/sandbox{path}", json=body, timeout=150)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def reset(self, inbound_url: str) -> None:
        """Forget everything; inbound messages go to `inbound_url` from now on."""
        self.call("POST", "/reset", {})
        self.call("PUT", "/inbound-url", {"url": inbound_url})

    def messages(self) -> list[dict[str, Any]]:
        """What the carrier has from us, oldest first."""
        found = self.call("GET", "/messages?limit=1000")["messages"]
        return [m for m in found if m["direction"] != "inbound"]

    def flush(self) -> None:
        """Wait until every callback has been delivered."""
        self.call("POST", "/flush", {"timeout_seconds": 120})

    def say(self, phone: str, body: str) -> None:
        """A debtor writes."""
        self.call("POST", "/inbound", {"from": phone, "to": SENDER, "body": body})

    def faults(self, *rules: dict[str, Any]) -> None:
        """Misbehave as told."""
        self.call("PUT", "/faults", {"rules": list(rules), "magic": True})


@contextmanager
def running_sandbox(data: Path) -> Iterator[SandboxProcess]:
    """Start the sandbox, stop it by its pid."""
    port = free_port()
    env = {
        **os.environ,
        "SANDBOX_ACCOUNT_SID": ACCOUNT,
        "SANDBOX_AUTH_TOKEN": TOKEN,
        "SANDBOX_PAY_KEY": PAY_KEY,
        "SANDBOX_PAY_SECRET": PAY_SECRET,
    }
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    sandbox = SandboxProcess(f"http://127.0.0.1:{port}", process)
    try:
        wait_until(lambda: process.poll() is None and _answers(sandbox.url))
        yield sandbox
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{url}/sandbox/health", timeout=5).ok
    return False


def settings_of_a_test(
    tmp_path: Path, sandbox_url: str, port: int, more: Mapping[str, str] | None = None
) -> Settings:
    """Settings as the demo has them, on the sandbox; `more` adds to them."""
    return load_settings(
        {
            "YUEHUAN_DATA": str(tmp_path),
            "PORT": str(port),
            "SECRET_KEY": "a secret of at least thirty-two characters",
            "FIELD_KEY": KEY,
            "HASH_KEY": KEY,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": sandbox_url,
            "SANDBOX_URL": sandbox_url,
            "SANDBOX_PAY_URL": sandbox_url,
            "SANDBOX_PAY_KEY": PAY_KEY,
            "SANDBOX_PAY_SECRET": PAY_SECRET,
            **(more or {}),
        }
    )


@dataclass
class DeskInHand:
    """The product with its web server, and a test clock that moves when told."""

    product: Product
    sandbox: SandboxProcess
    url: str
    phones: dict[int, str] = field(default_factory=dict)
    _numbers: int = 0

    def set_now(self, now: datetime) -> None:
        """Put the test clock of product and sandbox at `now`."""
        shift = now - self.product.clock.real()
        with self.product.pool.connection() as connection:
            set_shift(connection, shift)
        self.sandbox.call("PUT", "/clock", {"offset_seconds": int(shift.total_seconds())})

    @property
    def now(self) -> datetime:
        """The test clock; read again where a test has cut the pool's connections."""
        for _ in range(POOLED):
            try:
                return self.product.clock.now(livemode=False)
            except psycopg.OperationalError:
                continue
        return self.product.clock.now(livemode=False)

    def sql(self, query: str, *values: Any) -> list[Any]:
        """Rows of a query."""
        with self.product.pool.connection() as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        rows = self.sql(query, *values)
        return rows[0][0] if rows else None

    def portfolio(self, code: str = "loans", **changed: Any) -> int:
        """A test-mode portfolio of consumer loans on the sandbox sender."""
        row = {
            "code": code,
            "name": "消费贷",
            "creditor": "晨光消费金融",
            "creditor_key": "chenguang",
            "signature": "晨光消费金融",
            "zone": "Asia/Shanghai",
            "region": "CN",
            "currency": "CNY",
            "cadence": "consumer_loan",
            "packs": ["cn"],
            "livemode": False,
            "sender_id": self.sender(),
            "phone": "400-000-1234",
            "complaint_phone": "400-000-5678",
            "payee_account": "晨光银行尾号8866",
            "created_at": self.now,
            **changed,
        }
        return self._insert("portfolio", row)

    def sender(self, **changed: Any) -> int:
        """The sandbox sender, made once."""
        known = self.one("SELECT id FROM sender WHERE code = %s", changed.get("code", "sandbox"))
        if known:
            return int(known)
        row = {
            "code": "sandbox",
            "kind": "sandbox",
            "address": SENDER,
            "livemode": False,
            "per_second": 1000.0,
        }
        return self._insert("sender", {**row, **changed})

    def case(
        self,
        portfolio_id: int,
        *,
        due_on: date,
        amount: int = 200_000,
        phone: str | None = None,
        name: str = "马敏",
        locale: str = "zh-CN",
        debtor_id: int | None = None,
        **changed: Any,
    ) -> int:
        """An open case with one debt; returns its id. `amount` in minor units."""
        self._numbers += 1
        phone = phone or f"+86138001370{self._numbers:02d}"
        debtor_id = debtor_id or self.debtor(name, phone, locale)
        row = {
            "portfolio_id": portfolio_id,
            "debtor_id": debtor_id,
            "currency": "CNY",
            "entered_at": self.now,
            "next_check_at": self.now,
            "late_count": 0,
            "event_seq": 1,
            **changed,
        }
        case_id = self._insert("cases", row)
        self._insert(
            "case_event",
            {
                "case_id": case_id,
                "seq": 1,
                "at": self.now,
                "event": "opened",
                "state_before": "",
                "state_after": "active",
                "actor": "import",
            },
        )
        self.debt(case_id, portfolio_id, due_on, amount)
        self.phones[case_id] = phone
        return case_id

    def debtor(self, name: str, phone: str, locale: str = "zh-CN") -> int:
        """A debtor of the creditor with one phone."""
        seal: Seal = self.product.seal
        debtor_id = self._insert(
            "debtor",
            {
                "creditor_key": "chenguang",
                "identity_hash": seal.index(name + phone),
                "name_sealed": seal.seal(name),
                "locale": locale,
                "created_at": self.now,
            },
        )
        self.point(debtor_id, phone)
        return debtor_id

    def point(self, debtor_id: int, phone: str, **changed: Any) -> int:
        """A contact point."""
        parsed = phonenumbers.parse(phone)
        seal = self.product.seal
        zones = {"CN": ["Asia/Shanghai"], "US": ["America/New_York"]}
        region = phonenumbers.region_code_for_number(parsed) or "CN"
        row = {
            "debtor_id": debtor_id,
            "phone_sealed": seal.seal(phone),
            "phone_hash": seal.index(phone),
            "phone_masked": phone[:6] + "****" + phone[-4:],
            "kind": "mobile",
            "region": region,
            "zones": zones.get(region, ["Asia/Shanghai"]),
            **changed,
        }
        return self._insert("contact_point", row)

    def debt(self, case_id: int, portfolio_id: int, due_on: date, amount: int) -> int:
        """A debt, and its claim in the books."""
        self._numbers += 1
        debt_id = self._insert(
            "debt",
            {
                "case_id": case_id,
                "portfolio_id": portfolio_id,
                "contract": f"HT{self._numbers:06d}",
                "ref": "1",
                "due_on": due_on,
                "amount_minor": amount,
                "updated_at": self.now,
            },
        )
        self.sql(
            "INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, "
            "source, key, at) SELECT id, %s, 'debt', 'charged', %s, currency, 'charged', 'test', "
            "'charged:' || %s::text || ':debt', %s FROM cases WHERE id = %s",
            *(debt_id, amount, debt_id, self.now, case_id),
        )
        return debt_id

    def _insert(self, table: str, row: dict[str, Any]) -> int:
        names = ", ".join(row)
        holes = ", ".join(["%s"] * len(row))
        query = f"INSERT INTO {table} ({names}) VALUES ({holes}) RETURNING id"
        return int(self.one(query, *row.values()))

    def plan(self) -> Any:
        """One planning run of test mode."""
        return self.product.planner.run(livemode=False)

    def send(self) -> int:
        """Send what is due and let the carrier report."""
        sent = sum(self.product.send(row[0]) for row in self.sql("SELECT id FROM sender"))
        self.sandbox.flush()
        return sent

    def step(self, to: datetime) -> None:
        """Move the clock and do everything that is due."""
        self.set_now(to)
        self.product.promises.run(livemode=False)
        self.plan()
        self.send()

    def reply(self, case_id: int, text: str) -> None:
        """The debtor writes; the reply is read and answered."""
        self.sandbox.say(self.phones[case_id], text)
        self.read_replies()
        self.send()

    def read_replies(self) -> None:
        """Read every stored reply."""
        for row in self.sql("SELECT id FROM reply WHERE state = 'stored' ORDER BY id"):
            self.product.receiver.run(row[0])

    def texts(self, case_id: int) -> list[str]:
        """What the case's debtor got, oldest first."""
        phone = self.phones[case_id]
        return [m["body"] for m in self.sandbox.messages() if m["to"] == phone]

    def state(self, case_id: int) -> str:
        """The case's state."""
        return str(self.one("SELECT state FROM cases WHERE id = %s", case_id))


@contextmanager
def desk_in_hand(
    database_url: str,
    tmp_path: Path,
    sandbox: SandboxProcess,
    more: Mapping[str, str] | None = None,
) -> Iterator[DeskInHand]:
    """Open the product on `database_url`, serve its pages, point the sandbox at them."""
    with listening() as held:
        settings = settings_of_a_test(tmp_path, sandbox.url, port_of(held), more)
        with open_product(settings, database_url, role="test") as product:
            app = create_app(settings, blueprints=pages(product), probes=[])
            app.jinja_env.bytecode_cache = _TEMPLATES
            with served(app, held):
                sandbox.reset(f"{settings.public_url}/webhooks/twilio/sms")
                desk = DeskInHand(product, sandbox, settings.public_url)
                desk.set_now(shanghai("2026-03-10 00:00"))
                yield desk


def shanghai(text: str) -> datetime:
    """`2026-03-10 10:00` in Shanghai, as UTC."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)


__all__ = ["DeskInHand", "SandboxProcess", "desk_in_hand", "shanghai"]
