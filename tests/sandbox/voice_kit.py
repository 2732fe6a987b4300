"""A small desk of the test's own that answers TwiML, and calls driven over the control API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from serving import listening, port_of, served
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.sandbox_kit import SENDER, TOKEN, Sandbox

DEBTOR = "+8613800138000"
EVENTS = ["initiated", "ringing", "answered", "completed"]
Page = str | Callable[[dict[str, str]], Any]


@dataclass
class TwimlDesk:
    """Answers `/voice/<name>` by `pages[name]`, takes everything else with 204, and keeps it all.

    Requests whose signature is not the real validator's are answered 403 and kept in `forged`.
    """

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for at, form in list(self.got) if at == path]

    def at(self, path: str) -> str:
        return f"{self.url}{path}"


def twiml(*verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


@contextmanager
def serve_desk() -> Iterator[TwimlDesk]:
    desk, app = TwimlDesk(), Flask("desk")
    app.add_url_rule("/<path:path>", "all", lambda path: _answer(desk), methods=["GET", "POST"])
    with listening() as held, served(app, held):
        desk.url = f"http://127.0.0.1:{port_of(held)}"
        yield desk


def _answer(desk: TwimlDesk) -> Any:
    form = request.form.to_dict()
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(TOKEN).validate(request.url, form, signature):
        desk.forged.append(request.url)
        return Response("forged", 403)
    fields = {**request.args.to_dict(), **form}
    desk.got.append((request.path, fields))
    page = desk.pages.get(request.path.removeprefix("/voice/"))
    if page is None:
        return Response(status=204)
    answer = page(fields) if callable(page) else page
    return Response(answer, mimetype="text/xml") if isinstance(answer, str) else answer


@dataclass
class Phone:
    """The person at the other end, driven over the control API."""

    sandbox: Sandbox
    sid: str

    def do(self, act: str, expect: int = 200, **body: Any) -> Any:
        return self.sandbox.call("POST", f"/calls/{self.sid}/{act}", body, expect=expect)

    def look(self) -> Any:
        return self.sandbox.call("GET", f"/calls/{self.sid}", expect=200)

    def heard(self) -> list[str]:
        """What we said on this call."""
        said = self.look()["transcript"]
        return [line["text"] for line in said if line["what"] == "say"]


def place(
    sandbox: Sandbox, client: Client, desk: TwimlDesk, to: str = DEBTOR, **fields: Any
) -> Phone:
    """Call `to` with every event told to `/status`; returns when the handset rings."""
    order = {
        "to": to, "from_": SENDER, "url": desk.at("/voice/start"),
        "status_callback": desk.at("/status"), "status_callback_event": EVENTS, **fields,
    }  # fmt: skip
    call = client.calls.create(**order)
    sandbox.flush()
    assert call.sid
    return Phone(sandbox, call.sid)
