"""Debtors, their phones, cases, debts, and the events a case's state is replayed from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import (
    count,
    document,
    flag,
    instant,
    items,
    key,
    minor,
    ref,
    sealed,
    texts,
    words,
)

#: What a debt owes; a debt that the creditor withdrew owes nothing.
OWED = (
    "CASE WHEN settled_by IS NULL "
    "THEN amount_minor + fee_minor - waived_minor - paid_minor ELSE 0 END"
)


class Debtor(SQLModel, table=True):
    """One person or company, as one creditor knows it. Its row lock is the debtor's lane."""

    __tablename__ = "debtor"
    __table_args__ = (
        UniqueConstraint("creditor_key", "identity_hash"),
        Index("debtor_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    id: int | None = key()
    creditor_key: str
    identity_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name_sealed: bytes = sealed()
    id_tail_sealed: bytes | None = sealed(optional=True)
    locale: str = words(default="zh-CN")
    vulnerable: str | None = words(optional=True)
    deceased: bool = flag()
    attorney: bool = flag()
    stop_all: bool = flag()
    human_only: bool = flag()
    agreed_from: int | None = None
    agreed_to: int | None = None
    inconvenient: list[Any] = items()
    payday: int | None = None
    us_state: str | None = words(optional=True)
    answered_hours: list[Any] = items()  #: local hours in which calls were answered, newest last
    created_at: datetime = instant()
    merged_into: int | None = ref("debtor.id", optional=True)  #: the same person, known twice
    merged_at: datetime | None = instant(optional=True)


class ContactPoint(SQLModel, table=True):
    """A phone of the debtor or a legal guarantor; nobody else's can be stored."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("debtor_id", "phone_hash"),)
    id: int | None = key()
    debtor_id: int = ref("debtor.id")
    phone_sealed: bytes = sealed()
    phone_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    phone_masked: str
    kind: str
    region: str
    zones: list[str] = texts()
    owner: str = words(default="debtor")
    extension: str | None = words(optional=True)  #: digits behind a switchboard
    disabled: str | None = words(optional=True)
    disabled_at: datetime | None = instant(optional=True)
    consent_voice: bool = flag()
    checked_at: datetime | None = instant(optional=True)


class Suppression(SQLModel, table=True):
    """An opt-out of one number on one channel (or `all`). Survives every import."""

    __tablename__ = "suppression"
    __table_args__ = (
        Index(
            "suppression_in_force",
            "creditor_key",
            "phone_hash",
            "channel",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: int | None = key()
    creditor_key: str
    phone_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    channel: str
    source: str
    at: datetime = instant()
    lifted_at: datetime | None = instant(optional=True)


class Case(SQLModel, table=True):
    """One debtor in one portfolio and currency, with the open debts in it."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "debtor_id", "currency"),
        UniqueConstraint("id", "currency"),  # what money refers to, so that currencies never mix
        Index(
            "cases_to_check",
            "portfolio_id",
            "next_check_at",
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("cases_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        CheckConstraint("merged_into IS NULL OR state = 'closed'", name="case_merged_is_closed"),
    )
    id: int | None = key()
    portfolio_id: int = ref("portfolio.id")
    debtor_id: int = ref("debtor.id", index=True)
    currency: str
    state: str = words(default="active")
    entered_at: datetime = instant()
    next_check_at: datetime = instant()
    closed_at: datetime | None = instant(optional=True)
    returned_at: datetime | None = instant(optional=True)  #: a collector gave it back to the bot
    tier: str | None = words(optional=True)  #: as of the last check; for lists only
    late_count: int | None = None
    unclear_replies: int = count()
    last_reply_at: datetime | None = instant(optional=True)
    asked: dict[str, Any] = document()  #: what our last message asked and offered
    dispute_kind: str | None = words(optional=True)
    dispute_whole: bool = flag()
    event_seq: int = count()
    merged_into: int | None = ref("cases.id", optional=True)  #: never one that was merged itself


class CaseEvent(SQLModel, table=True):
    """One event of a case's life; the state is the fold of them in order of `seq`."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)
    id: int | None = key()
    case_id: int = ref("cases.id")
    seq: int
    at: datetime = instant()
    event: str
    state_before: str
    state_after: str
    actor: str
    data: dict[str, Any] = document()


class Debt(SQLModel, table=True):
    """One instalment or invoice. `paid_minor` = `opening_paid_minor` + allocations.

    `amount_minor`, `interest_minor` and `charges_minor` are the ledger's figures, the latter two
    parts of the first. The running figures after them are moved by the books alone.
    """

    __tablename__ = "debt"
    __table_args__ = (UniqueConstraint("portfolio_id", "contract", "ref"),)
    id: int | None = key()
    case_id: int = ref("cases.id", index=True)
    portfolio_id: int = ref("portfolio.id")
    contract: str
    ref: str
    sequence: int | None = None
    due_on: date
    amount_minor: int = minor()
    opening_paid_minor: int = minor()
    paid_minor: int = minor()
    interest_minor: int = minor()
    charges_minor: int = minor()
    fee_minor: int = minor()  #: charged by this desk, on top of the amount
    waived_minor: int = minor()
    interest_owed_minor: int = minor()  #: of what is outstanding
    fee_owed_minor: int = minor()
    reversed_minor: int = minor()  #: given back, and no ledger has said so yet
    settled_by: str | None = words(optional=True)  #: a full-balance file no longer lists it
    updated_at: datetime = instant()
    owed_minor: int = Field(
        default=None,
        sa_column=Column(BigInteger, Computed(OWED, persisted=True), nullable=False),
    )
