"""All processes together: they start, they serve, and none outlives the others."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
import requests
from free_ports import free_port

from bot.app.embedded.leftovers import servers_in

pytestmark = pytest.mark.slow

# Seconds; a program that hangs gives up after 30, a server that hangs after 25.
GONE_WITHIN = 90.0


class Up:
    """`yuehuan up` in a folder and on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("YUEHUAN", "DATABASE"))}
        # A file and no pipe: nobody has to read on for the processes to go on.
        self.said = folder / f"up-{self.port}.log"
        with self.said.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.app.cli", "up"],
                env={**keep, "YUEHUAN_DATA": str(folder), "PORT": str(self.port)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        deadline = monotonic() + 120
        while not self._ready():
            assert monotonic() < deadline, self.told()
            assert self.process.poll() is None, self.told()
            sleep(0.05)

    def wait_until_said(self, words: str) -> None:
        """Until what was printed so far holds `words`."""
        _until(lambda: words in self.told())

    def child(self, command: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(c for c in children if c.cmdline()[3:4] == [command])

    def database(self) -> int | None:
        """The embedded server's process, while one is named."""
        try:
            state = json.loads((self.folder / "postgres" / "server.json").read_text())
        except OSError:
            return None
        return int(state["pid"])

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def told(self) -> str:
        """What was printed so far."""
        return self.said.read_text("utf-8", errors="replace")

    def output(self) -> str:
        """What was printed, once all has ended."""
        self.process.wait(timeout=GONE_WITHIN)
        return self.told()

    def _ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=20).status_code == 200
        except requests.RequestException:
            return False


@pytest.fixture
def up() -> Iterator[Up]:
    """One for the tests that end it."""
    yield from _running()


@pytest.fixture(scope="module")
def shared() -> Iterator[Up]:
    """One for the tests that leave it running."""
    yield from _running()


def _running() -> Iterator[Up]:
    folder = Path(tempfile.mkdtemp(prefix="yuehuan-up-"))
    folder.chmod(0o711)
    running = Up(folder)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        _wait_for_silence(folder)
        shutil.rmtree(folder)


def _wait_for_silence(folder: Path) -> None:
    deadline = monotonic() + GONE_WITHIN
    while servers_in(folder / "postgres" / "data"):
        assert monotonic() < deadline, "the embedded server outlived everybody"
        sleep(0.05)


def test_ctrl_c_stops_everything_cleanly(up: Up) -> None:
    family = up.family()
    up.wait_until_said("clock_started")
    up.process.send_signal(signal.SIGINT)
    output = up.output()
    assert up.process.returncode == 0, output
    assert "clock_stopping" in output
    _until(lambda: all(_gone(each) for each in family))
    _until(lambda: not servers_in(up.folder / "postgres" / "data"))


@pytest.mark.parametrize("command", ["worker", "web"])
def test_when_one_is_killed_the_others_stop_and_the_exit_code_tells(up: Up, command: str) -> None:
    up.child(command).kill()
    output = up.output()
    assert up.process.returncode == 1
    assert f"yuehuan: {command} was killed by SIGKILL; the others were stopped" in output


def test_nothing_outlives_a_killed_terminal_and_the_next_start_works(up: Up) -> None:
    family = up.family()
    up.process.kill()
    up.process.wait()
    deadline = monotonic() + GONE_WITHIN
    while left := [p for p in family if not _gone(p)]:
        assert monotonic() < deadline, "\n".join(_told(p) for p in left)
        sleep(0.05)
    again = Up(up.folder)
    again.wait_until_ready()
    again.process.terminate()
    again.output()
    assert again.process.returncode == 0


def test_a_killed_database_comes_back_and_the_web_with_it(shared: Up) -> None:
    before = shared.database()
    assert before is not None
    psutil.Process(before).kill()
    _until(lambda: shared.database() not in (None, before))
    shared.wait_until_ready()


def test_figures_of_all_processes_come_from_one_page(shared: Up) -> None:
    _until(lambda: 'kind="tick",name="retry_stalled_jobs",outcome="done"' in _figures(shared.port))
    _until(lambda: 'endpoint="health.readyz"' in _figures(shared.port))


def test_figures_of_several_web_processes_without_up_are_added_up(shared: Up) -> None:
    port = str(free_port())
    settings = {"YUEHUAN_DATA": str(shared.folder), "PORT": port, "WEB_CONCURRENCY": "2"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot.app.cli", "web"],
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    ) as web:
        try:
            _until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"))
            _until(lambda: 'endpoint="health.healthz"' in _figures(port))
        finally:
            web.terminate()
    assert web.returncode == 0


def test_a_port_in_use_is_refused_before_anything_starts(shared: Up) -> None:
    keep = {**os.environ, "YUEHUAN_DATA": str(shared.folder), "PORT": str(shared.port)}
    command = [sys.executable, "-m", "bot.app.cli", "up"]
    second = subprocess.run(command, env=keep, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{shared.port}" in second.stderr


def _until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + GONE_WITHIN
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=20).ok
    except requests.RequestException:
        return False


def _figures(port: int | str) -> str:
    return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text


def _gone(process: psutil.Process) -> bool:
    """Ended; in a container its entry may stay for want of somebody to collect it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _told(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {process.status()} {' '.join(process.cmdline()).strip()}"
    except psutil.NoSuchProcess:
        return f"{process.pid} ended just now"
