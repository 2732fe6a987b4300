"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken promise. `where` names rows by id, never by personal data."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise and how it is checked."""

    name: str
    sentence: str
    find: Callable[[Evidence], Iterable[Breach]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check may look at. `log` is None where no sandbox is."""

    connection: Connection[Any]
    log: list[dict[str, Any]] | None

    def rows(self, query: str, *values: object) -> list[Any]:
        """Rows of a query."""
        return self.connection.execute(query, values).fetchall()

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Log entries of a kind."""
        return [entry for entry in self.log or () if entry["kind"] == kind]


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant with what was found. `checked` False: there was nothing to look at."""

    invariant: Invariant
    breaches: tuple[Breach, ...]
    checked: bool = True
