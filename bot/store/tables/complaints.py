"""The register of complaints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from bot.store.tables.columns import count, instant, key, ref, sealed, words


class Complaint(SQLModel, table=True):
    """One complaint, from its receipt to the day the complainant was told the decision."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("handoff_id"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="complaint_outcome_named"),
        Index("complaint_open", "due_at", postgresql_where=text("told_at IS NULL")),
        Index("complaint_received", "portfolio_id", "received_at"),
    )
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id")
    case_id: int | None = ref("cases.id", optional=True, index=True)
    handoff_id: int | None = ref("handoff.id", optional=True)
    source: str  #: Source
    kind: str = words(default="other")  #: ComplaintKind
    received_at: datetime = instant()
    due_at: datetime = instant()
    rule: str  #: what the deadline comes from
    extended: int = count()  #: how often
    extended_why: str | None = words(optional=True)
    complainant_sealed: bytes | None = sealed(optional=True)
    summary_sealed: bytes | None = sealed(optional=True)
    registered_by: int | None = ref("collector.id", optional=True)
    registered_at: datetime = instant()
    taken_by: int | None = ref("collector.id", optional=True)
    outcome: str | None = words(optional=True)
    letter_sealed: bytes | None = sealed(optional=True)
    decided_by: int | None = ref("collector.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    told_at: datetime | None = instant(optional=True)
    told_how: str | None = words(optional=True)


class ComplaintNote(SQLModel, table=True):
    """What was found while a complaint was looked into."""

    __tablename__ = "complaint_note"
    id: int | None = key()
    complaint_id: int = ref("complaint.id", index=True)
    author_id: int = ref("collector.id")
    text_sealed: bytes = sealed()
    at: datetime = instant()
