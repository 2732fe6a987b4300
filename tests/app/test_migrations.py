"""Migrations lead from nothing, and from every earlier step, to exactly the tables of the code."""

import hashlib
import importlib
import pkgutil
import threading

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine
from sqlmodel import SQLModel

import bot.store
from bot.app.database import make_engine
from bot.app.errors import Refusal
from bot.app.migrate import current_revision, newest_revision, require_newest, upgrade

# Of procrastinate 3.10. When it changes, released databases need a migration that applies the
# library's own scripts (procrastinate/sql/migrations) to those that have the old schema.
QUEUE_SCHEMA = "c70ec4b400a60ad9"


def test_the_migrated_schema_is_the_one_the_code_describes(engine: Engine) -> None:
    for module in pkgutil.walk_packages(bot.store.__path__, "bot.store."):
        importlib.import_module(module.name)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_server_default": True,
                "include_name": lambda name, kind, _: (
                    not (kind == "table" and str(name).startswith("procrastinate_"))
                ),
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_an_empty_database_is_refused_until_it_is_upgraded(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, size=2, name="test")
    with engine.connect() as connection, pytest.raises(Refusal, match="yuehuan db upgrade"):
        require_newest(connection)
    assert upgrade(engine) == (None, newest_revision())
    assert upgrade(engine) == (newest_revision(), newest_revision())
    with engine.connect() as connection:
        require_newest(connection)
    engine.dispose()


def test_two_upgrades_at_once_are_one(empty_database_url: str) -> None:
    engines = [make_engine(empty_database_url, size=2, name="test") for _ in range(2)]
    answers: list[object] = []
    both = [threading.Thread(target=lambda e=e: answers.append(upgrade(e))) for e in engines]  # type: ignore[misc]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    head = newest_revision()
    assert sorted(answers, key=str) == [(head, head), (None, head)]
    with engines[0].connect() as connection:
        assert current_revision(connection) == head
    for engine in engines:
        engine.dispose()


def test_a_failing_migration_leaves_the_revision_before_it(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE TABLE procrastinate_jobs (in_the_way int)")
    engine = make_engine(empty_database_url, size=2, name="test")
    with pytest.raises(psycopg.errors.DuplicateTable):
        upgrade(engine)
    with engine.connect() as connection:
        assert current_revision(connection) is None
    engine.dispose()


def test_the_queue_library_still_has_the_schema_that_was_released() -> None:
    schema = SchemaManager.get_schema().encode()
    assert hashlib.sha256(schema).hexdigest().startswith(QUEUE_SCHEMA)
