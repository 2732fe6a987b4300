"""A sandbox for the whole session, and ones of a test's own."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from twilio.rest import Client

from tests.sandbox.sandbox_kit import Received, Receiver, Sandbox, start_sandbox
from tests.sandbox.voice_kit import TwimlDesk, serve_desk


@pytest.fixture(scope="session")
def receiver_server() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received = Received(self.path, dict(self.headers.items()), body)
            receiver.got.append(received)
            status, kind, answer = receiver.answer(received)
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            if status != 204:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield receiver
    server.shutdown()


@pytest.fixture
def receiver(receiver_server: Receiver) -> Receiver:
    receiver_server.reset()
    return receiver_server


@pytest.fixture(scope="session")
def sandbox_server(
    tmp_path_factory: pytest.TempPathFactory, receiver_server: Receiver
) -> Iterator[Sandbox]:
    running = start_sandbox(tmp_path_factory.mktemp("sandbox"), receiver_server.url)
    yield running
    assert running.stop() == 0


@pytest.fixture
def sandbox(sandbox_server: Sandbox, receiver: Receiver) -> Sandbox:
    sandbox_server.call("POST", "/reset", {}, expect=200)
    receiver.reset()
    return sandbox_server


@pytest.fixture(scope="session")
def desk_server() -> Iterator[TwimlDesk]:
    with serve_desk() as desk:
        yield desk


@pytest.fixture
def desk(desk_server: TwimlDesk) -> Iterator[TwimlDesk]:
    """Answers calls; every webhook of the test must have carried a true signature."""
    for kept in (desk_server.pages, desk_server.got, desk_server.forged):
        kept.clear()
    yield desk_server
    assert desk_server.forged == []


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return sandbox.client()


@pytest.fixture
def fresh(tmp_path: Path, receiver: Receiver) -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes of one's own on one data folder, stopped at the end."""
    started: list[Sandbox] = []

    def start(**settings: str) -> Sandbox:
        started.append(start_sandbox(tmp_path / "data", receiver.url, **settings))
        return started[-1]

    yield start
    for sandbox in started:
        if sandbox.process.poll() is None:
            sandbox.stop()
