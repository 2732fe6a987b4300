"""The sandbox ends with the program that started it, however that one ended."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from free_ports import free_port

#: Starts the sandbox as the demo does, tells its process id, and waits to be killed.
PARENT = """
import subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-m", "sandbox", *sys.argv[1:]], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, start_new_session=True)
print(child.pid, flush=True)
threading.Event().wait()
"""

WITHIN = 90.0  # seconds; it takes less than one


def until(holds, what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def answers(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{url}/sandbox/health", timeout=5).ok
    return False


def gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has buried yet counts as ended."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_killed_parent_leaves_no_sandbox_behind(tmp_path: Path) -> None:
    port = free_port()
    words = ["--port", str(port), "--data", str(tmp_path), "--with-parent"]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *words], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    sandbox = int(parent.stdout.readline())
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(url), "it never came up")
        parent.kill()
        parent.wait()
        until(lambda: gone(sandbox), "it outlived its parent")
        until(lambda: not answers(url), "its server outlived it")
    finally:
        parent.kill()
        if not gone(sandbox):
            os.kill(sandbox, signal.SIGKILL)
