"""What an earlier server left behind after a `kill -9`, and how it is cleared away safely."""

import signal
import time
from pathlib import Path

import psutil

from bot.app.embedded.state import read_pid_file

# Fast shutdown, then immediate (recovers from the log at the next start), then force.
LADDER = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def sweep(data: Path) -> None:
    """Stop every server process that still works in `data`; drop a pid file that names a stranger.

    Call it only while holding the keeper's lock.
    """
    recorded = read_pid_file(data)
    if recorded is None:
        return
    for step, patience in LADDER:
        survivors = servers_in(data)
        if not survivors:
            break
        _signal(survivors, recorded.pid, step)
        _wait_until_gone(data, patience)
    if psutil.pid_exists(recorded.pid):
        # The number was given to another program since. PostgreSQL would take that program for
        # its own server and refuse to start for as long as it lives.
        (data / "postmaster.pid").unlink(missing_ok=True)


def servers_in(data: Path) -> list[psutil.Process]:
    """The server's processes: every one of them works inside its data folder."""
    folder = str(data.resolve())
    return [process for process in psutil.process_iter() if _works_in(process, folder)]


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return bool(process.cwd() == folder) and process.name().startswith("postgres")
    except psutil.Error:
        return False


def _wait_until_gone(data: Path, patience: float) -> None:
    """Not by process id: in a container nobody may collect the dead, whose ids then stay."""
    deadline = time.monotonic() + patience
    while servers_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)


def _signal(survivors: list[psutil.Process], postmaster: int, step: signal.Signals) -> None:
    """Ask the postmaster, which asks its children; without one, each child for itself."""
    heads = [process for process in survivors if process.pid == postmaster]
    for process in heads if heads and step != signal.SIGKILL else survivors:
        # A child reads SIGINT as "cancel your query"; SIGTERM is its "finish".
        gentle = step == signal.SIGINT and not heads
        try:
            process.send_signal(signal.SIGTERM if gentle else step)
        except psutil.NoSuchProcess:
            continue
