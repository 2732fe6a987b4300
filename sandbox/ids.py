"""Identifiers as Twilio shapes them: two letters and 32 hexadecimal digits."""

import re
import secrets
from collections.abc import Callable

NewId = Callable[[str], str]
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """`SM` → `SM3f…` (34 characters)."""
    return prefix + secrets.token_hex(16)


def is_sid(text: str, prefix: str) -> bool:
    """Whether `text` is a whole identifier of the kind `prefix`."""
    return bool(SID.fullmatch(text)) and text.startswith(prefix)
