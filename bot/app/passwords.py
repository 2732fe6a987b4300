"""Passwords of the desk: Argon2id hashes (RFC 9106, low memory), and new ones to hand out."""

from __future__ import annotations

import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

#: Letters and digits that are not mistaken for one another when read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


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


def generated_password() -> str:
    """Four groups of four, about 79 bits."""
    return _groups(4, 4)


def recovery_code() -> str:
    """Two groups of five, about 49 bits: tries are counted like those of a password."""
    return _groups(2, 5)


def _groups(count: int, length: int) -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(length)) for _ in range(count))
