"""A WSGI server in a thread of the test: says nothing, stops at once, leaves nothing open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

#: Seconds between two looks of the server whether it should stop; werkzeug's half a second would be
#: spent at the end of every test.
LOOKS = 0.02


class _Silent(WSGIRequestHandler):
    """Werkzeug's log keeps the standard error of the test that began it."""

    def log(self, *_said: Any) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket on a port that is held from now on, for settings that name the port first."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held


def port_of(held: socket.socket) -> int:
    """Where it listens."""
    return int(held.getsockname()[1])


@contextmanager
def served(app: Callable[..., Any], held: socket.socket) -> Iterator[None]:
    """Answer on `held` by `app` until the block ends."""
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, fd=held.fileno(), request_handler=_Silent
    )
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
