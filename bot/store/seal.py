"""Field encryption and blind indexes for personal data at rest.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; a leading byte names the key, so
that keys rotate: the first key seals, every key opens. A blind index is HMAC-SHA256 under a
separate key: equal texts can be found, nothing can be read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class SealError(ValueError):
    """A sealed value cannot be opened: the key is missing or the bytes were changed."""


class Seal:
    """Seals and opens texts; computes blind indexes.

    `keys` are 32 bytes each, the first seals; `hash_key` has at least 32 bytes.
    `random_bytes` is passed in by tests. Raises SealError for keys it cannot work with.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        hash_key: bytes,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise SealError("FIELD_KEY needs at least one key of 32 bytes")
        if len(hash_key) < 32:
            raise SealError("HASH_KEY needs at least 32 bytes")
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        if len(self._ciphers) < len(keys):
            raise SealError("two keys of FIELD_KEY have the same name; make another one")
        self._current = _name(keys[0])
        self._hash_key = hash_key
        self._random_bytes = random_bytes

    def seal(self, text: str) -> bytes:
        """`key number | nonce | ciphertext and tag`."""
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text again. Raises SealError when the key is unknown or the bytes were changed."""
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """As `seal`, of a file's content."""
        nonce = self._random_bytes(_NONCE)
        body = self._ciphers[self._current].encrypt(nonce, content, None)
        return bytes([self._current]) + nonce + body

    def open_bytes(self, sealed: bytes) -> bytes:
        """The content again. Raises SealError as `open` does."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise SealError("no FIELD_KEY opens this value; add the key it was sealed with")
        try:
            return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None)
        except InvalidTag as wrong:
            raise SealError("a sealed value was changed or its key replaced") from wrong

    def index(self, text: str) -> bytes:
        """A 32-byte blind index of `text`."""
        return hmac.digest(self._hash_key, text.encode(), hashlib.sha256)


def _name(key: bytes) -> int:
    """A stable number for a key, 0–255, that tells nothing about it."""
    return hashlib.sha256(b"yuehuan field key" + key).digest()[0]
