"""Alembic's entry point: compares with the tables of `bot.store`, connects where it is told.

`bot.app.migrate` hands over an open connection; the `alembic` command itself reads DATABASE_URL.
"""

import importlib
import os
import pkgutil

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

import bot.store


def main() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    address = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    with create_engine(address).connect() as fresh:
        migrate(fresh)


def migrate(connection: Connection) -> None:
    for module in pkgutil.walk_packages(bot.store.__path__, "bot.store."):
        importlib.import_module(module.name)
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_name=include_name,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """The queue's tables come from its library and are not ours to compare."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


main()
