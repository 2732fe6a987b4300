"""Using the server: find it or start it, hold on to it, let go of it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg

from bot.app.embedded import locks
from bot.app.embedded.cluster import DATABASE, SUPERUSER
from bot.app.embedded.place import Place, settle
from bot.app.embedded.state import ServerState, read_state
from bot.app.errors import Refusal

JOIN_WITHIN = 150.0  # seconds; longer than the keeper waits for crash recovery
LEAVE_WITHIN = 35.0
PAUSE = 0.02
SOURCE = Path(__file__).parents[3]


class Membership:
    """One use of the server. While it is held, by whatever process, the server runs."""

    def __init__(self, place: Place, lock: int, port: int) -> None:
        self._place = place
        self._lock = lock
        self.port = port

    def url(self, database: str = DATABASE) -> str:
        """A libpq URL with the password in it: for connecting, never for printing."""
        return _url(self._place, self.port, database)

    def leave(self) -> None:
        """Let go; the last one to leave waits until the server has stopped cleanly."""
        if self._lock < 0:
            return
        last = locks.try_exclusive(self._lock)
        os.close(self._lock)
        self._lock = -1
        if last:
            _wait_for_stop(self._place)

    def __enter__(self) -> "Membership":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()


def join(home: Path, *, durable: bool = True) -> Membership:
    """Use the server of `home`, starting it if nobody else has.

    Args:
        home: folder of the server, made if absent.
        durable: False gives up crash safety for speed; for tests' throw-away data only.

    Raises:
        Refusal: the server cannot be started or reached; says what to do.
    """
    place = settle(home)
    deadline = time.monotonic() + JOIN_WITHIN
    try:
        lock = _become_user(place, deadline)
    except PermissionError as problem:
        raise Refusal(
            f"{place.home} belongs to another user", "run as that user, or set YUEHUAN_DATA"
        ) from problem
    try:
        return Membership(place, lock, _reach(place, deadline, durable=durable))
    except BaseException:
        os.close(lock)
        raise


def _become_user(place: Place, deadline: float) -> int:
    lock = locks.open_lock(place.users_lock)
    while not locks.try_shared(lock):  # a keeper that is stopping holds it for itself
        if time.monotonic() > deadline:
            os.close(lock)
            raise Refusal(
                f"the PostgreSQL server in {place.home} has been stopping for too long",
                f"see {place.server_log}",
            )
        time.sleep(PAUSE)
    return lock


def _reach(place: Place, deadline: float, *, durable: bool) -> int:
    keeper: subprocess.Popen[bytes] | None = None
    reason = "it has not said where it listens"
    while time.monotonic() < deadline:
        keeper = keeper or _start_keeper(place, durable=durable)
        state = read_state(place.state_file)
        if state:
            reason = _answers(place, state)
            if not reason:
                return state.port
        elif keeper and keeper.poll() is not None:
            raise Refusal(_last_words(place))
        time.sleep(PAUSE)
    raise Refusal(
        f"the PostgreSQL server in {place.home} cannot be reached: {reason}",
        "stop the yuehuan processes that use it (also in other containers), or set DATABASE_URL",
    )


def _start_keeper(place: Place, *, durable: bool) -> subprocess.Popen[bytes] | None:
    """Start the keeper and hand it its lock; None when another keeper holds it."""
    lock = locks.open_lock(place.keeper_lock)
    try:
        if not locks.try_exclusive(lock):
            return None
        place.state_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "bot.app.embedded.keeper", str(place.home), str(lock)]
        with place.keeper_log.open("wb") as log:
            return subprocess.Popen(
                command if durable else [*command, "--forgetful"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_with_source(os.environ),
                pass_fds=[lock],
                start_new_session=True,
            )
    finally:
        os.close(lock)


def _with_source(environ: Mapping[str, str]) -> dict[str, str]:
    """The keeper finds this package even when it runs from a checkout that is not installed."""
    paths = [str(SOURCE), *filter(None, [environ.get("PYTHONPATH")])]
    return {**environ, "PYTHONPATH": os.pathsep.join(paths)}


def _answers(place: Place, state: ServerState) -> str:
    """Empty when the server at that port is ours and serves; otherwise the reason why not."""
    try:
        with psycopg.connect(_url(place, state.port, DATABASE), connect_timeout=5) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except (psycopg.OperationalError, FileNotFoundError) as problem:
        return str(problem).splitlines()[0]
    ours = row is not None and row[0] == str(place.data)
    return "" if ours else f"port {state.port} belongs to another server"


def _url(place: Place, port: int, database: str) -> str:
    password = place.password_file.read_text(encoding="utf-8")
    return f"postgresql://{SUPERUSER}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def _last_words(place: Place) -> str:
    lines = place.keeper_log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"the embedded PostgreSQL did not start; see {place.keeper_log}"


def _wait_for_stop(place: Place) -> None:
    """Until the keeper is gone; not longer than a moment when somebody new has come instead."""
    begun = time.monotonic()
    lock = locks.open_lock(place.keeper_lock)
    while not locks.try_exclusive(lock):
        waited = time.monotonic() - begun
        if waited > LEAVE_WITHIN or (waited > 1 and place.state_file.exists()):
            break
        time.sleep(PAUSE)
    os.close(lock)
