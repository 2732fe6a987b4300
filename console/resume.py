"""What was typed when a session ended or a page was stale: kept, and offered again.

The form travels through the log-in page as a signed text, so that nothing of it is stored. Only a
form that our own page sent is kept; one that came from elsewhere is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from console import sessions
from console.words import load_words

#: Characters of all fields together; a longer form is told as lost.
LARGEST = 200_000

#: As long as a session; older ones are dropped.
_SECONDS = 12 * 3600

_NEVER = frozenset({"csrf_token", "password", "code", "kept"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kept form. `label` is empty for what nobody typed."""

    name: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not carried out: where it goes, its fields, the page it stood on."""

    path: str
    back: str
    fields: tuple[Field, ...]
    had_file: bool


def sent_by_us() -> bool:
    """Whether the form of this request stood on a page of ours."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")


def keep() -> str:
    """The form of this request as a signed text; empty when it is not worth keeping."""
    fields = [
        [name, value]
        for name, values in request.form.lists()
        if name not in _NEVER and "password" not in name
        for value in values
    ]
    size = sum(len(value) for _, value in fields)
    if not sent_by_us() or size > LARGEST or not (fields or request.files):
        return ""
    return _signer().dumps([request.path, _back(), fields, bool(request.files)])


def kept(text: str) -> Kept | None:
    """The form again; None for a text that is not ours or too old."""
    try:
        path, back, fields, had_file = _signer().loads(text, max_age=_SECONDS)
    except BadData:
        return None
    labels = load_words()["field"]
    shown = tuple(Field(name, value, labels.get(name, "")) for name, value in fields)
    return Kept(path, back, shown, had_file)


def offer(form: Kept, message: str) -> str:
    """The page that shows what was typed, to be sent once more or dropped."""
    return render_template("console/resume.html", form=form, message=message)


def _back() -> str:
    """The page the form stood on, or the queue."""
    parts = urlsplit(request.referrer or "")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return sessions.own_path(path, "/console") or url_for("console.desk")


def _signer() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    assert secret is not None
    return URLSafeTimedSerializer(secret, salt="a form that was not carried out")
