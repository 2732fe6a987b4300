"""Field encryption and blind indexes for personal data at rest.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; a leading byte names the key, so
that keys rotate: the first key seals, every key opens. A blind index is HMAC-SHA256 under a
separate key: equal texts can be found, nothing can be read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class SealError(ValueError):
    """A sealed value cannot be opened: the key is missing or the bytes were changed."""


class Seal:
    """Seals and opens texts; computes blind indexes.

    `keys` maps a key number (0–255) to 32 bytes; the highest number seals. `hash_key` is at
    least 32 bytes. `random_bytes` is passed in by tests.
    """

    def __init__(
        self,
        keys: Mapping[int, bytes],
        hash_key: bytes,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise SealError("FIELD_KEY needs at least one key of 32 bytes")
        if len(hash_key) < 32:
            raise SealError("HASH_KEY needs at least 32 bytes")
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._current = max(keys)
        self._hash_key = hash_key
        self._random_bytes = random_bytes

    def seal(self, text: str) -> bytes:
        """`key number | nonce | ciphertext and tag`."""
        nonce = self._random_bytes(_NONCE)
        body = self._ciphers[self._current].encrypt(nonce, text.encode(), None)
        return bytes([self._current]) + nonce + body

    def open(self, sealed: bytes) -> str:
        """The text again. Raises SealError when the key is unknown or the bytes were changed."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise SealError("no FIELD_KEY opens this value; add the key it was sealed with")
        try:
            return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None).decode()
        except InvalidTag as wrong:
            raise SealError("a sealed value was changed or its key replaced") from wrong

    def index(self, text: str) -> bytes:
        """A 32-byte blind index of `text`."""
        return hmac.digest(self._hash_key, text.encode(), hashlib.sha256)
