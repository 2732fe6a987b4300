"""The process that runs PostgreSQL for as long as anybody uses it.

Started by `membership.join` as `python -m bot.app.embedded.keeper HOME LOCK_FD [--forgetful]`.
It is alone in its session, so that Ctrl-C in a terminal reaches it only through its users' leaving.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from bot.app.embedded import cluster, leftovers, locks
from bot.app.embedded.account import run_as
from bot.app.embedded.place import Place, settle
from bot.app.embedded.state import ServerState, read_pid_file, write_state
from bot.app.errors import Refusal

READY_WITHIN = 120.0  # seconds; crash recovery of a large ledger takes a while
# So many deaths in so many seconds, and the server is not started again.
DEATHS, WITHIN = 4, 60.0
LOG_LIMIT = 5_000_000  # bytes
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


class Keeper:
    """Serves one place until its last user is gone or SIGTERM comes."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.stopping = threading.Event()
        self.port = 0
        self.server: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Serve; start the server again when it is killed, unless it keeps dying.

        Raises:
            Refusal: the server cannot be started.
        """
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        cluster.ensure_cluster(self.place, durable=self.durable)
        threading.Thread(target=self._stop_after_last_user, daemon=True).start()
        deaths: list[float] = []
        while not self.stopping.is_set():
            self._serve_once()
            deaths = [*deaths[1 - DEATHS :], time.monotonic()]
            if len(deaths) == DEATHS and deaths[-1] - deaths[0] < WITHIN:
                raise Refusal(f"PostgreSQL keeps dying: {self._last_fatal()}", self._log_hint())

    def stop(self) -> None:
        """Ask the server for a fast shutdown; its users' connections are closed."""
        self.stopping.set()
        self.place.state_file.unlink(missing_ok=True)
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)

    def _serve_once(self) -> None:
        leftovers.sweep(self.place.data)
        with _open_log(self.place.server_log) as log:
            self.server = self._start(log)
            recorded = read_pid_file(self.place.data)
            if recorded and not self.stopping.is_set():
                state = ServerState(self.port, recorded.pid, recorded.started)
                write_state(self.place.state_file, state)
            if self.stopping.is_set():
                self.stop()
            self.server.wait()
        self.place.state_file.unlink(missing_ok=True)

    def _start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        # The port of last time first: pools of processes that survived a crash find it again.
        for wanted in (self.port, 0, 0):
            self.port = _free_port(wanted)
            server = subprocess.Popen(
                cluster.serve_command(self.place, self.port, durable=self.durable),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                # One system call and nothing that takes a lock: safe beside the waiting thread.
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
                **run_as(self.place.account),
            )
            if self._becomes_ready(server):
                return server
        raise Refusal(f"PostgreSQL does not start: {self._last_fatal()}", self._log_hint())

    def _becomes_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and server.poll() is None:
            recorded = read_pid_file(self.place.data)
            if recorded and recorded.pid == server.pid and recorded.ready:
                return True
            time.sleep(0.01)
        server.kill()
        server.wait()
        return False

    def _stop_after_last_user(self) -> None:
        descriptor = locks.open_lock(self.place.users_lock)
        locks.wait_exclusive(descriptor)
        self.stop()
        if self.server:
            leftovers.sweep(self.place.data)

    def _last_fatal(self) -> str:
        lines = self.place.server_log.read_text(encoding="utf-8", errors="replace").splitlines()
        fatal = [line for line in lines[-50:] if "FATAL:" in line or "PANIC:" in line]
        return fatal[-1].split(":  ", 1)[-1] if fatal else "it gives no reason"

    def _log_hint(self) -> str:
        return f"see its log {self.place.server_log}"


def _open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "wb")


def _free_port(wanted: int = 0) -> int:
    """The wanted loopback port if it is free, else any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Linux: a fast shutdown when the keeper itself is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def main(words: list[str]) -> int:
    """Entry point; the lock's descriptor stays open, and with it the lock, until the end."""
    home, _lock, *options = words
    try:
        Keeper(settle(Path(home)), durable="--forgetful" not in options).run()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
