"""Payment links: short for an SMS, unguessable, signed, expiring.

A token is 8 random bytes and the first 6 bytes of their HMAC-SHA256, in URL-safe base64: a
forged one is refused without asking the database, a real one is found by its hash, so that the
database never holds anything that opens a page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.flows.ports.dispatching import NewLink

_RANDOM, _SIGNED = 8, 6

#: Characters of a token.
TOKEN_LENGTH = -(-(_RANDOM + _SIGNED) * 4 // 3)

#: How long a link opens the page (product choice: longer than a tier's furthest promise).
LIFETIME = timedelta(days=45)


class PaymentLinks:
    """Makes and checks links below one constant host."""

    def __init__(self, base_url: str, secret: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._base = f"{base_url.rstrip('/')}/p/"
        self._secret = secret
        self._random_bytes = random_bytes

    @property
    def sample(self) -> str:
        """A link as long as every link, for texts that are looked at and not sent."""
        return self._base + "x" * TOKEN_LENGTH

    def make(self, case_id: int, at: datetime) -> NewLink:
        """A fresh link for the case; it opens nothing until the store remembers it."""
        random = self._random_bytes(_RANDOM)
        token = _text(random + self._signature(random))
        return NewLink(self._base + token, _hash(token), case_id, at, at + LIFETIME)

    def hash_of(self, token: str) -> bytes | None:
        """The hash a genuine token is found by; None for a forged or damaged one."""
        if len(token) != TOKEN_LENGTH:
            return None
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        if _text(raw) != token:  # spare bits or letters that decoding passes over
            return None
        random, signature = raw[:_RANDOM], raw[_RANDOM:]
        genuine = hmac.compare_digest(signature, self._signature(random))
        return _hash(token) if genuine else None

    def _signature(self, random: bytes) -> bytes:
        return hmac.digest(self._secret, b"payment link" + random, hashlib.sha256)[:_SIGNED]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
