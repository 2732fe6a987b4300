"""Sending through the dispatcher, and through the bare twilio client at the same concurrency.

    python -m bench.sending [--small] [--json] [--rounds 3]

Both hand the same texts to a sandbox carrier in a process of its own, with as many threads and
kept connections. The dispatcher also claims, asks the gate again, renders, makes links, commits
attempts before the call and outcomes after it. The floor is measured twice: with the library's own
HTTP client, and with the leaner one the product gives to the library. The carrier is told to lose
its status callbacks: what they cost is measured by `bench.webhook`.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import requests
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bench.book import (
    ACCOUNT,
    TOKEN,
    Databases,
    databases,
    fill,
    free_port,
    settings_for,
    shanghai,
)
from bench.ratio import Ratio, arguments, in_turns, report
from bot.app.product import CARRIER_THREADS, Product, open_product
from bot.carriers.twilio_client import TIME_OUT, make_client
from bot.flows.ports.carrier import SmsOrder
from bot.store.clock_shift import set_shift
from bot.store.seal import Seal

FULL, SMALL = 5_000, 500
AIM = 0.80

#: Days past due whose SMS may go out in the early afternoon.
AFTERNOON = (2,)

_ORDERS = """
SELECT a.token, p.phone_sealed, s.address, a.body_sealed FROM attempt a
JOIN contact_point p ON p.id = a.contact_point_id JOIN sender s ON s.id = a.sender_id
"""


@dataclass
class Sandbox:
    """The sandbox carrier as a process of its own."""

    url: str

    def reset(self) -> None:
        """Forget everything; lose every callback."""
        self._call("POST", "/reset", {})
        rules = [{"effect": "lose"}]
        self._call("PUT", "/faults", {"rules": rules, "magic": False})

    def answers(self) -> bool:
        """Whether it is up."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/sandbox/health", timeout=1).ok
        return False

    def _call(self, method: str, path: str, body: object) -> None:
        requests.request(
            method, f"{self.url}/sandbox{path}", json=body, timeout=30
        ).raise_for_status()


@contextmanager
def sandbox(folder: Path) -> Iterator[Sandbox]:
    """Start the sandbox; stop it by its pid."""
    port = free_port()
    environment = {**os.environ, "SANDBOX_ACCOUNT_SID": ACCOUNT, "SANDBOX_AUTH_TOKEN": TOKEN}
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    started = Sandbox(f"http://127.0.0.1:{port}")
    try:
        while not started.answers():
            if process.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.1)
        yield started
    finally:
        process.terminate()
        process.wait(15)


class Redirected(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """The library's own HTTP client, sent to the sandbox, with a connection for every thread."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIME_OUT)
        self.session.mount("http://", HTTPAdapter(pool_maxsize=CARRIER_THREADS))
        self._base = base_url

    def request(self, method: str, url: str, *args: object, **options: object) -> Response:
        path = urlsplit(url).path
        return super().request(method, self._base + path, *args, **options)


@dataclass
class Bench:
    """The two sides on one carrier."""

    server: Databases
    carrier: Sandbox
    messages: int
    profiler: cProfile.Profile | None = None
    orders: list[SmsOrder] = field(default_factory=list)
    lean: list[float] = field(default_factory=list)  #: the floor with the product's HTTP client

    def prepare(self) -> None:
        """A book whose touches of today are planned, due and not yet sent."""
        settings = settings_for(self.server.folder, 8000, self.carrier.url)
        url = self.server.empty("book")
        fill(url, Seal(settings.field_keys, settings.hash_key), self.messages, AFTERNOON)
        with self._product(url, 0, 10) as product:
            product.planner.run(livemode=False)
        with psycopg.connect(url, autocommit=True) as connection:
            # All at once: what is measured is the sender, not its pacing through the window.
            connection.execute("UPDATE touch SET due_at = %s", [shanghai(13, 40)])
            connection.execute("VACUUM ANALYZE")

    def product(self, _: int) -> float:
        """Messages per second of the dispatcher."""
        self.carrier.reset()
        with self.server.copy("book") as url, self._product(url, 13, 45) as product:
            if self.profiler:
                self.profiler.enable()
            began = time.perf_counter()
            sent = product.dispatcher.run(1)
            seconds = time.perf_counter() - began
            if self.profiler:
                self.profiler.disable()
            if sent != self.messages:
                raise SystemExit(f"{sent} of {self.messages} messages were sent")
            self.orders = _orders(product)
        return sent / seconds

    def floor(self, _: int) -> float:
        """Messages per second of the library as it comes, then also of the product's client."""
        self.lean.append(
            self._bare(make_client(ACCOUNT, TOKEN, self.carrier.url, pool=CARRIER_THREADS))
        )
        return self._bare(Client(ACCOUNT, TOKEN, http_client=Redirected(self.carrier.url)))

    def _bare(self, client: Client) -> float:
        self.carrier.reset()

        def send(order: SmsOrder) -> str | None:
            return client.messages.create(
                to=order.to,
                from_=order.sender,
                body=order.body,
                validity_period=order.valid_seconds,
                status_callback=f"http://127.0.0.1:8000/webhooks/twilio/status?attempt={order.token}",
            ).sid

        with ThreadPoolExecutor(CARRIER_THREADS) as executor:
            began = time.perf_counter()
            sids = list(executor.map(send, self.orders))
            seconds = time.perf_counter() - began
        if len(set(sids)) != self.messages:
            raise SystemExit("the bare client lost messages")
        return len(sids) / seconds

    @contextmanager
    def _product(self, url: str, hour: int, minute: int) -> Iterator[Product]:
        settings = settings_for(self.server.folder, 8000, self.carrier.url)
        with open_product(settings, url, role="bench") as product:
            with product.pool.connection() as connection:
                set_shift(connection, shanghai(hour, minute) - product.clock.real())
            yield product


def _orders(product: Product) -> list[SmsOrder]:
    """What was sent, to be sent again by the bare client."""
    opened = product.seal.open
    with product.pool.connection() as connection:
        rows = connection.execute(_ORDERS).fetchall()
    return [
        SmsOrder(token, opened(to), sender, opened(body), 3600) for token, to, sender, body in rows
    ]


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--messages", type=int)
    parser.add_argument("--profile", action="store_true", help="where the dispatcher's time goes")
    given = parser.parse_args()
    messages = given.messages or (SMALL if given.small else FULL)
    profiler = cProfile.Profile() if given.profile else None
    with databases() as server, sandbox(server.folder / "sandbox") as carrier:
        bench = Bench(server, carrier, messages, profiler)
        bench.prepare()
        bench.product(0)  # warms both sides, and leaves the texts the bare client sends
        figures = in_turns(given.rounds or 3, bench.product, bench.floor)
    if profiler:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumtime").print_stats(60)
    more: dict[str, object] = {"messages": messages, "threads": CARRIER_THREADS}
    product, stock = figures
    ratios = [
        Ratio("sending, against the library as it comes", "/s", product, stock, AIM),
        Ratio("sending, against the product's own client", "/s", product, tuple(bench.lean), AIM),
    ]
    return report(ratios, more, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
