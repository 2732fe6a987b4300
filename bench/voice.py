"""A turn of a call: how long fifty callers wait for the next word, beside the bare view.

    python -m bench.voice [--small] [--json] [--rounds 5]

Fifty calls at once, each a conversation of eight turns that ends in a promise: the greeting, who it
is, the document's last digits, the menu, a day, a sum, the confirmation. The product checks the
signature, reads what it does not know of the call and the case, thinks, seals and stores the turn,
and queues what was reached. The floor is the bare view of `bench.webhook`: a signature and one row.

The ratio is of the median answer to fifty callers who each take a turn a second, at random moments;
real ones listen and speak for five seconds and longer, so that this is five times what fifty calls
ask for. The 99th percentile there is the dead air they hear. Beside it is told what a turn costs:
fifty callers who never pause, on two cores that never rest, and the processor time of an answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench import load
from bench.attempts import place_calls
from bench.book import SENDER, Databases, databases
from bench.cost import Cost
from bench.ratio import Ratio, arguments, in_turns, report
from bench.sides import Sides
from bench.webhook import signed, sms
from bot.app.clock import system_now

FULL, SMALL = 168, 84  #: calls in a round
PACE = 1.0  #: seconds from one turn of a caller to the next
PACED, PRESSED = f"a turn each {PACE:g} s", "without a pause"
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
    told: dict[tuple[str, str], list[dict[str, float]]] = field(default_factory=dict)
    cost: Cost = field(init=False)
    _next: dict[str, int] = field(default_factory=dict)

    def paced(self, side: str) -> float:
        """Seconds: the median of one round at the pace of people."""
        return self._round(side, PACED, str(PACE))

    def pressed(self, side: str) -> float:
        """Seconds: the median of one round without a pause."""
        return self._round(side, PRESSED)

    def percentiles(self, side: str, how: str) -> dict[str, float]:
        """Seconds: the median of the rounds' 50th and 99th percentile."""
        rounds = self.told[side, how]
        return {
            name: round(statistics.median(each[name] for each in rounds), 4)
            for name in ("p50", "p99")
        }

    def _round(self, side: str, how: str, *pace: str) -> float:
        first = self._next.get(side, 0)
        self._next[side] = first + self.calls
        numbers = range(first, first + self.calls)
        file = self.server.folder / "requests"
        made = self._talk(numbers) if side == "product" else self._write(numbers)
        file.write_bytes(load.pack(list(made)))
        command = [sys.executable, "-m", "bench.visitors", "127.0.0.1", str(self.ports[side])]
        command += [str(file), str(CALLERS), *pace]
        with self.cost.counted(side, self.calls * len(_INPUTS)):
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        done: dict[str, Any] = json.loads(answer)
        if list(done["statuses"]) != ["200"]:
            raise SystemExit(f"{side}: {done['statuses']}")
        self.told.setdefault((side, how), []).append(done)
        return float(done["p50"])

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
            place_calls(connection, self.calls * (2 * rounds + 1), CASES)
        with sides.served() as self.cost:
            yield
        with psycopg.connect(sides.url) as connection:
            self._check(connection)

    def _check(self, connection: psycopg.Connection) -> None:
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
    rounds = given.rounds or (2 if given.small else 5)
    with databases() as server:
        bench = Bench(server, SMALL if given.small else FULL)
        with bench.up(rounds):
            for side in bench.ports:
                bench.pressed(side)  # warms it
            bench.told.clear()
            paced = _both(bench.paced, rounds)
            bench.cost.told.clear()
            pressed = _both(bench.pressed, rounds)
    ratio = Ratio(f"turn of a call, {CALLERS} callers, median", "s", *paced, AIM)
    heard = bench.percentiles("product", PACED)
    more: dict[str, object] = {
        "turns per round": bench.calls * len(_INPUTS),
        f"{PACED}, s": {"product": heard, "floor": bench.percentiles("floor", PACED)},
        "99th percentile at most, s": SLOWEST,
        f"{PRESSED}, s": {side: bench.percentiles(side, PRESSED) for side in bench.ports},
        f"{PRESSED}, ratio of medians": round(Ratio(PRESSED, "s", *pressed, AIM).ratio, 2),
        "processor time of a turn, ms": bench.cost.medians(),
        "load of the machine": round(os.getloadavg()[0], 1),
        "measured at": system_now().isoformat(timespec="minutes"),
    }
    status = report([ratio], more, as_json=given.json)
    return status or int(heard["p99"] > SLOWEST)


def _both(
    measure: Callable[[str], float], rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return in_turns(rounds, lambda _: measure("product"), lambda _: measure("floor"))


if __name__ == "__main__":
    sys.exit(main())
