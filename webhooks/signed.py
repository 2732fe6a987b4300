"""What all of Twilio's webhooks share: the signature, checked once in a wrapper, and form fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from flask import Response, abort, request
from werkzeug.datastructures import ImmutableMultiDict

from bot.carriers.twilio_signature import TwilioSignature

View = Callable[[], Response]

#: Twilio's identifiers: two letters and 32 hexadecimal digits.
SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
ADDRESS = re.compile(r"\+?[0-9A-Za-z]{1,20}")
STATUS = re.compile(r"[a-z-]{1,20}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CODE = re.compile(r"[0-9]{1,6}")


def signed_by(signature: TwilioSignature | None) -> Callable[[View], View]:
    """Refuses with 403 whatever is not signed; without a `signature` (no account) everything."""

    def signed(view: View) -> View:
        @wraps(view)
        def checked() -> Response:
            given = request.headers.get("X-Twilio-Signature", "")
            if signature is None or not signature.is_valid(signed_path(), request.form, given):
                abort(403)
            return view()

        return checked

    return signed


def signed_path() -> str:
    """Path and query as they were requested."""
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def field(form: ImmutableMultiDict[str, str], name: str, shape: re.Pattern[str]) -> str:
    """A required field of the expected shape; anything else is answered with 400."""
    value = form.get(name, "")
    if not shape.fullmatch(value):
        abort(400, f"{name} is missing or malformed")
    return value


def code(form: ImmutableMultiDict[str, str], name: str) -> str | None:
    """A numeric code, or None when there is none."""
    value = form.get(name) or ""
    return value if _CODE.fullmatch(value) else None


def token() -> str | None:
    """The attempt the address names."""
    value = request.args.get("attempt")
    return value if value and TOKEN.fullmatch(value) else None
