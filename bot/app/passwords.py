"""Argon2id hashes of collectors' passwords, with the library's parameters (RFC 9106, low memory)."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


class ArgonPasswords:
    """Implements `bot.flows.ports.collectors.Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        """A salted hash, text."""
        return self._hasher.hash(password)

    def matches(self, password: str, hashed: str | None) -> bool:
        """Compares with a decoy when there is nothing, so that the time tells nothing."""
        try:
            right = self._hasher.verify(hashed or self._decoy, password)
        except (Argon2Error, InvalidHashError):
            return False
        return right and hashed is not None

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody has this password")
