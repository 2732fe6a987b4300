"""Words of a touch that are nobody else's to read: sealed where the other values are plain."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping

from bot.store.seal import Seal

_SEALED = frozenset({"message"})  #: what a collector wrote


def shut(params: Mapping[str, str | int], seal: Seal) -> dict[str, str | int]:
    """As they are stored."""
    return {
        name: b64encode(seal.seal(str(value))).decode() if name in _SEALED else value
        for name, value in params.items()
    }


def opened(params: Mapping[str, str | int], seal: Seal) -> dict[str, str | int]:
    """As they are written into a text."""
    return {
        name: seal.open(b64decode(str(value))) if name in _SEALED else value
        for name, value in params.items()
    }
