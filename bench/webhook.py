"""Webhooks: the product's, and a bare Flask view that checks the signature and inserts one row.

    python -m bench.webhook [--small] [--json] [--rounds 5]

Both run on granian with the same settings and the same PostgreSQL; every request is another
message, validly signed, and posted by a process of its own. The product seals what it stores,
queues the job that reads a reply, moves the attempt a status names, keeps figures and writes a log
line for each request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg

from bench import load
from bench.attempts import send_messages
from bench.book import ACCOUNT, SENDER, TOKEN, Databases, databases
from bench.ratio import Ratio, arguments, in_turns, report
from bench.sides import Sides

FULL, SMALL = 5_000, 1_000
AIM = 0.65
CONNECTIONS = 16
CASES = 1000

_WORDS = ("明天还两千", "好的，知道了", "这笔金额不对", "周五发工资就还", "已经还了，请查一下")


def sms(number: int) -> tuple[str, dict[str, str]]:
    """An inbound message: path and form."""
    return "/webhooks/twilio/sms", {
        "ToCountry": "US",
        "MessageSid": f"SM{hashlib.md5(b'in%d' % number).hexdigest()}",
        "NumMedia": "0",
        "FromCountry": "CN",
        "Body": _WORDS[number % len(_WORDS)],
        "To": SENDER,
        "NumSegments": "1",
        "AccountSid": ACCOUNT,
        "From": f"+86138001{number % 100_000:05d}",
        "ApiVersion": "2010-04-01",
    }


def status(number: int) -> tuple[str, dict[str, str]]:
    """A status report of an attempt; each attempt gets two."""
    attempt, word = number // 2, ("sent", "delivered")[number % 2]
    return f"/webhooks/twilio/status?attempt=attempt-{attempt}", {
        "MessageSid": f"SM{hashlib.md5(b'%d' % attempt).hexdigest()}",
        "MessageStatus": word,
        "To": f"+86138001{attempt % 100_000:05d}",
        "From": SENDER,
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
    }


def signed(port: int, path: str, form: dict[str, str]) -> bytes:
    """The whole request as the carrier would send it."""
    text = f"http://127.0.0.1:{port}{path}" + "".join(k + form[k] for k in sorted(form))
    seal = base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), hashlib.sha1)).decode()
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Twilio-Signature: {seal}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


@dataclass
class Bench:
    """Both servers up; every round posts messages nobody has seen."""

    server: Databases
    requests: int
    ports: dict[str, int] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)

    def rate(self, side: str, kind: Callable[[int], tuple[str, dict[str, str]]]) -> float:
        """Requests per second of one side."""
        port, key = self.ports[side], f"{side} {kind.__name__}"
        first = self._next.get(key, 0)
        self._next[key] = first + self.requests
        numbers = range(first, first + self.requests)
        file = self.server.folder / "requests"
        file.write_bytes(load.pack(signed(port, *kind(number)) for number in numbers))
        command = [sys.executable, "-m", "bench.load", "127.0.0.1", str(port), str(file)]
        command.append(str(CONNECTIONS))
        done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        if list(done["statuses"]) != [{"sms": "200", "status": "204"}[kind.__name__]]:
            raise SystemExit(f"{side}: {done['statuses']}")
        return self.requests / done["seconds"]

    @contextmanager
    def up(self, rounds: int) -> Iterator[None]:
        """A database with attempts to report on, both servers answering."""
        sides = Sides.over(self.server, CASES)
        self.ports = sides.ports
        with psycopg.connect(sides.url, autocommit=True) as connection:
            count = self.requests * (rounds + 1) // 2 + 1
            send_messages(connection, count, CASES)
        with sides.served():
            yield

    def measured(self, kind: Callable[[int], tuple[str, dict[str, str]]], rounds: int) -> Ratio:
        """Both sides in turns."""
        for side in self.ports:
            self.rate(side, kind)  # warms it
        figures = in_turns(
            rounds, lambda _: self.rate("product", kind), lambda _: self.rate("floor", kind)
        )
        return Ratio(f"webhook {kind.__name__}", "/s", *figures, AIM)


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--requests", type=int)
    given = parser.parse_args()
    rounds = given.rounds or 5
    with databases() as server:
        bench = Bench(server, given.requests or (SMALL if given.small else FULL))
        with bench.up(rounds):
            ratios = [bench.measured(kind, rounds) for kind in (sms, status)]
    more: dict[str, object] = {"requests per round": bench.requests, "connections": CONNECTIONS}
    return report(ratios, more, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
