"""A turn of a call: how long fifty callers wait for the next word, beside the bare view.

    python -m bench.voice [--small] [--json] [--rounds 15]

Fifty calls at once, each a conversation of eight turns that ends in a promise: the greeting, who it
is, the document's last digits, the menu, a day, a sum, the confirmation. The product checks the
signature, reads what it does not know of the call and the case, thinks, seals and stores the turn,
and queues what was reached. The floor is the bare view of `bench.webhook`: a signature and one row.

The ratio is of medians while nobody pauses: both servers are busy all the time, and it tells what a
turn costs. The seconds are of fifty callers who each take a turn a second, at random moments (real
ones listen and speak for five seconds and longer): the 99th percentile is the dead air they hear.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench import load
from bench.attempts import calls
from bench.book import SENDER, Databases, databases
from bench.cost import Cost
from bench.ratio import Ratio, arguments, in_turns, report
from bench.sides import Sides
from bench.webhook import signed, sms
from bot.app.clock import system_now

FULL, SMALL = 168, 84  #: calls in a round
PACE, PACED = 1.0, 168  #: seconds from one turn of a caller to the next, and calls taken so
AIM, SLOWEST = 2.5, 0.150
CALLERS, GROUP, CASES = 50, 84, 1000

#: What the caller does in each turn: to pick up is the first.
_INPUTS = (
    {},
    {"SpeechResult": "喂", "Confidence": "0.9"},
    {"Digits": "1"},
    {"Digits": "1234"},
    {"Digits": "2"},
    {"SpeechResult": "下周一还", "Confidence": "0.9"},
    {"Digits": "1"},
    {"Digits": "1"},
)


def turn(call: int, number: int) -> tuple[str, dict[str, str]]:
    """A turn of a call, the first is 0: path and form."""
    page = f"turn?turn={number}" if number else f"answer?attempt=attempt-{call}"
    return f"/webhooks/twilio/voice/{page}", {
        "CallSid": f"CA{hashlib.md5(b'%d' % call).hexdigest()}",
        "AccountSid": "AC" + "0" * 31 + "1",
        "CallStatus": "in-progress",
        "Direction": "outbound-api",
        "From": SENDER,
        "To": "+8613800138000",
        "ApiVersion": "2010-04-01",
        **_INPUTS[number],
    }


@dataclass
class Bench:
    """Both servers up."""

    server: Databases
    calls: int
    ports: dict[str, int] = field(default_factory=dict)
    slowest: list[float] = field(default_factory=list)
    cost: Cost = field(init=False)
    _next: dict[str, int] = field(default_factory=dict)

    def median(self, side: str) -> float:
        """Seconds: the median of one round without a pause."""
        done = self._round(side, self.calls)
        if side == "product":
            self.slowest.append(float(done["p99"]))
        return float(done["p50"])

    def paced(self, side: str) -> dict[str, float]:
        """Seconds: 50th and 99th percentile at the pace of people."""
        done = self._round(side, min(self.calls, PACED), str(PACE))
        return {name: round(float(done[name]), 4) for name in ("p50", "p99")}

    def _round(self, side: str, calls: int, *pace: str) -> dict[str, Any]:
        first = self._next.get(side, 0)
        self._next[side] = first + calls
        numbers = range(first, first + calls)
        file = self.server.folder / "requests"
        made = self._talk(numbers) if side == "product" else self._write(numbers)
        file.write_bytes(load.pack(list(made)))
        command = [sys.executable, "-m", "bench.visitors", "127.0.0.1", str(self.ports[side])]
        command += [str(file), str(CALLERS), *pace]
        with self.cost.counted(side, calls * len(_INPUTS)):
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        done: dict[str, Any] = json.loads(told)
        if list(done["statuses"]) != ["200"]:
            raise SystemExit(f"{side}: {done['statuses']}")
        return done

    def _talk(self, calls: range) -> Iterator[bytes]:
        """Group by group: a call's next turn is posted when its last one is answered."""
        for begin in range(calls.start, calls.stop, GROUP):
            for number in range(len(_INPUTS)):
                for call in range(begin, min(begin + GROUP, calls.stop)):
                    yield signed(self.ports["product"], *turn(call, number))

    def _write(self, calls: range) -> Iterator[bytes]:
        for call in calls:
            for number in range(len(_INPUTS)):
                yield signed(self.ports["floor"], *sms(call * len(_INPUTS) + number))

    @contextmanager
    def up(self, rounds: int) -> Iterator[None]:
        """Calls that have begun, both servers answering."""
        sides = Sides.over(self.server, CASES)
        self.ports = sides.ports
        with psycopg.connect(sides.url, autocommit=True) as connection:
            connection.execute("UPDATE sender SET voice = true")
            connection.execute("UPDATE debtor SET id_tail_sealed = %s", [sides.seal.seal("1234")])
            calls(connection, self.calls * (rounds + 1) + min(self.calls, PACED), CASES)
        with sides.served() as self.cost:
            yield
        with psycopg.connect(sides.url) as connection:
            self._check(connection, rounds)

    def _check(self, connection: psycopg.Connection, rounds: int) -> None:
        """The calls really went all the way: else the figure would be one of apologies."""
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE turn = %s), count(*) FROM call", [len(_INPUTS)]
        ).fetchone()
        assert row is not None
        if row[0] < 0.98 * row[1]:
            raise SystemExit(f"only {row[0]} of {row[1]} calls came to their promise")


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    given = parser.parse_args()
    rounds = given.rounds or (5 if given.small else 15)
    with databases() as server:
        bench = Bench(server, SMALL if given.small else FULL)
        with bench.up(rounds):
            for side in bench.ports:
                bench.median(side)  # warms it
            bench.slowest.clear()
            bench.cost.told.clear()
            figures = in_turns(
                rounds, lambda _: bench.median("product"), lambda _: bench.median("floor")
            )
            cost = bench.cost.medians()
            told = {side: bench.paced(side) for side in bench.ports}
    ratio = Ratio("turn of a call, median", "s", *figures, AIM)
    more: dict[str, object] = {
        "callers": CALLERS,
        "turns per round": bench.calls * len(_INPUTS),
        "processor time of a turn, ms": cost,
        "99th percentile without a pause, s": round(sorted(bench.slowest)[rounds // 2], 4),
        f"a turn each {PACE:g} s, s": told,
        "99th percentile at most, s": SLOWEST,
        "load of the machine": round(os.getloadavg()[0], 1),
        "measured at": system_now().isoformat(timespec="minutes"),
    }
    status = report([ratio], more, as_json=given.json)
    return status or int(told["product"]["p99"] > SLOWEST)


if __name__ == "__main__":
    sys.exit(main())
