"""The proof that somebody verified, carried by their browser: signed, short-lived, for one link."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

COOKIE = "yuehuan_pass"

#: How long one verification lasts (product choice: a payment and a form fit in).
LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True)
class Passes:
    """Makes and checks the cookie's value, `expires.signature`. Times are the real clock's."""

    secret: bytes

    def make(self, token: str, now: datetime) -> str:
        """A pass for the link of this token."""
        expires = str(int((now + LIFETIME).timestamp()))
        return f"{expires}.{self._sign(token, expires)}"

    def holds(self, value: str, token: str, now: datetime) -> bool:
        """Whether the value is ours, of this link, and not over."""
        expires, _, signature = value.partition(".")
        genuine = hmac.compare_digest(signature.encode(), self._sign(token, expires).encode())
        return genuine and int(expires) > now.timestamp()

    def _sign(self, token: str, expires: str) -> str:
        said = f"page pass|{token}|{expires}".encode()
        return hmac.digest(self.secret, said, hashlib.sha256).hex()[:43]
