"""Sessions of the console, second factors, who sees which portfolio, and what a second person decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, document, instant, key, ref, sealed, words


class Session(SQLModel, table=True):
    """Somebody logged in on one browser. The browser has the token, we its keyed hash."""

    __tablename__ = "session"
    __table_args__ = (
        Index("session_open", "collector_id", postgresql_where=text("ended_at IS NULL")),
    )
    id: int | None = key()
    collector_id: int = ref("collector.id")
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    begun_at: datetime = instant()
    seen_at: datetime = instant()
    ended_at: datetime | None = instant(optional=True)
    ended_why: str | None = words(optional=True)
    address_sealed: bytes = sealed()
    agent: str = words(default="")


class LoginAddress(SQLModel, table=True):
    """Failed log-ins from one address, found by its keyed hash."""

    __tablename__ = "login_address"
    address_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    failures: int = count()
    failed_at: datetime = instant()
    locked_until: datetime | None = instant(optional=True)


class RecoveryCode(SQLModel, table=True):
    """Stands in once for the code of a lost telephone; only its keyed hash is kept."""

    __tablename__ = "recovery_code"
    collector_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("collector.id"), primary_key=True)
    )
    code_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    used_at: datetime | None = instant(optional=True)


class CollectorPortfolio(SQLModel, table=True):
    """A portfolio that somebody who does not see all may see."""

    __tablename__ = "collector_portfolio"
    collector_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("collector.id"), primary_key=True)
    )
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )


class Approval(SQLModel, table=True):
    """What one person asks and another decides. One that waits per subject."""

    __tablename__ = "approval"
    __table_args__ = (
        Index(
            "approval_waiting",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by OR outcome = 'withdrawn'",
            name="approval_second_person",
        ),
    )
    id: int | None = key()
    kind: str
    subject: str  #: what it is about, as its kind names it: an id, a code
    portfolio_id: int | None = ref("portfolio.id", optional=True)
    case_id: int | None = ref("cases.id", optional=True)
    data: dict[str, Any] = document()
    asked_by: int = ref("collector.id")
    asked_at: datetime = instant()
    decided_by: int | None = ref("collector.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    outcome: str | None = words(optional=True)  #: approved, declined, withdrawn
