"""A desk per test, and one that has lived a day for a whole module."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from desk_fixtures import desk, sandbox_process
from desk_kit import SandboxProcess, desk_in_hand
from lived_desk import Lived, live

from bot.app.embedded.membership import Membership
from bot.app.verify.log import read_log

__all__ = ["desk", "sandbox_process"]


@pytest.fixture(scope="module")
def lived(
    server: Membership,
    admin: psycopg.Connection,
    template_database: str,
    sandbox_process: SandboxProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Lived]:
    name = f"lived_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    url = server.url(name)
    with desk_in_hand(url, tmp_path_factory.mktemp("lived"), sandbox_process) as opened:
        cases = live(opened)
        yield Lived(url, read_log(sandbox_process.url, None) or [], cases)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
