"""A debtor's browser: opens the link, proves who they are, chooses how to pay, pays there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

_TIME_OUT = 15.0
_CHECKOUT = re.compile(r"/pay/(co_[\w-]+)")
_CENTS = 100
_PHONE = (
    "Mozilla/5.0 (Linux; Android 13; V2166A) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/116.0.0.0 Mobile Safari/537.36"
)


@dataclass(frozen=True)
class Payer:
    """What the browser's owner knows and may do.

    Attributes:
        digits: what they could be asked for, the likeliest first.
        turn: which of the offered ways to pay they take, counted round.
        may_visit: whether an address may be opened; pay: pays a checkout by its id.
    """

    digits: Sequence[str]
    turn: int
    may_visit: Callable[[str], bool]
    pay: Callable[[str], object]


class _Page(HTMLParser):
    """Where the page's form leads, what it asks, and what is owed: the value of `all`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.owed_minor: int | None = None
        self.asks_digits = False
        self.providers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        name, value = at.get("name"), at.get("value", "")
        if tag == "form" and at.get("method", "").lower() == "post":
            self.action = at.get("action", "")
        elif tag == "button" and name == "all" and value.isdecimal():
            self.owed_minor = int(value)
        elif tag == "input" and name == "digits":
            self.asks_digits = True
        elif tag == "input" and name == "provider":
            self.providers.append(value)


def open_and_pay(link: str, share: float, payer: Payer) -> str:
    """Open `link` and pay `share` (0–1] of what it says is owed; says what came of it.

    Raises requests.RequestException when nobody answers.
    """
    if not payer.may_visit(link):
        return "not allowed"
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = _PHONE
        answer = session.get(link, timeout=_TIME_OUT)
        page = _Page(answer.text)
        if page.asks_digits:
            answer, page = _prove(session, answer, page, payer.digits)
        if page.action is None or page.owed_minor is None:
            return f"nothing to pay ({answer.status_code})"
        chosen = page.providers[payer.turn % len(page.providers)] if page.providers else ""
        sent = session.post(
            urljoin(answer.url, page.action),
            data=_filled(page.owed_minor, share) | ({"provider": chosen} if chosen else {}),
            timeout=_TIME_OUT,
            allow_redirects=False,
        )
        found = _CHECKOUT.search(_arrived(session, sent, payer))
    if found is None:
        return f"refused ({sent.status_code})"
    payer.pay(found.group(1))
    return "paid"


def _prove(
    session: requests.Session, answer: requests.Response, page: _Page, digits: Sequence[str]
) -> tuple[requests.Response, _Page]:
    """What is behind the door, or the door again."""
    for each in digits:
        if not page.asks_digits or page.action is None:
            break
        url = urljoin(answer.url, page.action)
        answer = session.post(url, data={"digits": each}, timeout=_TIME_OUT)
        page = _Page(answer.text)
    return answer, page


def _arrived(session: requests.Session, sent: requests.Response, payer: Payer) -> str:
    """The provider's page; some gateways lead on to it."""
    target = sent.headers.get("Location", "")
    if _CHECKOUT.search(target) or not target or not payer.may_visit(target):
        return target
    return session.get(target, timeout=_TIME_OUT).url


def _filled(owed_minor: int, share: float) -> dict[str, str]:
    if share >= 1:
        return {"all": str(owed_minor)}
    part = max(int(owed_minor * share), 1)
    return {"amount": f"{part // _CENTS}.{part % _CENTS:02d}"}
