"""Bank statements: imports, the credits they brought, and the payments these became."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, document, instant, items, key, minor, ref, sealed, words


class BankImport(SQLModel, table=True):
    """One import of one statement."""

    __tablename__ = "bank_import"
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id", index=True)
    bank: str
    file_name: str
    sha256: str
    at: datetime = instant()
    collector_id: int | None = ref("collector.id", optional=True)
    figures: dict[str, Any] = document()


class BankLine(SQLModel, table=True):
    """One credit, once per creditor. What payer and remark say is sealed."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("creditor_key", "identity_hash"),
        Index("bank_line_waiting", "portfolio_id", "id", postgresql_where=text("state = 'review'")),
    )
    id: int | None = key()
    import_id: int = ref("bank_import.id", index=True)
    portfolio_id: int = ref("portfolio.id")
    creditor_key: str
    identity_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    line: int
    paid_at: datetime = instant()
    amount_minor: int = minor()
    currency: str
    said_sealed: bytes = sealed()
    state: str = words(default="review")  #: review, applied, not_ours
    candidates: list[Any] = items()
    doubts: list[Any] = items()
    decided_by: int | None = ref("collector.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    undone: int = count()  #: how often it was applied and taken back


class BankShare(SQLModel, table=True):
    """A payment that a bank line became; several when it was split over cases."""

    __tablename__ = "bank_share"
    payment_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("payment.id"), primary_key=True)
    )
    line_id: int = ref("bank_line.id", index=True)
