"""Stopping with the program that started us, also when that one is killed."""

import os
import signal
import sys
import threading
import time

GIVE_UP_AFTER = 10.0  # seconds for the server to stop in order


def stop_with_stdin() -> None:
    """SIGTERM to ourselves when stdin ends: its other end is a pipe the parent holds, and the kernel
    closes it when the parent is gone, however it went."""
    threading.Thread(target=_wait_for_end, daemon=True, name="parent").start()


def _wait_for_end() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GIVE_UP_AFTER)
    os._exit(1)
