"""A debtor's browser: opens the link, fills in the form, pays on the provider's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

_TIME_OUT = 15.0
_CHECKOUT = re.compile(r"/pay/(co_[\w-]+)")


class _Form(HTMLParser):
    """The fields of the first POST form that asks for an amount."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False
        self._current: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "").lower() == "post" and "amount" not in self.fields:
            self.action, self._inside, self.fields = at.get("action", ""), True, {}
        elif tag == "input" and self._inside and at.get("name"):
            self.fields[at["name"]] = at.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def open_and_pay(
    link: str, share: float, may_visit: Callable[[str], bool], pay: Callable[[str], object]
) -> str:
    """Open `link` and pay `share` of the amount its form offers; says what came of it.

    `pay` takes the provider's checkout id.
    """
    if not may_visit(link):
        return "not allowed"
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(link, timeout=_TIME_OUT)
        form = _Form()
        form.feed(page.text)
        if not page.ok or "amount" not in form.fields:
            return f"nothing to pay ({page.status_code})"
        amount = max(round(float(form.fields["amount"].replace(",", "")) * share, 2), 0.01)
        sent = session.post(
            urljoin(page.url, form.action or urlsplit(link).path),
            data={**form.fields, "amount": f"{amount:.2f}"},
            headers={"Referer": link},
            timeout=_TIME_OUT,
            allow_redirects=False,
        )
    found = _CHECKOUT.search(sent.headers.get("Location", ""))
    if found is None:
        return f"refused ({sent.status_code})"
    pay(found.group(1))
    return "paid"
