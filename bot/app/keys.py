"""Secrets for a first run: made once, kept in a file that only its owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

from bot.app.errors import Refusal

FILE = "keys.json"


def generated_keys(data: Path) -> dict[str, str]:
    """SECRET_KEY, FIELD_KEY and HASH_KEY of this data folder, made on the first call.

    Raises:
        Refusal: the file is damaged, not ours to read, or cannot be made.
    """
    path = data / FILE
    try:
        if not path.exists():
            _make(path)
        keys = json.loads(path.read_text(encoding="utf-8"))
        return {name: keys[name] for name in ("SECRET_KEY", "FIELD_KEY", "HASH_KEY")}
    except OSError as problem:
        raise Refusal(
            f"cannot keep generated keys in {path} ({problem.strerror})",
            "set YUEHUAN_DATA to a folder of yours, or set SECRET_KEY, FIELD_KEY and HASH_KEY",
        ) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise Refusal(
            f"{path} is damaged",
            "restore it from a backup: without it, stored numbers and messages cannot be read",
        ) from problem


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "HASH_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was quicker: then its keys are the keys
    except FileExistsError:
        pass
    finally:
        draft.unlink()
