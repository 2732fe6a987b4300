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
