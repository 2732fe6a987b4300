"""A debtor with a browser that keeps cookies: gets the link, proves who they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

import requests
from desk_kit import DeskInHand, shanghai

PHONE = (
    "Mozilla/5.0 (Linux; Android 6.0.1; vivo X9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/66.0 Mobile Safari/537.36"
)
HUMAN = {"User-Agent": PHONE}


class Form(HTMLParser):
    """Hidden fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        if tag == "input" and at.get("type") == "hidden":
            self.hidden[str(at["name"])] = at.get("value") or ""


@dataclass
class Visitor:
    """One browser. `link` is the address from the SMS."""

    desk: DeskInHand
    case: int
    link: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str = "", **headers: str) -> requests.Response:
        return self.session.get(self.link + path, headers={**HUMAN, **headers}, timeout=10)

    def post(self, path: str = "", files: Any = None, **form: str) -> requests.Response:
        return self.session.post(
            self.link + path, form, files=files, headers=HUMAN, timeout=60, allow_redirects=False
        )

    def verify(self, digits: str | None = None) -> requests.Response:
        phone = self.desk.phones[self.case]
        return self.post("/verify", digits=digits or phone[-4:])

    def answer(self, kind: str, files: Any = None, **form: str) -> requests.Response:
        page = self.get(f"/answer/{kind}").text
        return self.post(f"/answer/{kind}", files, **Form(page).hidden, **form)


def reminded(desk: DeskInHand, **case: object) -> Visitor:
    """A debtor who has a link and has proved nothing yet."""
    book = desk.one("SELECT id FROM portfolio") or desk.portfolio()
    case_id = desk.case(int(book), due_on=date(2026, 3, 8), **case)  # type: ignore[arg-type]
    desk.step(max(desk.now, shanghai("2026-03-10 13:40")))
    [link] = re.findall(r"http\S+/p/[\w-]+", desk.texts(case_id)[-1])
    return Visitor(desk, case_id, link)


def admitted(desk: DeskInHand, **case: object) -> Visitor:
    """A debtor who has verified."""
    visitor = reminded(desk, **case)
    assert visitor.verify().status_code == 303
    return visitor
