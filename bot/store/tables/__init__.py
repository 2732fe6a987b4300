"""All tables, imported once so that `metadata` is complete for Alembic and the tests."""

from sqlmodel import SQLModel

from bot.store.tables import (
    alerts,
    bank,
    books,
    calls,
    cases,
    complaints,
    concessions,
    desk,
    ledger,
    money,
    operations,
    pages,
    people,
    portfolios,
    queue,
    replies,
    touches,
    wordings,
)

metadata = SQLModel.metadata

__all__ = [
    "alerts",
    "bank",
    "books",
    "calls",
    "cases",
    "complaints",
    "concessions",
    "desk",
    "ledger",
    "metadata",
    "money",
    "operations",
    "pages",
    "people",
    "portfolios",
    "queue",
    "replies",
    "touches",
    "wordings",
]
