"""A person's browser without the browser, for tests of console pages in other folders."""

from __future__ import annotations

import re
from typing import IO

import requests
from desk_kit import DeskInHand

PASSWORD = "correct horse battery"


def add_person(
    desk: DeskInHand, login: str = "chen", name: str = "陈静", role: str = "collector"
) -> int:
    """Somebody who may log in with `PASSWORD`."""
    return desk.product.collectors.add(login, name, role, PASSWORD)


class Browser:
    """Cookies, forms, hidden fields."""

    def __init__(self, desk: DeskInHand, login: str = "chen") -> None:
        self.root, self.login, self.page = f"{desk.url}/console", login, ""
        self._session = requests.Session()

    def get(self, path: str = "/") -> requests.Response:
        """Follow a link."""
        return self._seen(self._session.get(self.root + path, timeout=30))

    def post(self, path: str, token: str | None = None, **fields: object) -> requests.Response:
        """Send a form with the CSRF token of the last page."""
        form = {"csrf_token": self._token if token is None else token, **fields}
        return self._seen(self._session.post(self.root + path, form, timeout=30))

    def send(
        self, path: str, files: dict[str, tuple[str, IO[bytes]]], **fields: object
    ) -> requests.Response:
        """Send a form with files."""
        form = {"csrf_token": self._token, **fields}
        return self._seen(self._session.post(self.root + path, form, files=files, timeout=60))

    def log_in(self) -> None:
        """From the log-in page."""
        self.get("/login")
        self.post("/login", login=self.login, password=PASSWORD)

    @property
    def _token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        return found.group(1) if found else ""

    def _seen(self, answer: requests.Response) -> requests.Response:
        self.page = answer.text
        return answer
