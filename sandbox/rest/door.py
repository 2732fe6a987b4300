"""Every REST request passes here: credentials, error documents, faults that break the answer."""

import hmac
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, request

from sandbox.faults.rule import Rule
from sandbox.faults.table import Trouble
from sandbox.journal import Journal
from sandbox.settings import Settings
from sandbox.sms.errors import Refusal

Thing = TypeVar("Thing")

PREFIX = "/2010-04-01/Accounts"


def document(body: Mapping[str, Any], http: int = 200) -> Response:
    """A JSON answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, http, mimetype="application/json")


def error_document(refusal: Refusal, retry_after_s: float = 0) -> Response:
    """Twilio's error answer, with `Retry-After` when asked for."""
    answer = document(refusal.body(), refusal.http)
    if retry_after_s:
        answer.headers["Retry-After"] = str(max(1, round(retry_after_s)))
    return answer


def check_credentials(settings: Settings, account: str) -> None:
    """Basic auth with the sandbox's account and token. Raises Refusal 20003 or 20404."""
    given = request.authorization
    user = (given.username if given else None) or ""
    token = (given.password if given else None) or ""
    known = hmac.compare_digest(user.encode(), settings.account_sid.encode())
    right = hmac.compare_digest(token.encode(), settings.auth_token.encode())
    if not (known and right):
        raise Refusal(20003)
    if account != settings.account_sid:
        raise Refusal(20404, detail=f"The requested resource {request.path} was not found")


def found(things: Mapping[str, Thing], sid: str) -> Thing:
    """What the path names. Raises Refusal 20404."""
    thing = things.get(sid)
    if thing is None:
        raise Refusal(20404, detail=f"The requested resource {request.path} was not found")
    return thing


def log_read(journal: Journal, op: str, answer: Response) -> None:
    """Write down a request that only reads."""
    path = request.full_path.rstrip("?")
    outcome = "answered" if answer.status_code < 400 else "refused"
    journal.write("request", op=op, outcome=outcome, http=answer.status_code, path=path)


class Breaker:
    """Carries out the faults that concern the answer itself."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def before(self, trouble: Trouble) -> Response | None:
        """The broken answer of a request that is never processed, or None to go on."""
        rule = trouble.answer
        if rule is None:
            return None
        if rule.effect == "rate_limit":
            return error_document(Refusal(20429), rule.seconds or 1)
        if rule.effect == "error_before":
            return error_document(Refusal(20500, rule.http))
        if rule.effect == "hang_before":
            self._hang(rule)
            return error_document(Refusal(20500, 504, detail="Gateway timeout"))
        return None

    def after(self, trouble: Trouble, answer: Response) -> Response:
        """The answer of a request that was processed, broken if a fault says so."""
        rule = trouble.answer
        if rule is None:
            return answer
        if rule.effect == "error_after":
            return error_document(Refusal(20500, rule.http))
        if rule.effect == "garbled":
            return Response("<html><body>OK</body></html>", 200, mimetype="text/html")
        if rule.effect == "hang_after":
            self._hang(rule)
        return answer

    def create(
        self,
        trouble: Trouble,
        accept: Callable[[], Mapping[str, Any]],
        refused: Callable[[Refusal], None],
    ) -> Response:
        """The answer to a request that makes something; `refused` hears of what never came in."""
        broken = self.before(trouble)
        if broken is not None:
            code = 20429 if broken.status_code == 429 else 20500
            refused(Refusal(code, broken.status_code))
            return broken
        try:
            return self.after(trouble, document(accept(), 201))
        except Refusal as refusal:
            return error_document(refusal)

    def read(self, trouble: Trouble, answer_with: Callable[[], Response]) -> Response:
        """The answer to a request that finds something. Raises Refusal when a fault says so."""
        if trouble.answer and trouble.answer.effect == "refuse":
            raise Refusal(trouble.answer.code, trouble.answer.http)
        return self.before(trouble) or self.after(trouble, answer_with())

    def _hang(self, rule: Rule) -> None:
        """Wait like a stuck server; a reset or stop lets go."""
        self.released.wait(rule.seconds or 30)

    def release(self) -> None:
        """Let all hanging requests go."""
        self.released.set()
        self.released = threading.Event()
