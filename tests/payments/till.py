"""A provider's address on the loopback: answers what it is told to and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from serving import listening, port_of, served
from werkzeug.wrappers import Request, Response


@dataclass
class Till:
    """`answer` gets each request; what was asked is in `asked`."""

    url: str = ""
    asked: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Response] = lambda _: Response(status=404)

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data(cache=True)
        self.asked.append(request)
        return self.answer(request)(environ, start_response)


@contextmanager
def open_till() -> Iterator[Till]:
    """Serve until the block ends."""
    till = Till()
    with listening() as held, served(till, held):
        till.url = f"http://127.0.0.1:{port_of(held)}"
        yield till
