"""Making a data folder and the command line that serves it."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from bot.app.embedded.account import run_as
from bot.app.embedded.place import Place
from bot.app.embedded.state import write_private
from bot.app.errors import Refusal

SUPERUSER = "yuehuan"
DATABASE = "yuehuan"

# Never in the log: values of a row, which PostgreSQL puts into the DETAIL of an error and into the
# text of the statement that failed.
DISCREET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
# A test's data may vanish with the machine; a real ledger may not.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def ensure_cluster(place: Place, *, durable: bool) -> None:
    """Make the data folder unless it is there; an interrupted attempt leaves nothing half-made.

    Raises:
        Refusal: `initdb` failed (the message carries its last line), or a data folder is there
            whose password is not.
    """
    if place.data.exists():
        if not place.password_file.exists():
            raise Refusal(
                f"{place.data} is there, but its password {place.password_file} is not",
                "restore that file, or delete the data folder to begin with an empty one",
            )
        return
    fresh = place.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password = secrets.token_urlsafe(24)
    # The file is read by the lent account, hence inside the folder that will be its own.
    write_private(fresh / "password", password)
    if place.account:
        for path in (fresh, fresh / "password"):
            os.chown(path, place.account.uid, place.account.gid)
    _initialise(place, fresh, durable=durable)
    write_private(place.password_file, password)
    fresh.joinpath("password").unlink()
    (fresh / "cluster").rename(place.data)
    fresh.rmdir()


def serve_command(place: Place, port: int, *, durable: bool) -> list[str]:
    """The command that serves `place` on the loopback address alone, with passwords required."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "io_method": "sync",  # no processes of its own for reading; the data is small
        **DISCREET,
        **({} if durable else FORGETFUL),
    }
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return [str(place.programs / "postgres"), "-D", str(place.data), *words]


def _initialise(place: Place, fresh: Path, *, durable: bool) -> None:
    cluster = fresh / "cluster"
    command = [
        str(place.programs / "initdb"),
        f"--pgdata={cluster}",
        f"--username={SUPERUSER}",
        f"--pwfile={fresh / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Part of the server, hence the same on every machine, whatever its locales are.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        *([] if durable else ["--no-sync"]),
    ]
    _run(place, command)
    single = [str(place.programs / "postgres"), "--single", "-D", str(cluster), "template1"]
    _run(place, single, f"CREATE DATABASE {DATABASE};\n")


def _run(place: Place, command: list[str], statement: str = "") -> None:
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        command,
        check=False,
        input=statement,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        **run_as(place.account),
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Refusal(
            f"PostgreSQL could not make its data folder {place.data}: {last}",
            "give YUEHUAN_DATA a local folder with free space, or set DATABASE_URL",
        )
