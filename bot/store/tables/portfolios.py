"""Creditors' books, the numbers they send from, and the clock of test mode."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, flag, instant, key, minor, ref, texts, words


class Sender(SQLModel, table=True):
    """One number at one carrier. A stopped sender sends nothing until somebody clears it."""

    __tablename__ = "sender"
    id: int | None = key()
    code: str = Field(unique=True)
    kind: str  #: SenderKind
    address: str  #: E.164, the desk's own number
    livemode: bool
    per_second: float = 1.0  #: segments the carrier takes per second
    paced_to: datetime | None = instant(optional=True)  #: its rate is used up until then
    voice: bool = flag()  #: may place and take calls
    calls_per_second: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    lines: int = count(10)  #: calls at a time
    voice_paced_to: datetime | None = instant(optional=True)
    stopped_reason: str | None = words(optional=True)
    stopped_at: datetime | None = instant(optional=True)


class Portfolio(SQLModel, table=True):
    """One creditor's book with its cadence, packs, sender, signature and zone."""

    __tablename__ = "portfolio"
    id: int | None = key()
    code: str = Field(unique=True)
    name: str
    creditor: str
    creditor_key: str = Field(index=True)  #: caps and opt-outs reach across its portfolios
    signature: str
    zone: str
    region: str
    currency: str
    cadence: str
    packs: list[str] = texts()
    collector_kind: str = words(default="first_party")
    livemode: bool
    sender_id: int = ref("sender.id")
    phone: str = words(default="")
    complaint_phone: str = words(default="")
    payee_account: str = words(default="")
    contact_name: str = words(default="")  #: whom a message left on a machine names
    grace_days: int = count(1)
    allocation: str = words(default="oldest_due_first")  #: how money is spread over debts
    paused: bool = flag()
    wording: int = minor()  #: newest row of `wording_use`: which own texts hold
    created_at: datetime = instant()


class TestClock(SQLModel, table=True):
    """How far the clock of test-mode portfolios stands from the real one. One row."""

    __tablename__ = "test_clock"
    id: int = Field(default=1, primary_key=True)
    offset_seconds: int = minor()
