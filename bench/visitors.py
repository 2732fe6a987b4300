"""So many visitors at once, each with a connection of its own.

    python -m bench.visitors HOST PORT FILE VISITORS [EVERY]

Without EVERY each sends the next request as soon as its answer is there: the server never rests,
and what is told is how it shares out its time. With EVERY each sends a request every so many
seconds on average, at random moments: what people hear who also talk, read and think.

FILE as in `bench.load`. Prints statuses, seconds and the 50th and 99th percentile of the answers'
times as JSON. A process of its own, with as little work for each request as Python allows.
"""

from __future__ import annotations

import json
import random
import selectors
import socket
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import read_answer, unpack


@dataclass
class Crowd:
    """The visitors' connections and what became of their requests."""

    sent: dict[socket.socket, float] = field(default_factory=dict)
    free: deque[socket.socket] = field(default_factory=deque)
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def come(self, host: str, port: int, visitors: int) -> None:
        """Connect them."""
        for _ in range(visitors):
            link = socket.create_connection((host, port))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(link, selectors.EVENT_READ)
            self.free.append(link)

    def send(self, request: bytes, since: float) -> None:
        """From the visitor who is free longest, so that no server ends a connection as idle; the
        answer's time counts from `since`."""
        link = self.free.popleft()
        self.sent[link] = since
        link.sendall(request)

    def read(self, timeout: float | None) -> None:
        """Whatever is answered within `timeout` seconds."""
        for ready, _ in self.selector.select(timeout):
            link = ready.fileobj
            assert isinstance(link, socket.socket)
            self.statuses[read_answer(link)] += 1
            self.times.append(time.perf_counter() - self.sent.pop(link))
            self.free.append(link)


def hurry(crowd: Crowd, requests: list[bytes]) -> None:
    """The next request as soon as somebody is free."""
    waiting = deque(requests)
    while waiting or crowd.sent:
        while waiting and crowd.free:
            crowd.send(waiting.popleft(), time.perf_counter())
        crowd.read(None)


def stroll(crowd: Crowd, requests: list[bytes], per_second: float) -> None:
    """Requests at random moments; one whose moment came while all were busy has waited since then."""
    chance, due = random.Random(7), time.perf_counter()
    waiting = deque[tuple[float, bytes]]()
    for request in requests:
        due += chance.expovariate(per_second)
        waiting.append((due, request))
    while waiting or crowd.sent:
        while waiting and crowd.free and waiting[0][0] <= time.perf_counter():
            since, request = waiting.popleft()
            crowd.send(request, since)
        idle = waiting and crowd.free
        crowd.read(max(waiting[0][0] - time.perf_counter(), 0) if idle else None)


def visit(
    host: str, port: int, requests: list[bytes], visitors: int, every: float
) -> dict[str, object]:
    """Times in seconds, each to the end of the answer. `every` 0: without a pause."""
    crowd = Crowd()
    crowd.come(host, port, min(visitors, len(requests)))
    began = time.perf_counter()
    if every:
        stroll(crowd, requests, visitors / every)
    else:
        hurry(crowd, requests)
    times = sorted(crowd.times)
    return {
        "seconds": time.perf_counter() - began,
        "statuses": crowd.statuses,
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
    }


def main() -> None:
    """Visit."""
    host, port, file, visitors, *every = sys.argv[1:]
    requests = unpack(Path(file).read_bytes())
    done = visit(host, int(port), requests, int(visitors), float(every[0]) if every else 0.0)
    print(json.dumps(done))


if __name__ == "__main__":
    main()
