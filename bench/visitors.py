"""So many visitors at once, each sending the next request as soon as its answer is there.

    python -m bench.visitors HOST PORT FILE CONNECTIONS

FILE as in `bench.load`. Prints statuses, seconds and the 50th and 99th percentile of the answers'
times as JSON. A process of its own, with as little work for each request as Python allows.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from pathlib import Path

from bench.load import read_answer, unpack


def visit(host: str, port: int, requests: list[bytes], visitors: int) -> dict[str, object]:
    """Times are from the sending of a request to the end of its answer, in seconds."""
    waiting, statuses, times = iter(requests), Counter[str](), []
    selector, sent = selectors.DefaultSelector(), {}
    began = time.perf_counter()
    for request in (next(waiting) for _ in range(min(visitors, len(requests)))):
        link = socket.create_connection((host, port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(link, selectors.EVENT_READ)
        sent[link] = time.perf_counter()
        link.sendall(request)
    while selector.get_map():
        for ready, _ in selector.select():
            link = ready.fileobj
            assert isinstance(link, socket.socket)
            statuses[read_answer(link)] += 1
            times.append(time.perf_counter() - sent[link])
            request = next(waiting, None)
            if request is None:
                selector.unregister(link)
                link.close()
            else:
                sent[link] = time.perf_counter()
                link.sendall(request)
    times.sort()
    return {
        "seconds": time.perf_counter() - began,
        "statuses": statuses,
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
    }


def main() -> None:
    """Visit."""
    host, port, file, visitors = sys.argv[1:]
    requests = unpack(Path(file).read_bytes())
    print(json.dumps(visit(host, int(port), requests, int(visitors))))


if __name__ == "__main__":
    main()
