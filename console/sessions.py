"""The browser's side of a session: a signed cookie with a token that the database knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import request, session

from bot.flows.ports.collectors import Person
from bot.flows.ports.sessions import Seat
from bot.flows.sessions import LONGEST, Sessions

__all__ = ["LONGEST"]

#: How long a name stays readable after a collector asked for it.
REVEALED = timedelta(minutes=5)

#: How long the second step of a log-in may take.
HALF = timedelta(minutes=5)


def begin(sessions: Sessions, person: Person) -> None:
    """A fresh session: nothing of the one before it, its CSRF token included, lives on."""
    spoken = session.get("language")
    session.clear()
    if spoken:
        session["language"] = spoken
    session["token"] = sessions.begin(
        person, address=request.remote_addr or "", agent=request.user_agent.string
    )


def half(person: Person, now: datetime) -> None:
    """The password was right; the second factor is still to come."""
    session["half"] = [person.login, (now + HALF).isoformat()]


def half_in(now: datetime) -> str | None:
    """The log-in name of who gave the right password a moment ago."""
    login, until = session.get("half", (None, None))
    return login if login and now < datetime.fromisoformat(until) else None


def current(sessions: Sessions, *, active: bool = True) -> Seat | None:
    """The session of this browser; None without one, or once it is over."""
    token = session.get("token")
    return sessions.current(token, active=active) if token else None


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
