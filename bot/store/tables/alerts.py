"""What the desk's messengers are told, and where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, document, flag, instant, key, ref, sealed, texts, words


class AlertChannel(SQLModel, table=True):
    """One group chat or mailbox of the desk. Its address holds a secret."""

    __tablename__ = "alert_channel"
    id: int | None = key()
    name: str = Field(unique=True)
    url_sealed: bytes = sealed()
    shown: str  #: the address with its secret covered
    kinds: list[str] = texts()
    test_too: bool = flag()  #: also what happens in test-mode portfolios
    quiet_from: int | None = None  #: minutes after midnight
    quiet_to: int | None = None
    zone: str = words(default="Asia/Shanghai")
    language: str = words(default="zh-CN")
    off: bool = flag()
    trouble: str | None = words(optional=True)  #: code of the last failure
    sent_at: datetime | None = instant(optional=True)
    created_by: int | None = ref("collector.id", optional=True)
    created_at: datetime = instant()


class Alert(SQLModel, table=True):
    """Something to tell, once. No personal data: numbers of rows, names of portfolios."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("kind", "subject"),)
    id: int | None = key()
    kind: str
    subject: str
    livemode: bool
    path: str = words(default="")  #: of the console's page
    data: dict[str, Any] = document()
    at: datetime = instant()


class AlertSending(SQLModel, table=True):
    """One alert for one channel."""

    __tablename__ = "alert_sending"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel_id"),
        Index(
            "alert_waiting",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    id: int | None = key()
    alert_id: int = ref("alert.id")
    channel_id: int = ref("alert_channel.id", index=True)
    state: str = words(default="waiting")  #: waiting, sent, failed
    tries: int = count()
    due_at: datetime = instant()
    sent_at: datetime | None = instant(optional=True)
