"""The product's web server and the bare view side by side: one machine, one database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psutil import Process

from bench import bare_web, load
from bench.book import Databases, environment, fill, free_port, settings_for
from bench.cost import Cost
from bot.app.settings import Settings
from bot.store.seal import Seal


@dataclass(frozen=True)
class Sides:
    """A desk of `cases` cases and the tables of the bare view, on two ports that are still free."""

    folder: Path
    url: str
    settings: Settings
    seal: Seal
    ports: dict[str, int]

    @classmethod
    def over(cls, server: Databases, cases: int) -> Sides:
        """Fills a new database."""
        ports = {"product": free_port(), "floor": free_port()}
        settings = settings_for(server.folder, ports["product"])
        seal = Seal(settings.field_keys, settings.hash_key)
        url = server.empty("desk")
        fill(url, seal, cases)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in bare_web.TABLES:
                connection.execute(statement)
        return cls(server.folder, url, settings, seal, ports)

    @contextmanager
    def served(self, **variables: str) -> Iterator[Cost]:
        """Both answer; their processor time is told. `variables` are settings of the product."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        port, bare = self.ports["product"], self.ports["floor"]
        given = environment(self.folder / "data", port, "http://127.0.0.1:1")
        given |= {"DATABASE_URL": self.url, "LOG_FORMAT": "json", **variables}
        floor = {"BARE_DATABASE_URL": self.url, "PORT": str(bare)}
        log = self.folder
        with (
            serving(["bot.app.cli", "web"], port, log / "product.log", **given) as product,
            serving(["bench.bare_web"], bare, log / "bare.log", **floor) as other,
        ):
            cost = Cost.at(self.url)
            cost.servers = {"product": Process(product), "floor": Process(other)}
            yield cost


@contextmanager
def serving(command: list[str], port: int, log: Path, **variables: str) -> Iterator[int]:
    """A web server as a process of its own, its log in a file; stopped by its pid, which it is."""
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, **variables}, stderr=file
        )
        try:
            _wait(port, process, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    request = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(900):
        if process.poll() is not None:
            raise SystemExit(f"the server did not start: {log.read_text()[-2000:]}")
        try:
            load.fire("127.0.0.1", port, [request], 1)
        except (OSError, SystemExit):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")
