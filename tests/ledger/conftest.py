"""A desk on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from ledger_desk import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the portfolio `loans`."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        made = Desk(connection, tmp_path)
        made.open_portfolio("loans")
        yield made
