"""`kill -9` of a real web process after it stored a message and before the carrier heard of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import requests
from desk_kit import DeskInHand, wait_until
from fault_kit import (
    breaches,
    due_cases,
    environment,
    process_of,
    settler,
)
from free_ports import free_port


@dataclass
class CuttingProxy:
    """Stands before the web process, as a load balancer does. While `cutting`, requests go through
    and answers do not: the connection is kept until `let_go`, then closed without a byte.
    """

    port: int
    target: int
    cutting: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        """Until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        cut = self.cutting.is_set()
        with client, socket.create_connection(("127.0.0.1", self.target), 10) as web:
            threading.Thread(target=_pump, args=(client, web), daemon=True).start()
            if cut:
                self.let_go.wait(120)
                client.shutdown(socket.SHUT_RDWR)
            else:
                _pump(web, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def cutting_proxy(target: int) -> Iterator[CuttingProxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = CuttingProxy(listener.getsockname()[1], target)
        threading.Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        yield proxy


def answers(port: int) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    return False


def test_a_message_stored_by_a_web_process_that_dies_is_repeated_and_answered_once(
    desk: DeskInHand, database_url: str
) -> None:
    [case] = due_cases(desk, 1)
    desk.send()
    first, second = free_port(), free_port()
    with cutting_proxy(first) as proxy:
        public = f"http://127.0.0.1:{proxy.port}"
        env = environment(desk, database_url, PORT=str(first), PUBLIC_BASE_URL=public)
        desk.sandbox.call("PUT", "/inbound-url", {"url": f"{public}/webhooks/twilio/sms"})
        proxy.cutting.set()
        # The carrier waits fifteen seconds at most: whoever takes over is up already.
        with process_of(env, "web") as dying, process_of({**env, "PORT": str(second)}, "web"):
            wait_until(lambda: answers(first) and answers(second))
            writing = threading.Thread(
                target=desk.sandbox.say, args=(desk.phones[case], "明天还两千")
            )
            writing.start()
            wait_until(lambda: desk.one("SELECT count(*) FROM reply") == 1)
            dying.kill()
            proxy.target = second
            proxy.cutting.clear()
            proxy.let_go.set()
            writing.join(60)
    [told] = [e for e in log(desk) if e["kind"] == "inbound_answer"]
    assert (told["http"], told["tries"]) == (200, 2)  # once in vain, once repeated
    assert desk.one("SELECT count(*) FROM reply") == 1
    assert desk.one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'receive'") == 1
    desk.read_replies()
    desk.send()
    assert len(desk.texts(case)) == 2
    assert desk.state(case) == "promised"
    assert breaches(desk) == []


def log(desk: DeskInHand) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = desk.sandbox.call("GET", "/log?limit=20000")["entries"]
    resets = [index for index, entry in enumerate(entries) if entry["kind"] == "reset"]
    return entries[resets[-1] :]


def test_status_reports_that_found_no_web_process_are_made_up_for_by_look_up(
    desk: DeskInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_cases(desk, 2)
    desk.sandbox.faults({"effect": "error_after"})
    nobody = f"http://127.0.0.1:{free_port()}/webhooks/twilio/status?attempt="
    with desk.product.transactions() as store:
        carrier = desk.product.dispatcher.carrier_for(store.sender(1))
    monkeypatch.setattr(carrier, "_callback_url", nobody.__add__)
    desk.send()
    assert [row[0] for row in desk.sql("SELECT state FROM attempt")] == ["unknown"] * 2
    assert settler(desk, after=timedelta(minutes=3)).run() == 2
    assert [row[0] for row in desk.sql("SELECT state FROM attempt")] == ["delivered"] * 2
