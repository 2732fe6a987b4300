"""A program stops with the one that started it, even when its own shutdown hangs."""

import os
import subprocess
import sys

STUBBORN = """
import os, signal, threading
from bot.app.parent import stop_with_parent
signal.signal(signal.SIGTERM, signal.SIG_IGN)
stop_with_parent(os.environ, give_up_after=0.1)
print("ready", flush=True)
threading.Event().wait()
"""


def test_a_program_that_does_not_stop_when_asked_is_gone_all_the_same() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        env={**os.environ, "YUEHUAN_STOP_WITH_STDIN": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "ready\n"
        child.stdin.close()
        assert child.wait(timeout=90) == 1
    finally:
        child.kill()
