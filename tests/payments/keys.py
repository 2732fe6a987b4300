"""Keys made for one run: our side's and the provider's."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


@cache
def pair(_whose: str) -> RSAPrivateKey:
    """A key of its own for every name."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(whose: str) -> str:
    """PKCS 8, as both providers hand it out."""
    key = pair(whose)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(whose: str) -> str:
    """SubjectPublicKeyInfo."""
    public = pair(whose).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
