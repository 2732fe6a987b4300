"""What the web server loads: one exchange, one application, in one process."""

import os
import signal
import threading
import time

from flask import Flask

from sandbox.app import create_app
from sandbox.exchange import build
from sandbox.restore import restore
from sandbox.settings import Settings

PARENT = "SANDBOX_PARENT_PID"


def load() -> Flask:
    """Build from the environment; state comes back from the log."""
    if os.environ.get(PARENT):
        threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = Settings()
    exchange = build(settings)
    restore(exchange)
    exchange.journal.write("start", senders=settings.sender_list, account=settings.account_sid)
    return create_app(exchange)


def _end_with_parent() -> None:
    """The server runs in a child process; a killed parent must not leave it behind."""
    parent = int(os.environ[PARENT])
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGKILL)
