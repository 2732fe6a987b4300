"""Sets the stage: environment, database, sender, portfolios, sample ledgers, a test clock."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from io import StringIO
from pathlib import Path

import requests

from bot.app.errors import Refusal
from bot.app.parent import VARIABLE

#: The sample ledgers are of this day; the demo's clock begins on its morning (Asia/Shanghai).
START = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)

#: The sandbox's sender (an invented number).
SENDER = "+12025550100"

#: The number that calls as well, for a few of the loans: a day of calls takes as long to simulate as
#: a month of messages.
VOICE_SENDER = "+12025550101"

#: Where the demo's collector takes calls that are put through (an invented number).
COLLECTOR_PHONE = "+8613800138555"

_UP_WITHIN = 60.0
_ASK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Book:
    """A portfolio of the demo and the ledger it takes."""

    code: str
    ledger: str
    options: tuple[str, ...]


_COMMON = ("--sender", "sandbox", "--pack", "cn", "--phone", "400-000-1234")

BOOKS = (
    Book(
        "loans",
        "ledger_consumer_loans.csv",
        (
            *("--name", "消费贷样例", "--creditor", "晨光消费金融", "--signature", "晨光消费金融"),
            *("--cadence", "consumer_loan", "--complaint-phone", "400-000-5678"),
            *("--payee-account", "晨光银行尾号8866", *_COMMON),
        ),
    ),
    Book(
        "phone",
        "ledger_consumer_loans.csv",
        (
            *("--name", "消费贷样例（电话）", "--creditor", "晨光消费金融"),
            *("--signature", "晨光消费金融", "--cadence", "consumer_loan"),
            *("--complaint-phone", "400-000-5678", "--payee-account", "晨光银行尾号8866"),
            *("--sender", "sandbox-voice", "--pack", "cn", "--phone", "400-000-1234"),
        ),
    ),
    Book(
        "trade",
        "ledger_receivables.xlsx",
        (
            *("--name", "应收账款样例", "--creditor", "东升供应链", "--signature", "东升供应链"),
            *("--cadence", "trade_receivable", "--complaint-phone", "400-000-5678"),
            *("--payee-account", "东方银行尾号6688", *_COMMON),
        ),
    ),
)


def sample(name: str) -> Path:
    """A sample ledger that ships with the sandbox."""
    return Path(str(files("sandbox.samples").joinpath(name)))


def demo_environment(data: Path, *, fixed_ports: bool) -> dict[str, str]:
    """Variables for every process of the demo; what is set already stays."""
    web = _port(8000 if fixed_ports else 0)
    sandbox = _port(8055 if fixed_ports else 0)
    made = {
        "YUEHUAN_DATA": str(data),
        "PORT": str(web),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{sandbox}",
        "SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "SANDBOX_PAY_URL": f"http://127.0.0.1:{sandbox}",
        "SANDBOX_PAY_KEY": secrets.token_hex(16),
        "SANDBOX_PAY_SECRET": secrets.token_hex(16),
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "console",
    }
    made |= _for_the_sandbox(made, data, sandbox)
    return made | _merchant(made)


def _merchant(made: Mapping[str, str]) -> dict[str, str]:
    """The account at each provider the sandbox plays; keys stand in one line, as `.env` needs."""
    done = subprocess.run(
        [*sandbox_command(), "--merchant"],
        env={**os.environ, **made},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(f"the sandbox cannot open its accounts: {done.stderr.strip()[-300:]}")
    told: dict[str, str] = json.loads(done.stdout)
    return {name: value.strip().replace("\n", "\\n") for name, value in told.items()}


def _for_the_sandbox(made: Mapping[str, str], data: Path, port: int) -> dict[str, str]:
    return {
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATA": str(data / "sandbox"),
        "SANDBOX_ACCOUNT_SID": made["TWILIO_ACCOUNT_SID"],
        "SANDBOX_AUTH_TOKEN": made["TWILIO_AUTH_TOKEN"],
        "SANDBOX_SENDERS": f"{SENDER},{VOICE_SENDER}",
        "SANDBOX_INBOUND_URL": f"{made['PUBLIC_BASE_URL']}/webhooks/twilio/sms",
        "SANDBOX_VOICE_STATUS_URL": f"{made['PUBLIC_BASE_URL']}/webhooks/twilio/voice/status",
    }


def _port(wanted: int) -> int:
    """`wanted` if it is free, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Refusal("no free port on 127.0.0.1", "stop a program that listens there")


def sandbox_command() -> list[str]:
    """How the sandbox is started: it ends with us, even when we are killed."""
    return [sys.executable, "-m", "sandbox", "--with-parent"]


def run_command(*words: str, accept: Sequence[int] = (0,)) -> str:
    """What one of our own commands prints, without a process of its own.

    Raises Refusal with its last words.
    """
    from bot.app.cli import run  # noqa: PLC0415  (which has the demo among its commands)

    printed, told = StringIO(), StringIO()
    with redirect_stdout(printed), redirect_stderr(told):
        code = run(words)
    if code not in accept:
        said = (told.getvalue() or printed.getvalue()).strip()
        raise Refusal(f"yuehuan {words[0]} failed: {said[-500:]}")
    return printed.getvalue()


def set_up_books(ledgers: Mapping[str, Path]) -> None:
    """Sender, portfolios and ledgers by the same commands an operations lead uses."""
    run_command(
        *("sender", "add", "sandbox", "--kind", "sandbox"),
        *("--address", SENDER, "--per-second", "1000"),
    )
    run_command(
        *("sender", "add", "sandbox-voice", "--kind", "sandbox"),
        *("--address", VOICE_SENDER, "--per-second", "1000"),
        *("--voice", "--calls-per-second", "50", "--lines", "100"),
    )
    for book in BOOKS:
        run_command("portfolio", "add", book.code, *book.options)
        # 1: some rows were rejected, as the messy samples deserve.
        run_command("import", str(ledgers[book.code]), "--portfolio", book.code, accept=(0, 1))


def set_up_collector() -> str:
    """A person who may log in, on duty with a telephone of the sandbox: `demo / <password>`."""
    said = run_command(
        *("collector", "add", "demo", "--name", "演示", "--role", "lead", "--generate")
    )
    run_command("collector", "phone", "demo", COLLECTOR_PHONE)
    run_command("collector", "duty", "demo", "--on")
    return f"demo / {said.split()[-1]}"


@contextmanager
def background(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child process whose output goes to `log`; stopped with us, by its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, VARIABLE: "1"},
            start_new_session=True,
        )
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    """Until `url` answers. Raises Refusal when the child ends or takes too long."""
    for _ in range(int(_UP_WITHIN / _ASK_EVERY)):
        if child.poll() is not None:
            break
        if answers(url):
            return
        _pause(child)
    tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
    raise Refusal(f"{url} does not answer: {tail}", "see the log above")


def answers(url: str) -> bool:
    """Whether a server is up there."""
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def when_up(urls: Sequence[str], tell: Callable[[], None]) -> None:
    """Calls `tell` as soon as every one of `urls` answers, and does not keep the process from its
    end meanwhile.
    """

    def wait() -> None:
        pause = threading.Event()
        while not all(answers(url) for url in urls):
            pause.wait(_ASK_EVERY)
        tell()

    threading.Thread(target=wait, name="when-up", daemon=True).start()


def _pause(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(_ASK_EVERY)
    except subprocess.TimeoutExpired:
        return


def own_command(*words: str) -> list[str]:
    """How one of our own commands is started as a child."""
    return [sys.executable, "-m", "bot.app.cli", *words]
