"""How every command begins: settings, logs, database, and the product wired on top.

Imports stand inside the functions: a command loads what it uses, and `--help` loads nothing.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.app.parts import Parts
    from bot.app.product import Product
    from bot.app.settings import Settings


def settings_of_process() -> Settings:
    """Checked settings, and logs set up by them.

    Raises:
        Refusal: a setting is wrong or missing.
    """
    from bot.app import logging
    from bot.app.settings import environment, load_settings

    settings = load_settings(environment())
    logging.configure(settings.log_level, settings.log_format)
    return settings


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """An engine for the time of one command, without asking what the schema is."""
    from bot.app.database import make_engine, reach_database

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
    from bot.app.database import reach_database
    from bot.app.wiring import assemble

    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)
        with assemble(settings, url, role=role) as parts:
            yield url, parts


@contextmanager
def flows(role: str) -> Iterator[Product]:
    """The product's flows for one command, with checked settings and schema.

    Raises:
        Refusal: a setting is wrong, or the database has to be migrated first.
    """
    from bot.app.database import reach_database
    from bot.app.product import open_product

    settings = settings_of_process()
    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)
        with open_product(settings, url, role=role) as product:
            yield product


def require_schema(url: str) -> None:
    """Raises:
    Refusal: the database has to be migrated first.
    """
    from bot.app.database import make_engine
    from bot.app.migrate import require_newest

    engine = make_engine(url, size=1, name="yuehuan-check")
    try:
        with engine.connect() as connection:
            require_newest(connection)
    finally:
        engine.dispose()
