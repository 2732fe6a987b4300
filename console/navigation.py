"""Which pages the person of a request can go to, read from `navigation.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from flask import request, url_for

from bot.domain.rights import Right
from console.guard import may
from console.words import t

#: Name of a number in `navigation.yaml` → what reads it.
Counts = Mapping[str, Callable[[], int]]


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the file."""

    page: str
    text: str
    right: Right
    count: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that stand together."""

    group: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as it is shown. `count` is 0 for none."""

    url: str
    text: str
    here: bool
    count: int


@cache
def load_navigation() -> Sequence[Group]:
    """Groups in order. Raises ValueError for a right that does not exist."""
    loaded = yaml.safe_load(files("console").joinpath("navigation.yaml").read_text("utf-8"))
    return [
        Group(
            each["group"],
            tuple(Page(**{**page, "right": Right(page["right"])}) for page in each["pages"]),
        )
        for each in loaded
    ]


def navigation(counts: Counts) -> list[tuple[str, list[Entry]]]:
    """Groups with what this person may open; groups without anything are left out."""
    shown = [
        (t(f"nav.group.{group.group}"), [_entry(page, counts) for page in _allowed(group)])
        for group in load_navigation()
    ]
    return [(name, entries) for name, entries in shown if entries]


def _allowed(group: Group) -> list[Page]:
    return [page for page in group.pages if may(page.right)]


def _entry(page: Page, counts: Counts) -> Entry:
    url = url_for(page.page)
    inside = url != url_for("console.desk") and request.path.startswith(f"{url}/")
    count = counts[page.count]() if page.count else 0
    return Entry(url, t(page.text), request.path == url or inside, count)
