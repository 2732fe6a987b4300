"""What portfolios word for themselves: drafts, versions kept for ever, and which of them was in use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from bot.store.tables.columns import count, document, instant, key, ref, words


class Wording(SQLModel, table=True):
    """A script as a portfolio words it: a draft until it is approved, then a version for ever."""

    __tablename__ = "wording"
    __table_args__ = (
        UniqueConstraint("script", "version", name="wording_version"),
        Index(
            "wording_draft",
            "portfolio_id",
            "script",
            unique=True,
            postgresql_where=text("version IS NULL"),
        ),
        Index("wording_of_portfolio", "portfolio_id", "script"),
        CheckConstraint("version IS NULL OR version > 1000", name="wording_own_version"),
        CheckConstraint(
            "(version IS NULL) = (approved_at IS NULL)", name="wording_version_approved"
        ),
    )
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id")
    script: str
    version: int | None = None  #: one number names one text, whichever portfolio's
    base: int  #: the version it was written over
    texts: dict[str, Any] = document()  #: by locale
    note: str = words(default="")  #: why
    revision: int = count(1)  #: of the draft: how often it was saved
    written_by: int = ref("collector.id")
    written_at: datetime = instant()
    changed_at: datetime = instant()
    approved_by: int | None = ref("collector.id", optional=True)
    approved_at: datetime | None = instant(optional=True)


class WordingUse(SQLModel, table=True):
    """From here on a portfolio uses this version; 0 is the product's text."""

    __tablename__ = "wording_use"
    __table_args__ = (Index("wording_use_of_portfolio", "portfolio_id", "script", "id"),)
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id")
    script: str
    version: int
    approval_id: int = ref("approval.id")
    at: datetime = instant()
