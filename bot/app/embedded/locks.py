"""Advisory file locks that the kernel drops when their holder dies."""

import os
from pathlib import Path

from bot.app.errors import Refusal

try:
    import fcntl
except ImportError as missing:  # Windows has no flock
    raise Refusal(
        "the embedded PostgreSQL needs Linux or macOS",
        "set DATABASE_URL to a PostgreSQL server, or run inside WSL",
    ) from missing


def open_lock(path: Path) -> int:
    """Open (and create) a lock file; returns a file descriptor that holds no lock yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_shared(descriptor: int) -> bool:
    """Take a shared lock now or return False."""
    return _try(descriptor, fcntl.LOCK_SH)


def try_exclusive(descriptor: int) -> bool:
    """Take an exclusive lock now or return False; a shared lock held before is converted."""
    return _try(descriptor, fcntl.LOCK_EX)


def wait_exclusive(descriptor: int) -> None:
    """Block until nobody else holds the lock."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
