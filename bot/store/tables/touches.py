"""Planned contacts, the gate's verdicts, tries at the carrier, and the carrier's callbacks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, document, flag, instant, key, ref, sealed, words


class Touch(SQLModel, table=True):
    """One planned outbound contact. `key` makes a repeat impossible."""

    __tablename__ = "touch"
    __table_args__ = (
        Index("touch_due", "sender_id", "due_at", postgresql_where=text("state = 'planned'")),
        Index("touch_of_case", "case_id", "id"),
    )
    id: int | None = key()
    key: str = Field(unique=True)
    case_id: int = ref("cases.id")
    debtor_id: int = ref("debtor.id")
    portfolio_id: int = ref("portfolio.id")
    sender_id: int = ref("sender.id")
    contact_point_id: int = ref("contact_point.id")
    channel: str
    purpose: str
    script: str
    script_version: int
    tier: str | None = words(optional=True)
    rule: str | None = words(optional=True)
    anchor: date | None = None
    day: int | None = None
    segments: int = count(1)
    params: dict[str, Any] = document()  #: placeholder values beyond the case's facts
    due_at: datetime = instant()
    latest_at: datetime = instant()
    state: str = words(default="planned")
    reason: str | None = words(optional=True)
    reply_id: int | None = ref("reply.id", optional=True)
    created_at: datetime = instant()
    updated_at: datetime = instant()


class VerdictRow(SQLModel, table=True):
    """What the gate said about a touch, at planning or at sending, and what it saw."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index("verdict_of_case", "case_id", "id"),
        Index("verdict_of_touch", "touch_id"),
    )
    id: int | None = key()
    touch_id: int | None = ref("touch.id", optional=True)
    case_id: int = ref("cases.id")
    stage: str  #: plan | send
    outcome: str
    rule: str = words(default="")
    pack: str = words(default="")
    until: datetime | None = instant(optional=True)
    facts: dict[str, Any] = document()
    at: datetime = instant()


class Attempt(SQLModel, table=True):
    """One try at the carrier, committed as `sending` before the call.

    `token` names the attempt in the status-callback URL, so that a callback settles an
    ambiguous create. At most one attempt of a touch may have reached the carrier.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index("attempt_once", "touch_id", unique=True, postgresql_where=text("state <> 'refused'")),
        Index("attempt_of_debtor", "debtor_id", "at"),
        Index("attempt_of_case", "case_id"),
        Index(
            "attempt_unsettled",
            "at",
            postgresql_where=text("state IN ('sending', 'unknown')"),
        ),
    )
    id: int | None = key()
    token: str = Field(unique=True)
    touch_id: int = ref("touch.id")
    case_id: int = ref("cases.id")
    debtor_id: int = ref("debtor.id")
    contact_point_id: int = ref("contact_point.id")
    sender_id: int = ref("sender.id")
    channel: str
    purpose: str
    state: str
    provider_sid: str | None = Field(default=None, unique=True)
    error_code: str | None = words(optional=True)
    body_sealed: bytes = sealed()
    segments: int = count(1)
    script_version: int | None = None  #: what was sent; before it was kept, what was planned
    connected: bool = flag()
    at: datetime = instant()  #: on the clock of the portfolio
    called_at: datetime = instant()  #: on the real clock, for settling what is ambiguous
    updated_at: datetime = instant()


class Callback(SQLModel, table=True):
    """One status the carrier reported, once."""

    __tablename__ = "callback"
    __table_args__ = (UniqueConstraint("provider_sid", "status"),)
    id: int | None = key()
    provider_sid: str
    status: str
    error_code: str | None = words(optional=True)
    attempt_id: int | None = ref("attempt.id", optional=True)
    received_at: datetime = instant()
