"""A debtor's browser: opens the link, presses a button or fills in a sum, pays at the provider."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

_TIME_OUT = 15.0
_CHECKOUT = re.compile(r"/pay/(co_[\w-]+)")
_CENTS = 100


class _Page(HTMLParser):
    """Where the page's forms lead and what is owed: the value of the button that pays it all."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.owed_minor: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "").lower() == "post":
            self.action = at.get("action", "")
        elif tag == "button" and at.get("name") == "all" and at.get("value", "").isdecimal():
            self.owed_minor = int(at["value"])


def open_and_pay(
    link: str, share: float, may_visit: Callable[[str], bool], pay: Callable[[str], object]
) -> str:
    """Open `link` and pay `share` (0–1] of what it says is owed; says what came of it.

    `pay` takes the provider's checkout id. Raises requests.RequestException when nobody answers.
    """
    if not may_visit(link):
        return "not allowed"
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(link, timeout=_TIME_OUT)
        page = _Page()
        page.feed(answer.text)
        if page.action is None or page.owed_minor is None:
            return f"nothing to pay ({answer.status_code})"
        sent = session.post(
            urljoin(answer.url, page.action),
            data=_filled(page.owed_minor, share),
            timeout=_TIME_OUT,
            allow_redirects=False,
        )
    found = _CHECKOUT.search(sent.headers.get("Location", ""))
    if found is None:
        return f"refused ({sent.status_code})"
    pay(found.group(1))
    return "paid"


def _filled(owed_minor: int, share: float) -> dict[str, str]:
    if share >= 1:
        return {"all": str(owed_minor)}
    part = max(int(owed_minor * share), 1)
    return {"amount": f"{part // _CENTS}.{part % _CENTS:02d}"}
