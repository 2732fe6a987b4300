"""All tables, imported once so that `metadata` is complete for Alembic and the tests."""

from sqlmodel import SQLModel

from bot.store.tables import (
    bank,
    books,
    calls,
    cases,
    concessions,
    desk,
    ledger,
    money,
    pages,
    people,
    portfolios,
    queue,
    replies,
    touches,
)

metadata = SQLModel.metadata

__all__ = [
    "bank",
    "books",
    "calls",
    "cases",
    "concessions",
    "desk",
    "ledger",
    "metadata",
    "money",
    "pages",
    "people",
    "portfolios",
    "queue",
    "replies",
    "touches",
]
