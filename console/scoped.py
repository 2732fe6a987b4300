"""Reads narrowed to the portfolios of the person of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import g

from bot.store.views import Views
from console.parts import ConsoleParts


def scoped(parts: ConsoleParts) -> ConsoleParts:
    """The same parts; what `read` finds lies in portfolios the person may see."""

    @contextmanager
    def read() -> Iterator[Views]:
        with parts.read() as views:
            person = g.get("person")
            yield views.within(person.scope if person else ())

    return replace(parts, read=read)
