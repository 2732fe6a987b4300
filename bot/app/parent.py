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
# Longer than a worker takes for its running jobs; a shutdown that hangs must not keep a killed
# terminal's database alive for ever.
GIVE_UP_AFTER = 30.0


def stop_with_server() -> None:
    """In one of the web server's processes: stop when the process that started it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=[parent], daemon=True, name="parent").start()


def stop_with_parent(environ: Mapping[str, str], *, give_up_after: float = GIVE_UP_AFTER) -> None:
    """Send ourselves SIGTERM when stdin ends, if the parent asked for it.

    A program that has not ended `give_up_after` seconds later is ended.

    The parent holds the other end of stdin as a pipe; the kernel closes it when the parent is gone.
    """
    if environ.get(VARIABLE):
        threading.Thread(
            target=_wait_for_end, args=[give_up_after], daemon=True, name="parent"
        ).start()


def _follow(parent: Any) -> None:
    parent.join()
    _end_within(FINISH_WITHIN)


def _wait_for_end(give_up_after: float) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _end_within(give_up_after)


def _end_within(seconds: float) -> None:
    """Ask ourselves to stop; when that takes too long, be gone all the same."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(seconds)
    os._exit(1)
