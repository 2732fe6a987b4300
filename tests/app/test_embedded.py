"""The embedded server survives `kill -9` of everybody, and never keeps the next start from working."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil
import psycopg
import pytest

from bot.app.embedded import cluster, place
from bot.app.embedded.account import run_as
from bot.app.embedded.leftovers import servers_in
from bot.app.embedded.membership import join
from bot.app.errors import Refusal

USER = """
import sys
from pathlib import Path
from bot.app.embedded.membership import join
membership = join(Path(sys.argv[1]))
print(membership.url(), flush=True)
sys.stdin.read()
membership.leave()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root lends another account only as root")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the account root lends can enter, unlike pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="yuehuan-embedded-"))
    folder.chmod(0o711)
    yield folder / "postgres"
    for process in servers_in(folder / "postgres" / "data"):
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


class User:
    """Another process that uses the server."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.01)


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(json.loads((home / "server.json").read_text())["pid"])


def keeper(home: Path) -> psutil.Process:
    parent = postmaster(home).parent()
    assert parent is not None
    assert "bot.app.embedded.keeper" in parent.cmdline()
    return parent


def write(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def values(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY 1")]


def stopped(home: Path) -> bool:
    return not servers_in(home / "data")


def test_the_last_to_leave_stops_the_server(home: Path) -> None:
    with join(home) as membership:
        write(membership.url(), 1)
        assert not stopped(home)
    assert stopped(home)
    assert not (home / "data" / "postmaster.pid").exists(), "a clean shutdown"


def test_several_share_one_server_and_it_stays_for_the_last(home: Path) -> None:
    first = User(home)
    with join(home) as second:
        assert second.url() == first.url
        first.leave()
        write(second.url(), 1)
        assert values(second.url()) == [1]
    assert stopped(home)


def test_two_that_start_at_the_same_moment_get_the_same_server(home: Path) -> None:
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    lines = [start.stdout.readline() for start in starts if start.stdout]
    assert len(set(lines)) == 1
    assert lines[0].startswith("postgresql://")
    for start in starts:
        start.communicate()
    assert stopped(home)


def test_a_killed_user_takes_its_server_along_but_no_data(home: Path) -> None:
    user = User(home)
    write(user.url, 1)
    user.kill()
    until(lambda: stopped(home))
    with join(home) as again:
        assert values(again.url()) == [1]


def test_a_killed_server_is_back_at_the_same_address_with_all_that_was_committed(
    home: Path,
) -> None:
    with join(home) as membership:
        write(membership.url(), 1)
        before = postmaster(home)
        before.kill()
        until(lambda: _follows(home, before))
        until(lambda: _serves(membership.url()))
        assert values(membership.url()) == [1]


def test_a_killed_keeper_leaves_nothing_that_blocks_the_next_start(home: Path) -> None:
    user = User(home)
    write(user.url, 1)
    keeper(home).kill()
    with join(home) as again:
        assert values(again.url()) == [1]
        user.kill()
        assert values(again.url()) == [1]
    assert stopped(home)


def test_everybody_killed_at_once_loses_nothing_committed(home: Path) -> None:
    user = User(home)
    write(user.url, 1)
    # Stopped first: a server whose keeper is gone would begin to shut down cleanly.
    server, keeps = postmaster(home), keeper(home)
    server.suspend()
    for process in (keeps, server):
        process.kill()
    user.kill()
    assert (home / "data" / "postmaster.pid").exists(), "an unclean end"
    with join(home) as again:
        assert values(again.url()) == [1]


def test_an_orphan_that_nobody_keeps_is_stopped_and_replaced(home: Path) -> None:
    with join(home) as membership:
        write(membership.url(), 1)
        port = membership.port
    spot = place.settle(home)
    command = cluster.serve_command(spot, port, durable=True)
    with subprocess.Popen(
        command, cwd="/", stderr=subprocess.DEVNULL, **run_as(spot.account)
    ) as orphan:
        until(lambda: _serves(membership.url()))
        with join(home) as again:
            assert orphan.wait() == 0, "a clean shutdown"
            assert values(again.url()) == [1]


def test_a_server_that_keeps_dying_is_given_up_and_the_next_start_says_why(home: Path) -> None:
    with join(home):
        pass
    (home / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(Refusal, match=r"not start: database files are incompatible.*log"):
        join(home)


def test_a_pid_file_that_names_a_stranger_does_not_block(home: Path) -> None:
    with join(home) as membership:
        write(membership.url(), 1)
    account = place.settle(home).account  # PostgreSQL only believes in processes of its own user
    with subprocess.Popen(["sleep", "60"], **run_as(account)) as stranger:
        _write_stale_pid_file(home, stranger.pid)
        try:
            with join(home) as again:
                assert values(again.url()) == [1]
            assert stranger.poll() is None, "strangers are left alone"
        finally:
            stranger.send_signal(signal.SIGTERM)


def test_data_without_its_password_is_refused_and_kept(home: Path) -> None:
    with join(home):
        pass
    (home / "password").unlink()
    with pytest.raises(Refusal, match=r"password .* is not → restore that file, or delete"):
        join(home)
    assert (home / "data" / "PG_VERSION").exists()


def test_an_interrupted_first_start_is_started_afresh(home: Path) -> None:
    (home / "data.new" / "cluster").mkdir(parents=True)
    (home / "data.new" / "cluster" / "PG_VERSION").write_text("18")
    with join(home) as membership:
        write(membership.url(), 1)
    assert not (home / "data.new").exists()


def test_the_server_wants_a_password_and_listens_on_this_machine_only(home: Path) -> None:
    with join(home) as membership:
        assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host="127.0.0.1", port=membership.port, user="yuehuan", password="guess"
            )
        listening = {c.laddr.ip for c in postmaster(home).net_connections() if c.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
        with psycopg.connect(membership.url()) as connection:
            settings = connection.execute(
                "SELECT current_setting('fsync'), current_setting('server_encoding'), "
                "current_setting('unix_socket_directories'), current_setting('TimeZone')"
            ).fetchone()
        assert settings == ("on", "UTF8", "", "UTC")


def test_values_of_a_failing_row_stay_out_of_the_server_log(home: Path) -> None:
    with join(home) as membership, psycopg.connect(membership.url()) as connection:
        connection.execute("CREATE TABLE people (phone text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('13800138000')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('13800138000')")
    log = (home / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "13800138000" not in log


@as_root
def test_root_lends_an_unprivileged_account(home: Path) -> None:
    with join(home):
        assert postmaster(home).username() in {"postgres", "nobody"}
        assert (home / "data").stat().st_uid != 0
        assert (home / "password").stat().st_uid == 0


@as_root
def test_a_folder_the_lent_account_cannot_enter_moves_the_data_and_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ground = home.parent / "ground"
    ground.mkdir()
    monkeypatch.setattr(place, "SHARED_GROUND", ground)
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    with join(closed / "postgres") as membership:
        write(membership.url(), 1)
    moved = Path((closed / "postgres" / "moved-to").read_text().strip())
    assert moved.is_relative_to(ground)
    assert str(moved) in capsys.readouterr().err
    monkeypatch.setattr(place, "SHARED_GROUND", home.parent / "elsewhere")
    with join(closed / "postgres") as again:
        assert values(again.url()) == [1]


def test_a_folder_that_cannot_be_made_is_refused_with_a_remedy() -> None:
    with pytest.raises(Refusal, match="set YUEHUAN_DATA"):
        join(Path("/proc/yuehuan/postgres"))


def _follows(home: Path, before: psutil.Process) -> bool:
    """Whether the home names a server, and another one than `before`."""
    try:
        return postmaster(home).pid != before.pid
    except (OSError, psutil.NoSuchProcess):
        return False


def _serves(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _write_stale_pid_file(home: Path, pid: int) -> None:
    path = home / "data" / "postmaster.pid"
    path.write_text(f"{pid}\n{home / 'data'}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n")
    owner = (home / "data").stat()
    os.chown(path, owner.st_uid, owner.st_gid)
