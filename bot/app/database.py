"""Reaching the database: the address, a pool for SQL, an engine for SQLModel."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import Connection
from psycopg_pool import ConnectionPool
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

UTC = "-c TimeZone=UTC"
CONNECT_TIMEOUT = 10  # seconds


@contextmanager
def reach_database(url: str | None, data: Path) -> Iterator[str]:
    """Yield a libpq URL that can be connected to for as long as the context lasts.

    Args:
        url: `DATABASE_URL`, or None for the embedded server.
        data: folder of the embedded server's home (`data/postgres`), made if absent.

    Raises:
        Refusal: the embedded server cannot be started.
    """
    if url:
        yield url
        return
    from bot.app.embedded.membership import join  # noqa: PLC0415  (needs a system with file locks)

    with join(data / "postgres") as membership:
        yield membership.url()


def open_pool(
    url: str, *, size: int, name: str, autocommit: bool = False, warm: int = 1
) -> ConnectionPool:
    """A pool of plain psycopg connections, times in UTC; close it when done.

    Args:
        size: the most connections it opens; `warm` are kept.
        name: shown in `pg_stat_activity`.
        autocommit: each statement is a transaction of its own, in one round trip instead of three;
            it is planned once, since planning takes longer than finding one row.
    """
    options = f"{UTC} -c plan_cache_mode=force_generic_plan" if autocommit else UTC
    pool = ConnectionPool(
        url,
        min_size=warm,
        max_size=size,
        name=name,
        kwargs={
            "application_name": name,
            "connect_timeout": CONNECT_TIMEOUT,
            "options": options,
            "autocommit": autocommit,
        },
        check=refuse_closed,
        open=False,
    )
    pool.open()
    return pool


def refuse_closed(connection: Connection) -> None:
    """Raise psycopg.OperationalError when the server has closed an idle connection.

    A server that ends a connection says so; only then it is asked, which costs a round trip.
    """
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    if said.poll(0):
        ConnectionPool.check_connection(connection)


def make_engine(url: str, *, size: int, name: str) -> Engine:
    """A SQLAlchemy engine over psycopg; it connects on first use.

    Args:
        size: the most connections it keeps and opens.
    """
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(
        address,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "application_name": name,
            "connect_timeout": CONNECT_TIMEOUT,
            "options": UTC,
        },
    )
