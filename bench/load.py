"""Posts ready-made requests over a few kept connections and tells how long that took.

    python -m bench.load HOST PORT FILE CONNECTIONS

FILE holds whole HTTP requests, each preceded by its length in four bytes. Prints seconds and the
statuses as JSON. A process of its own, with as little work for each request as Python allows.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_LENGTH = struct.Struct("!I")


def pack(requests: Iterator[bytes] | list[bytes]) -> bytes:
    """Requests as the file holds them."""
    return b"".join(_LENGTH.pack(len(request)) + request for request in requests)


def unpack(packed: bytes) -> list[bytes]:
    """The requests of a file."""
    requests, at = [], 0
    while at < len(packed):
        (length,) = _LENGTH.unpack_from(packed, at)
        at += _LENGTH.size
        requests.append(packed[at : at + length])
        at += length
    return requests


def fire(host: str, port: int, requests: list[bytes], connections: int) -> dict[str, object]:
    """Each connection sends its next request as soon as the answer to the last one is there."""
    waiting, statuses = iter(requests), Counter[str]()
    selector = selectors.DefaultSelector()
    began = time.perf_counter()
    for _ in range(connections):
        request = next(waiting, None)
        if request is not None:
            link = socket.create_connection((host, port))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(link, selectors.EVENT_READ)
            link.sendall(request)
    while selector.get_map():
        for ready, _ in selector.select():
            link = ready.fileobj
            assert isinstance(link, socket.socket)
            statuses[read_answer(link)] += 1
            request = next(waiting, None)
            if request is None:
                selector.unregister(link)
                link.close()
            else:
                link.sendall(request)
    return {"seconds": time.perf_counter() - began, "statuses": statuses}


def read_answer(link: socket.socket) -> str:
    """Read one answer to its end; its status."""
    answer = link.recv(65536)
    while b"\r\n\r\n" not in answer:
        more = link.recv(65536)
        if not more:
            raise SystemExit(f"the server closed the connection: {answer!r}")
        answer += more
    head, _, body = answer.partition(b"\r\n\r\n")
    left = _content_length(head) - len(body)
    while left > 0:
        left -= len(link.recv(left))
    return head[9:12].decode()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def main() -> None:
    """Fire."""
    host, port, file, connections = sys.argv[1:]
    requests = unpack(Path(file).read_bytes())
    print(json.dumps(fire(host, int(port), requests, int(connections))))


if __name__ == "__main__":
    main()
