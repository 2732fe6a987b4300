"""What the fault tests share: real processes to kill, locks to hold, clocks to move, callbacks to
sign, and the checker that must find nothing afterwards.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import requests
from desk_kit import ACCOUNT, KEY, PAY_KEY, PAY_SECRET, SENDER, TOKEN, DeskInHand, wait_until
from twilio.request_validator import RequestValidator

from bot.app.product import Product, open_product
from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks
from bot.app.verify.log import read_log
from bot.flows.dispatch import Dispatcher
from bot.flows.ports.transactions import Clock
from bot.flows.settle_attempts import AttemptSettler
from bot.store.jobs import retry_stalled

#: An instant at which the reminders of `due_cases` are due.
NOON = "2026-03-10 13:40"

#: The due date whose second overdue day that is.
DUE = date(2026, 3, 8)

#: Seconds a call is held open at the carrier; the tests let go of it long before.
HELD = 120


@dataclass(frozen=True)
class MovedClock:
    """The product's clock, its real time moved: nobody waits two minutes for a stale attempt."""

    clock: Clock
    by: timedelta

    def now(self, *, livemode: bool) -> datetime:
        """As the product's."""
        return self.clock.now(livemode=livemode)

    def real(self) -> datetime:
        """Moved."""
        return self.clock.real() + self.by


@dataclass
class KilledProcess:
    """A process of the product, in a group of its own so that it can be killed whole."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """`kill -9`, and gone."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)


def environment(desk: DeskInHand, database_url: str, **changed: str) -> dict[str, str]:
    """What the desk's own settings are, for a process of its own."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "YUEHUAN_DATA": str(desk.product.settings.data),
        "PORT": str(desk.product.settings.port),
        "PUBLIC_BASE_URL": desk.url,
        "SECRET_KEY": desk.product.settings.secret_key.get_secret_value(),
        "FIELD_KEY": KEY,
        "HASH_KEY": KEY,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE_URL": desk.sandbox.url,
        "SANDBOX_URL": desk.sandbox.url,
        "SANDBOX_PAY_URL": desk.sandbox.url,
        "SANDBOX_PAY_KEY": PAY_KEY,
        "SANDBOX_PAY_SECRET": PAY_SECRET,
        "LOG_LEVEL": "WARNING",
        **changed,
    }


@contextmanager
def process_of(env: dict[str, str], *words: str) -> Iterator[KilledProcess]:
    """One of the product's processes; killed at the end if it still runs."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bot.app.cli", *words],
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    running = KilledProcess(child)
    try:
        yield running
    finally:
        if child.poll() is None:
            running.kill()


def work_until_empty(env: dict[str, str]) -> None:
    """A living worker takes every job that is due."""
    with process_of(env, "worker", "--until-empty") as worker:
        assert worker.process.wait(120) == 0


def recover(desk: DeskInHand, env: dict[str, str]) -> None:
    """What clock and a new worker do after a crash, without the waits."""
    with desk.product.pool.connection() as connection:
        retry_stalled(connection, silent_for=timedelta(), give_up_after=5)
    desk.product.releaser.run(livemode=False)
    work_until_empty(env)
    desk.sandbox.flush()


def settler(desk: DeskInHand, *, after: timedelta) -> AttemptSettler:
    """The settler as it would be `after` the crash."""
    return replace(desk.product.attempts, clock=MovedClock(desk.product.clock, after))


def dispatcher(desk: DeskInHand, *, after: timedelta) -> Dispatcher:
    """The dispatcher as it would be that much real time later."""
    return replace(desk.product.dispatcher, clock=MovedClock(desk.product.clock, after))


def due_cases(desk: DeskInHand, count: int) -> list[int]:
    """Cases whose reminders have just been planned and are due now."""
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in range(count)]
    desk.set_now(instant(NOON))
    desk.plan()
    assert planned(desk) == count
    return cases


def instant(text: str) -> datetime:
    """`2026-03-10 10:00` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def planned(desk: DeskInHand) -> int:
    """Touches that still wait."""
    return int(desk.one("SELECT count(*) FROM touch WHERE state = 'planned'"))


def jobs_in_hand(desk: DeskInHand) -> int:
    """Jobs that a worker has begun and not ended."""
    return int(desk.one("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"))


def states(desk: DeskInHand) -> list[str]:
    """States of all attempts, in order."""
    return [row[0] for row in desk.sql("SELECT state FROM attempt ORDER BY id")]


def per_phone(desk: DeskInHand) -> dict[str, int]:
    """How many messages of ours the carrier has for each number."""
    counts: dict[str, int] = {}
    for message in desk.sandbox.messages():
        counts[message["to"]] = counts.get(message["to"], 0) + 1
    return counts


def applied(desk: DeskInHand) -> int:
    """How often the carrier's fault rules have struck."""
    return sum(rule["applied"] for rule in desk.sandbox.call("GET", "/faults")["rules"])


