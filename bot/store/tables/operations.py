"""What operators switch and upload."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from bot.store.tables.columns import count, document, flag, instant, key, ref, sealed, words


class Halt(SQLModel, table=True):
    """Nothing goes out for a portfolio, or at all where there is none, while it stands."""

    __tablename__ = "halt"
    __table_args__ = (
        Index(
            "halt_standing",
            text("coalesce(portfolio_id, 0)"),
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: int | None = key()
    portfolio_id: int | None = ref("portfolio.id", optional=True)
    kind: str
    reason: str = words()
    halted_by: int | None = ref("collector.id", optional=True)
    halted_at: datetime = instant()
    lifted_by: int | None = ref("collector.id", optional=True)
    lifted_at: datetime | None = instant(optional=True)


class LedgerUpload(SQLModel, table=True):
    """A ledger file that came through the console. The file itself goes as soon as it is done."""

    __tablename__ = "ledger_upload"
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id", index=True)
    file_name: str
    size: int  #: bytes
    content_sealed: bytes | None = sealed(optional=True)
    state: str = words(default="mapping")
    mapping: dict[str, Any] = document()  #: header key → column
    full_balance: bool = flag()
    settle_missing: bool = flag()
    step: str = words(default="")
    done: int = count()
    total: int | None = None
    report_sealed: bytes | None = sealed(optional=True)
    trouble: dict[str, Any] = document()  #: {"code": …, "details": {…}} of a file that was refused
    uploaded_by: int = ref("collector.id")
    uploaded_at: datetime = instant()
    changed_at: datetime = instant()
