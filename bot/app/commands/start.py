"""How every command begins: settings, logs, database, and the product wired on top."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from bot.app import logging
from bot.app.database import make_engine, reach_database
from bot.app.migrate import require_newest
from bot.app.parts import Parts
from bot.app.settings import Settings, environment, load_settings


def settings_of_process() -> Settings:
    """Checked settings, and logs set up by them.

    Raises:
        Refusal: a setting is wrong or missing.
    """
    settings = load_settings(environment())
    logging.configure(settings.log_level, settings.log_format)
    return settings


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """An engine for the time of one command, without asking what the schema is."""
    with reach_database(settings.database_url, settings.data) as url:
        engine = make_engine(url, size=3, name="yuehuan-command")
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def product(settings: Settings, role: str) -> Iterator[tuple[str, Parts]]:
    """Database URL and wired parts, on a database that has the schema of this release.

    Raises:
        Refusal: the database has to be migrated first.
    """
    from bot.app.wiring import assemble  # noqa: PLC0415  (the wiring imports the whole product)

    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)
        with assemble(settings, url, role=role) as parts:
            yield url, parts


def require_schema(url: str) -> None:
    """Raises:
    Refusal: the database has to be migrated first.
    """
    engine = make_engine(url, size=1, name="yuehuan-check")
    try:
        with engine.connect() as connection:
            require_newest(connection)
    finally:
        engine.dispose()