@contextmanager
def other_product(desk: DeskInHand, database_url: str) -> Iterator[Product]:
    """The same product once more on the same database, as on a second machine."""
    with open_product(desk.product.settings, database_url, role="other") as product:
        yield product


@contextmanager
def held_row(database_url: str, query: str) -> Iterator[None]:
    """Somebody else's transaction holds the rows of `query` FOR UPDATE."""
    with psycopg.connect(database_url) as connection:
        connection.execute(query)
        yield
        connection.rollback()


GATE_KEY = 4711


@contextmanager
def held_writes(desk: DeskInHand, database_url: str, table: str, verb: str) -> Iterator[None]:
    """Every `verb` (INSERT, UPDATE) of `table` waits until the context ends."""
    desk.sql(
        f"CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM pg_advisory_xact_lock_shared({GATE_KEY}); RETURN NEW; END $$"
    )
    desk.sql(
        f"CREATE TRIGGER gate BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION wait_at_gate()"
    )
    try:
        with psycopg.connect(database_url, autocommit=True) as holder:
            holder.execute("SELECT pg_advisory_lock(%s)", [GATE_KEY])
            yield
    finally:
        desk.sql(f"DROP TRIGGER gate ON {table}")
        desk.sql("DROP FUNCTION wait_at_gate")


def waiting_for_lock(desk: DeskInHand, name: str) -> list[int]:
    """Backends of that application name which wait for a lock."""
    rows = desk.sql(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        "AND application_name = %s AND datname = current_database()",
        name,
    )
    return [row[0] for row in rows]


def wait_for_waiter(desk: DeskInHand, name: str) -> int:
    """Until a connection of `name` waits for a lock; its backend's pid."""
    wait_until(lambda: waiting_for_lock(desk, name))
    return waiting_for_lock(desk, name)[0]


def wait_until_gone(desk: DeskInHand, name: str) -> None:
    """Until the database has noticed that a killed process is gone."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s "
        "AND datname = current_database() AND state <> 'idle'"
    )
    wait_until(lambda: desk.one(query, name) == 0)


def cut_connections(desk: DeskInHand, database_url: str, name: str = "yuehuan-test%") -> int:
    """Terminate every backend of the desk, as a database that restarts does."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        rows = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE %s "
            "AND datname = current_database() AND pid <> pg_backend_pid()",
            [name],
        ).fetchall()
    return len(rows)


def signed_post(
    desk: DeskInHand, path: str, form: dict[str, str], *, token: str = TOKEN
) -> requests.Response:
    """A webhook as the carrier sends it, signed with `token`."""
    url = f"{desk.url}/webhooks/twilio/{path}"
    signature = RequestValidator(token).compute_signature(url, form)
    return requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=60)


def status_form(sid: str, status: str, **more: str) -> dict[str, str]:
    """The fields of a status callback."""
    return {
        "AccountSid": ACCOUNT,
        "MessageSid": sid,
        "MessageStatus": status,
        "From": SENDER,
        "To": "+8613800138000",
        **more,
    }


def inbound_form(sid: str, sender: str, body: str, **more: str) -> dict[str, str]:
    """The fields of an inbound message."""
    return {
        "AccountSid": ACCOUNT,
        "MessageSid": sid,
        "From": sender,
        "To": SENDER,
        "Body": body,
        **more,
    }


def breaches(desk: DeskInHand) -> list[str]:
    """What the checker finds, from database and sandbox log."""
    log = read_log(desk.sandbox.url, None)
    with desk.product.pool.connection() as connection:
        findings = run_checks(Evidence(connection, log))
    return [
        f"{finding.invariant.name}: {breach.where}: {breach.what}"
        for finding in findings
        for breach in finding.breaches
    ]


def everything(desk: DeskInHand) -> dict[str, Any]:
    """Figures that a refused or repeated webhook must not change."""
    tables = ("attempt", "callback", "reply", "touch", "case_event", "suppression", "handoff")
    counts = {table: desk.one(f"SELECT count(*) FROM {table}") for table in tables}
    moved = desk.sql("SELECT id, state, provider_sid, error_code FROM attempt ORDER BY id")
    cases = desk.sql("SELECT id, state, event_seq FROM cases ORDER BY id")
    return {**counts, "attempts": moved, "cases": cases}
