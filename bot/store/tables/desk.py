"""Collectors, what was handed to them, their notes, and the trail of what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import (
    count,
    document,
    flag,
    instant,
    items,
    key,
    minor,
    on,
    ref,
    sealed,
    words,
)


class Collector(SQLModel, table=True):
    """A person who logs in to the console."""

    __tablename__ = "collector"
    id: int | None = key()
    login: str = Field(unique=True)
    name: str
    role: str = words(default="collector")
    password_hash: str
    disabled: bool = flag()
    phone_sealed: bytes | None = sealed(optional=True)  #: where calls are put through to
    on_duty: bool = flag()
    failed_logins: int = count()
    failed_at: datetime | None = instant(optional=True)  #: the latest failure
    locked_until: datetime | None = instant(optional=True)
    language: str = words(default="zh-CN")
    theme: str = words(default="auto")  #: auto, light, dark
    all_portfolios: bool = on()  #: else those of `collector_portfolio`
    must_change: bool = flag()  #: the password was given by somebody else
    totp_sealed: bytes | None = sealed(optional=True)
    totp_on: bool = flag()  #: the secret was confirmed with a code
    totp_last: int = minor()  #: the last step that was used, so that no code works twice


class Handoff(SQLModel, table=True):
    """A case given to a human. One that is open or claimed per case."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "handoff_once",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'claimed')"),
        ),
        Index(
            "handoff_queue",
            "priority",
            "due_at",
            postgresql_where=text("state IN ('open', 'claimed')"),
        ),
        Index(
            "handoff_held",
            "claimed_by",
            postgresql_where=text("state = 'claimed'"),
        ),
        Index(
            "handoff_meant",
            "assigned_to",
            postgresql_where=text("state = 'open' AND assigned_to IS NOT NULL"),
        ),
        Index("handoff_aside", "aside_until", postgresql_where=text("aside_until IS NOT NULL")),
    )
    id: int | None = key()
    case_id: int = ref("cases.id", index=True)
    portfolio_id: int = ref("portfolio.id")
    reason: str
    reasons: list[Any] = items()  #: every reason that came while it was open
    priority: int  #: 1 most urgent … 4
    opened_at: datetime = instant()
    due_at: datetime = instant()
    state: str = words(default="open")
    reply_id: int | None = ref("reply.id", optional=True)
    claimed_by: int | None = ref("collector.id", optional=True)
    claimed_at: datetime | None = instant(optional=True)
    assigned_to: int | None = ref("collector.id", optional=True)  #: whom it waits for
    assigned_at: datetime | None = instant(optional=True)
    worked_at: datetime | None = instant(optional=True)  #: its holder last did something
    aside_until: datetime | None = instant(optional=True)  #: its holder put it aside
    passed: list[Any] = items()  #: ids of those who gave it back or let it lapse
    closed_at: datetime | None = instant(optional=True)
    outcome: str | None = words(optional=True)


class Note(SQLModel, table=True):
    """What a collector wrote on a case."""

    __tablename__ = "note"
    __table_args__ = (Index("note_of_case", "case_id", "at"),)
    id: int | None = key()
    case_id: int = ref("cases.id")
    author_id: int = ref("collector.id")
    text_sealed: bytes = sealed()
    at: datetime = instant()


class Audit(SQLModel, table=True):
    """Who looked at or changed what."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_of_collector", "collector_id", "id"),
        Index("audit_of_case", "case_id", "id"),
        Index("audit_of_action", "action", "id"),
    )
    id: int | None = key()
    at: datetime = instant()
    collector_id: int | None = ref("collector.id", optional=True)
    action: str
    case_id: int | None = ref("cases.id", optional=True)
    data: dict[str, Any] = document()


class Alarm(SQLModel, table=True):
    """Something the desk must know: a stopped sender, expected work not done …"""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "alarm_standing",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )
    id: int | None = key()
    kind: str
    subject: str
    message: str
    at: datetime = instant()
    cleared_at: datetime | None = instant(optional=True)
