"""The debtor's page: how long its slowest answers take, beside the bare view of `bench.webhook`.

    python -m bench.page [--small] [--json] [--rounds 5]

Fifty visitors at once, all verified, each reading the whole page of a case: the product's answer
reads link, case, debts, look and clock, masks, draws and writes a log line. The floor is the bare
view on the same server and database, which checks a signature and inserts a row. The figure is
the 99th percentile of the answers' times while nobody pauses, both servers being busy all the time;
beside it stands that of fifty visitors who each read a page a second, at random moments.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg

from bench import load
from bench.book import Databases, databases
from bench.cost import Cost
from bench.ratio import Ratio, arguments, in_turns, report
from bench.sides import Sides
from bench.webhook import signed, sms
from bot.app.clock import system_now
from bot.app.product import link_secret
from bot.payments.links import PaymentLinks
from webhooks.pass_cookie import COOKIE, Passes

FULL, SMALL = 3_000, 600
AIM = 3.0
VISITORS = 50
PACE = 1.0  #: seconds from one page of a visitor to the next, in the second figure
CASES = 1000

_LINK = (
    "INSERT INTO payment_link (token_hash, case_id, created_at, expires_at) VALUES (%s, %s, %s, %s)"
)
_AGENT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36"


@dataclass
class Bench:
    """Both servers up."""

    server: Databases
    requests: int
    ports: dict[str, int] = field(default_factory=dict)
    pages: list[tuple[str, str]] = field(default_factory=list)
    cost: Cost = field(init=False)
    _next: dict[str, int] = field(default_factory=dict)

    def slowest(self, side: str, *pace: str) -> float:
        """Seconds: the 99th percentile of one round."""
        first = self._next.get(side, 0)
        self._next[side] = first + self.requests
        make = self._read if side == "product" else self._post
        file = self.server.folder / "requests"
        numbers = range(first, first + self.requests)
        file.write_bytes(load.pack([make(number) for number in numbers]))
        command = [sys.executable, "-m", "bench.visitors", "127.0.0.1", str(self.ports[side])]
        command += [str(file), str(VISITORS), *pace]
        with self.cost.counted(side, self.requests):
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        done = json.loads(told)
        if list(done["statuses"]) != ["200"]:
            raise SystemExit(f"{side}: {done['statuses']}")
        return float(done["p99"])

    def _post(self, number: int) -> bytes:
        return signed(self.ports["floor"], *sms(number))

    def _read(self, number: int) -> bytes:
        token, value = self.pages[number % len(self.pages)]
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return (
            f"GET /p/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {_AGENT}\r\n"
            f"Accept: text/html\r\nX-Forwarded-For: {address}\r\n"
            f"Cookie: {COOKIE}={value}\r\n\r\n"
        ).encode()

    @contextmanager
    def up(self) -> Iterator[None]:
        """A database with links, both servers answering."""
        sides = Sides.over(self.server, CASES)
        self.ports = sides.ports
        self._link(sides)
        with sides.served(TRUSTED_PROXIES="1") as self.cost:
            yield

    def _link(self, sides: Sides) -> None:
        """Every case has a link, and whoever opens it has proved who they are."""
        settings, now = sides.settings, system_now()
        links = PaymentLinks(settings.public_url, link_secret(settings), os.urandom)
        passes = Passes(settings.secret_key.get_secret_value().encode())
        with psycopg.connect(sides.url, autocommit=True) as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM cases ORDER BY id")]
            for case_id in ids:
                link = links.make(case_id, now - timedelta(days=1))
                row = [link.token_hash, case_id, link.at, link.expires_at]
                connection.execute(_LINK, row)
                token = link.url.rsplit("/", 1)[1]
                self.pages.append((token, passes.make(token, now)))


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--requests", type=int)
    given = parser.parse_args()
    with databases() as server:
        bench = Bench(server, given.requests or (SMALL if given.small else FULL))
        with bench.up():
            for side in bench.ports:
                bench.slowest(side)  # warms it: the first visit of each link is written down
            bench.cost.told.clear()
            figures = in_turns(
                given.rounds or 5,
                lambda _: bench.slowest("product"),
                lambda _: bench.slowest("floor"),
            )
            cost = bench.cost.medians()
            told = {side: round(bench.slowest(side, str(PACE)), 4) for side in bench.ports}
    ratio = Ratio("debtor's page, p99", "s", *figures, AIM)
    more: dict[str, object] = {
        "requests per round": bench.requests,
        "visitors": VISITORS,
        "processor time of a page, ms": cost,
        f"p99 of a page each {PACE:g} s, s": told,
        "load of the machine": round(os.getloadavg()[0], 1),
    }
    return report([ratio], more, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
