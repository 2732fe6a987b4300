"""Stopping with the program that started us, also when that one is killed."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

VARIABLE = "YUEHUAN_STOP_WITH_STDIN"
FINISH_WITHIN = 10.0  # seconds for requests that are being answered


def stop_with_server() -> None:
    """In one of the web server's processes: stop when the process that started it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=[parent], daemon=True, name="parent").start()


def stop_with_parent(environ: Mapping[str, str]) -> None:
    """Send ourselves SIGTERM when stdin ends, if the parent asked for it.

    The parent holds the other end of stdin as a pipe; the kernel closes it when the parent is gone.
    """
    if environ.get(VARIABLE):
        threading.Thread(target=_wait_for_end, daemon=True, name="parent").start()


def _follow(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(FINISH_WITHIN)
    os._exit(1)


def _wait_for_end() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
