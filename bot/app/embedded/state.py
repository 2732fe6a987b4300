"""What is known of the running server, written for the processes that want to connect."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServerState:
    """Port on the loopback address, the postmaster's process id and its start (epoch seconds)."""

    port: int
    pid: int
    started: int


def read_state(path: Path) -> ServerState | None:
    """The last written state, or None when there is none that can be read."""
    try:
        return ServerState(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_state(path: Path, state: ServerState) -> None:
    """Replace the state in one step, readable by its owner alone."""
    write_private(path, json.dumps(asdict(state)))


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is either the old one or the whole new one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


@dataclass(frozen=True)
class PidFile:
    """What PostgreSQL's own `postmaster.pid` says: process id, start (epoch seconds), readiness."""

    pid: int
    started: int
    ready: bool


def read_pid_file(data: Path) -> PidFile | None:
    """Read `postmaster.pid`; None while it is absent or not fully written.

    Its lines are documented in PostgreSQL's `src/include/utils/pidfile.h`: 1 pid, 3 start, 8 status.
    """
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return PidFile(int(lines[0]), int(lines[2]), ready)
    except (FileNotFoundError, IndexError, ValueError):
        return None
