"""Fixtures every test may use; the database is a real one, and each test has its own."""

import fcntl
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg_pool import ConnectionPool
from sqlalchemy import Engine

from bot.app.database import make_engine, open_pool
from bot.app.embedded.membership import Membership, join
from bot.app.migrate import upgrade

TEMPLATE = "template_yuehuan"
BROWSERS = ("chromium", "chromium-browser")
_numbers = itertools.count(1)

# A property is about values: a machine that is busy with something else must not fail it.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def _run_folder() -> Path:
    """One folder for all processes of a test run (pytest-xdist gives them a common name)."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"p{os.getpid()}")
    # Directly under the temporary folder: pytest's own folders are closed to the account that root
    # lends to PostgreSQL.
    return Path(tempfile.gettempdir()) / f"yuehuan-test-{run}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a build server the browser tests run or the build fails; elsewhere they may be skipped."""
    found = os.environ.get("CHROMIUM") or any(shutil.which(name) for name in BROWSERS)
    if os.environ.get("CI") and not found and any(i.get_closest_marker("browser") for i in items):
        raise pytest.UsageError("no Chromium for the browser tests: install it or set CHROMIUM")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The last process out removes the server's folder; xdist's workers are not the last."""
    if not hasattr(session.config, "workerinput"):
        uid = getattr(session.config, "_yuehuan_run", None)
        shutil.rmtree(_run_folder() if uid is None else uid, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """xdist's controller: remember the folder that its workers share."""
    run = node.workerinput["testrunuid"]  # type: ignore[attr-defined]
    node.config._yuehuan_run = Path(tempfile.gettempdir()) / f"yuehuan-test-{run}"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def logs_of_the_run() -> Iterator[None]:
    """A command sends all logs to the standard error of its test, which is closed with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = [each for each in root.handlers if each in handlers]
    root.setLevel(level)


@pytest.fixture(scope="session")
def server() -> Iterator[Membership]:
    """The embedded server, one for all processes of the run, without crash safety."""
    with join(_run_folder() / "postgres", durable=False) as membership:
        yield membership


@pytest.fixture(scope="session")
def template_database(server: Membership) -> str:
    """Name of a migrated, empty database to clone; made once in a run."""
    with (_run_folder() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
            made = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
            if made.fetchone() is None:
                admin.execute(f"CREATE DATABASE {TEMPLATE}_draft")
                engine = make_engine(server.url(f"{TEMPLATE}_draft"), size=2, name="migrate")
                upgrade(engine)
                engine.dispose()
                admin.execute(f"ALTER DATABASE {TEMPLATE}_draft RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture(scope="session")
def admin(server: Membership) -> Iterator[psycopg.Connection]:
    """A connection that may create and drop databases."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty_database_url(server: Membership, admin: psycopg.Connection) -> Iterator[str]:
    """URL of a database that was never migrated."""
    yield from _fresh_database(server, admin, "template1")


@pytest.fixture
def database_url(
    server: Membership, admin: psycopg.Connection, template_database: str
) -> Iterator[str]:
    """URL of this test's own migrated database; dropped afterwards with its connections."""
    yield from _fresh_database(server, admin, template_database)


def _fresh_database(server: Membership, admin: psycopg.Connection, template: str) -> Iterator[str]:
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.url(name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A psycopg connection in a transaction of its own; rolled back unless the test commits."""
    with psycopg.connect(database_url) as fresh:
        yield fresh
        fresh.rollback()


@pytest.fixture
def pool(database_url: str) -> Iterator[ConnectionPool]:
    """The pool as a process of the product opens it."""
    with open_pool(database_url, size=8, name="test") as opened:
        yield opened


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The SQLAlchemy engine as a process of the product makes it."""
    made = make_engine(database_url, size=4, name="test")
    yield made
    made.dispose()
