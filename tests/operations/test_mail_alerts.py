"""Alerts by e-mail, spoken to a real SMTP server of this process."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from bot.carriers.desk_messengers import DeskMessengers

TITLE, BODY = "约还催收台", "新的特急转人工：投诉（晨光消费金融）"


class Post:
    """A mail server that knows one account and keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer

    def knows(
        self, server: Any, session: Any, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        right = given == LoginPassword(b"desk", b"secret")
        return AuthResult(success=right, handled=False)


class AnyPort(Controller):
    """Listens where the system finds room."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """The server and its port."""
    post = Post()
    controller = AnyPort(
        post,
        hostname="127.0.0.1",
        port=0,
        auth_required=True,
        auth_require_tls=False,
        authenticator=post.knows,
    )
    controller.start()
    try:
        yield post, controller.port
    finally:
        controller.stop()


def address(port: int, password: str = "secret") -> str:
    return (
        f"mailto://desk:{password}@127.0.0.1:{port}"
        "?from=desk@example.com&to=lead@example.com,ops@example.com"
    )


def read(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_letter_reaches_everybody_with_its_chinese_subject_and_words(
    post: tuple[Post, int],
) -> None:
    server, port = post
    messengers = DeskMessengers()
    url = messengers.address(address(port)).url
    assert messengers.send(url, TITLE, BODY) is True
    assert sorted(to for each in server.taken for to in each.rcpt_tos) == [
        "lead@example.com",
        "ops@example.com",
    ]
    letter = read(server.taken[0])
    assert letter["Subject"] == TITLE
    assert "desk@example.com" in letter["From"]
    words = letter.get_body(("plain", "html"))
    assert words is not None
    assert BODY in words.get_content()


def test_what_the_server_does_not_take_is_told(post: tuple[Post, int]) -> None:
    server, port = post
    messengers = DeskMessengers()
    assert messengers.send(messengers.address(address(port, "wrong")).url, TITLE, BODY) is False
    server.answer = "554 no"
    assert messengers.send(messengers.address(address(port)).url, TITLE, BODY) is False
    assert server.taken == []


def test_a_server_that_is_not_there_is_told(post: tuple[Post, int]) -> None:
    _, port = post
    messengers = DeskMessengers()
    url = messengers.address(address(port)).url.replace(f":{port}", ":1")
    assert messengers.send(url, TITLE, BODY) is False
