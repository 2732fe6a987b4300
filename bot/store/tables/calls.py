"""Calls with their turns and recordings: what was said, heard and understood, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, document, flag, instant, key, ref, sealed, words


class Call(SQLModel, table=True):
    """One call, placed by us (then it belongs to one attempt) or received.

    `direction`: outbound (the bot), inbound, desk (a collector, who is called first and then put
    through; `outcome` and `seconds` tell of the debtor's side).

    `state`: placed → talking → ended. The session is the conversation engine's own value; it is
    written with every turn, so that any web process can go on with the call.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index("call_of_case", "case_id", "id"),
        Index("call_of_debtor", "debtor_id", "placed_at"),
        Index("call_running", "sender_id", postgresql_where=text("state <> 'ended'")),
        Index("call_queued", "queued_at", postgresql_where=text("transfer = 'queued'")),
        Index("call_begun", "called_at"),
    )
    id: int | None = key()
    attempt_id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("attempt.id"), nullable=True, unique=True),
    )
    provider_sid: str | None = Field(default=None, unique=True)
    direction: str = words(default="outbound")
    sender_id: int = ref("sender.id")
    case_id: int | None = ref("cases.id", optional=True)
    debtor_id: int | None = ref("debtor.id", optional=True)
    contact_point_id: int | None = ref("contact_point.id", optional=True)
    caller_sealed: bytes | None = sealed(optional=True)  #: who called us
    caller_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    script: str = words(default="")
    script_version: int = count()
    session_sealed: bytes | None = sealed(optional=True)
    turn: int = count()  #: the number of the last turn that was taken
    state: str = words(default="placed")
    outcome: str | None = words(optional=True)  #: bot.domain.vocabulary.CallOutcome
    answered_by: str | None = words(optional=True)  #: as the carrier heard it
    stop: str | None = words(optional=True)  #: what changed the case while the call ran, in order
    connected: bool = flag()  #: somebody spoke
    verified_at: datetime | None = instant(optional=True)
    notice_at: datetime | None = instant(optional=True)  #: recording was announced
    transfer: str | None = words(optional=True)  #: queued, dialing, talking, over
    queued_at: datetime | None = instant(optional=True)
    urgent: bool = flag()  #: somebody in danger: first in line
    collector_id: int | None = ref("collector.id", optional=True)
    whisper_sealed: bytes | None = sealed(optional=True)  #: what a collector hears first
    met_at: datetime | None = instant(optional=True)  #: the collector picked up
    dialed_at: datetime | None = instant(optional=True)  #: a collector's call went on to the debtor
    result: str | None = words(optional=True)  #: what the collector says came of it
    placed_at: datetime = instant()  #: on the clock of the portfolio
    answered_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    called_at: datetime = instant()  #: on the real clock, for lines that are never reported free
    seconds: int | None = None
    asked_at: datetime | None = instant(optional=True)  #: when the carrier was asked, real clock


class CallTurn(SQLModel, table=True):
    """One turn: the TwiML that was answered stands here, so that a repeat gets it again."""

    __tablename__ = "call_turn"
    __table_args__ = (UniqueConstraint("call_id", "number"),)
    id: int | None = key()
    call_id: int = ref("call.id")
    number: int
    at: datetime = instant()
    step: str = words(default="")
    said_sealed: bytes = sealed()
    heard_sealed: bytes | None = sealed(optional=True)
    understood: dict[str, Any] = document()
    detail: bool = flag()  #: the debt was named
    verified: bool = flag()  #: the person was verified before it was said
    answer_sealed: bytes = sealed()


class Recording(SQLModel, table=True):
    """A recording at the carrier, by reference."""

    __tablename__ = "recording"
    __table_args__ = (
        Index("recording_of_case", "case_id", "id"),
        Index("recording_kept", "keep_until", postgresql_where=text("deleted_at IS NULL")),
    )
    id: int | None = key()
    call_id: int = ref("call.id", index=True)
    case_id: int | None = ref("cases.id", optional=True)
    provider_sid: str = Field(unique=True)
    seconds: int = count()
    at: datetime = instant()
    keep_until: datetime = instant()
    deleted_at: datetime | None = instant(optional=True)
