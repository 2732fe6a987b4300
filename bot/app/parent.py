"""Stopping with the program that started us, also when that one is killed."""

import os
import signal
import sys
import threading
from collections.abc import Mapping

VARIABLE = "YUEHUAN_STOP_WITH_STDIN"


def stop_with_parent(environ: Mapping[str, str]) -> None:
    """Send ourselves SIGTERM when stdin ends, if the parent asked for it.

    The parent holds the other end of stdin as a pipe; the kernel closes it when the parent is gone.
    """
    if environ.get(VARIABLE):
        threading.Thread(target=_wait_for_end, daemon=True, name="parent").start()


def _wait_for_end() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
