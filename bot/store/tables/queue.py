"""How collectors take hand-offs, what they keep of the list's filters, and pauses with an end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import document, flag, instant, key, ref, texts


class Desk(SQLModel, table=True):
    """How one collector takes hand-offs; no row: by hand only."""

    __tablename__ = "desk"
    collector_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("collector.id"), primary_key=True)
    )
    taking: bool = flag()  #: is assigned hand-offs now
    skills: list[str] = texts()  #: keys of bot/policy/desk.yaml
    capacity: int | None = None  #: None is the policy's


class SavedFilter(SQLModel, table=True):
    """A filter of the list that somebody gave a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("collector_id", "name"),)
    id: int | None = key()
    collector_id: int = ref("collector.id")
    name: str
    query: dict[str, Any] = document()
    first: bool = flag()  #: what the list opens with


class Pause(SQLModel, table=True):
    """A case the bot leaves alone until a day; one that runs per case."""

    __tablename__ = "pause"
    __table_args__ = (
        Index("pause_once", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("pause_over", "resume_at", postgresql_where=text("ended_at IS NULL")),
    )
    id: int | None = key()
    case_id: int = ref("cases.id")
    collector_id: int = ref("collector.id")
    until: date  #: the first day on which the bot may act again, in the portfolio's zone
    resume_at: datetime = instant()
    made_at: datetime = instant()
    ended_at: datetime | None = instant(optional=True)
