"""What came in from ledger files and what each file changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from bot.store.tables.columns import document, instant, key, ref


class LedgerImport(SQLModel, table=True):
    """One import of one file."""

    __tablename__ = "ledger_import"
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id", index=True)
    file_name: str
    sha256: str
    at: datetime = instant()
    figures: dict[str, Any] = document()


class DebtChange(SQLModel, table=True):
    """A debt before and after an import touched it."""

    __tablename__ = "debt_change"
    id: int | None = key()
    debt_id: int = ref("debt.id", index=True)
    import_id: int | None = ref("ledger_import.id", optional=True)
    at: datetime = instant()
    before: dict[str, Any] = document()
    after: dict[str, Any] = document()
