"""`python -m sandbox --port 8055 --data var/sandbox`: run the sandbox until SIGTERM or Ctrl-C."""

import argparse
import json
import logging
import os
import socket
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from pydantic import ValidationError

from sandbox.clock import SimClock
from sandbox.journal import Journal, LogInUseError
from sandbox.parent import stop_with_stdin
from sandbox.pay.keyring import Keyring
from sandbox.settings import Settings, complaints
from sandbox.wsgi import PARENT

THREADS = 64  # each hanging answer (a fault) holds one


def main() -> int:
    """Exit status: 0 after a clean stop, 2 when it cannot start (the reason is on stderr)."""
    try:
        given = _arguments()
        settings = _settings(given)
        if given.merchant:
            merchant = Keyring(settings.data).settings(settings.base_url)
            sys.stdout.write(json.dumps(merchant) + "\n")
            return 0
        _check_free(settings)
    except (ValidationError, LogInUseError, OSError) as error:
        lines = complaints(error) if isinstance(error, ValidationError) else [str(error)]
        sys.stderr.write("".join(f"sandbox: {line}\n" for line in lines))
        return 2
    if given.with_parent:
        stop_with_stdin()
    sys.stdout.write(_greeting(settings))
    sys.stdout.flush()
    _serve(settings)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", help="address to listen on (SANDBOX_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (SANDBOX_PORT, 8055)")
    parser.add_argument("--data", type=Path, help="folder of the log (SANDBOX_DATA, var/sandbox)")
    parser.add_argument(
        "--merchant", action="store_true", help="print the account at each provider, and end"
    )
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when stdin ends, as with a killed parent"
    )
    return parser.parse_args()


def _settings(arguments: argparse.Namespace) -> Settings:
    """Settings with the command line put into the environment, which the server process reads."""
    for name in ("host", "port", "data"):
        value = getattr(arguments, name)
        if value is not None:
            os.environ[f"SANDBOX_{name.upper()}"] = str(value)
    return Settings()


def _check_free(settings: Settings) -> None:
    """Raises LogInUseError or OSError, each saying what to change."""
    Journal(SimClock(), settings.data).close()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise OSError(
                f"{where} cannot be used ({error.strerror}); use another --port"
            ) from error


def _greeting(settings: Settings) -> str:
    base = settings.base_url
    return f"sandbox: handset {base}/  log {base}/log  REST {base}/2010-04-01\n"


def _serve(settings: Settings) -> None:
    logging.basicConfig(level=logging.WARNING, format="sandbox: %(message)s")
    os.environ[PARENT] = str(os.getpid())
    Granian(
        "sandbox.wsgi:load",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=3,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    sys.exit(main())
