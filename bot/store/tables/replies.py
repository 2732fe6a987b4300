"""What debtors answered, stored before anything else happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import document, instant, key, ref, sealed, words


class Reply(SQLModel, table=True):
    """One inbound message. `state`: stored → handled | unmatched."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("reply_waiting", "id", postgresql_where=text("state = 'stored'")),
        Index("reply_of_case", "case_id", "id"),
        Index("reply_received", "received_at"),
    )
    id: int | None = key()
    provider_sid: str = Field(unique=True)
    channel: str
    to_address: str
    from_sealed: bytes = sealed()
    from_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body_sealed: bytes = sealed()
    opt_out_type: str | None = words(optional=True)
    received_at: datetime = instant()
    state: str = words(default="stored")
    handled_at: datetime | None = instant(optional=True)
    debtor_id: int | None = ref("debtor.id", optional=True)
    case_id: int | None = ref("cases.id", optional=True)
    contact_point_id: int | None = ref("contact_point.id", optional=True)
    understanding: dict[str, Any] = document()


class Correction(SQLModel, table=True):
    """What a collector says a reply means. Lines are only added: the newest of a reply stands.

    `before` is the reading the collector saw, `after` theirs; neither holds the debtor's words.
    `reply.understanding` stays what the engine read, so that it can be measured.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("correction_of_reply", "reply_id", "id"),)
    id: int | None = key()
    reply_id: int = ref("reply.id")
    collector_id: int = ref("collector.id")
    at: datetime = instant()
    before: dict[str, Any] = document()
    after: dict[str, Any] = document()
