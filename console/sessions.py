"""Who is logged in: a signed cookie with the person's id, checked against the database each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import session

from bot.flows.collectors import Collectors
from bot.flows.ports.collectors import Person

#: A session ends with the working day.
LONGEST = timedelta(hours=12)

#: How long a name stays readable after a collector asked for it.
REVEALED = timedelta(minutes=5)


def begin(person: Person, now: datetime) -> None:
    """A fresh session: nothing of the one before it, its CSRF token included, lives on."""
    session.clear()
    session["who"], session["stamp"] = person.collector_id, person.stamp
    session["since"] = now.isoformat()


def current(collectors: Collectors, now: datetime) -> Person | None:
    """The person; None without a session, after 12 hours, once disabled or renewed."""
    if "who" not in session:
        return None
    if now - datetime.fromisoformat(session["since"]) > LONGEST:
        return None
    return collectors.present(session["who"], session["stamp"])


def reveal(case_id: int, now: datetime) -> None:
    """Show this case's name and numbers for a few minutes; any other case is covered again."""
    session["revealed"] = [case_id, (now + REVEALED).isoformat()]


def conceal() -> None:
    """Cover everything."""
    session.pop("revealed", None)


def is_revealed(case_id: int, now: datetime) -> bool:
    """Whether the case is still shown in full."""
    shown, until = session.get("revealed", (None, None))
    return shown == case_id and now < datetime.fromisoformat(until)


def own_path(path: str | None, prefix: str) -> str | None:
    """`path` when it leads to a page of the console and nowhere else."""
    if not path or "\\" in path or any(ord(char) <= 32 for char in path):
        return None
    parts = urlsplit(path)
    inside = parts.path.startswith(f"{prefix}/") and ".." not in parts.path
    return path if inside and not parts.scheme and not parts.netloc else None
