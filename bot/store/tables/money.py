"""Promises, payments, how they were applied, and the links they came through."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant, key, minor, ref, words


class Promise(SQLModel, table=True):
    """A promise to pay. `amount_minor` is resolved when made (half, full → figure)."""

    __tablename__ = "promise"
    __table_args__ = (Index("promise_open", "due_on", postgresql_where=text("state = 'open'")),)
    id: int | None = key()
    case_id: int = ref("cases.id", index=True)
    due_on: date
    amount_minor: int = minor()
    paid_minor: int = minor()
    state: str = words(default="open")
    source: str = words(default="reply")
    reply_id: int | None = ref("reply.id", optional=True)
    made_at: datetime = instant()
    settled_at: datetime | None = instant(optional=True)


class Payment(SQLModel, table=True):
    """Money that arrived, once per provider reference.

    `amount_minor` = allocations + `credit_minor` + `refunded_minor` + `charged_back_minor`
    + `undone_minor`.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("provider", "provider_ref"),
        ForeignKeyConstraint(["case_id", "currency"], ["cases.id", "cases.currency"]),
        Index("payment_of_checkout", "reference", postgresql_where=text("reference <> ''")),
        Index(
            "payment_at_provider",
            "provider",
            "provider_payment",
            postgresql_where=text("provider_payment <> ''"),
        ),
    )
    id: int | None = key()
    case_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    portfolio_id: int = ref("portfolio.id")
    amount_minor: int = minor()
    credit_minor: int = minor()  #: beyond what was owed
    refunded_minor: int = minor()
    charged_back_minor: int = minor()  #: what was reinstated is taken off again
    currency: str
    provider: str
    provider_ref: str
    reference: str = words(default="")  #: ours, of the checkout
    provider_payment: str = words(default="")  #: the provider's id of the payment
    paid_at: datetime = instant()
    received_at: datetime = instant()
    debt_id: int | None = ref("debt.id", optional=True)  #: which it is for, where one was chosen
    undone_minor: int = minor()  #: booked by mistake, and taken off this case again


class Allocation(SQLModel, table=True):
    """The part of a payment that went to one debt."""

    __tablename__ = "allocation"
    payment_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("payment.id"), primary_key=True)
    )
    debt_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("debt.id"), primary_key=True, index=True)
    )
    amount_minor: int = minor()


class PaymentLink(SQLModel, table=True):
    """A link to the debtor's page. Only the token's hash is kept."""

    __tablename__ = "payment_link"
    id: int | None = key()
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    case_id: int = ref("cases.id", index=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(optional=True)
    opened_at: datetime | None = instant(optional=True)


class Checkout(SQLModel, table=True):
    """A payment somebody began at a provider; `reference` is ours and unguessable."""

    __tablename__ = "checkout"
    id: int | None = key()
    reference: str = Field(unique=True)
    case_id: int = ref("cases.id", index=True)
    link_id: int | None = ref("payment_link.id", optional=True)
    amount_minor: int = minor()
    currency: str
    provider: str
    provider_id: str | None = words(optional=True)
    state: str = words(default="open")
    created_at: datetime = instant()
    debt_id: int | None = ref("debt.id", optional=True)  #: the one the payer chose


class PaymentNotice(SQLModel, table=True):
    """A provider's notification, stored before it is acted on, once per event id."""

    __tablename__ = "payment_notice"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index("payment_notice_waiting", "provider", postgresql_where=text("outcome = 'waiting'")),
    )
    id: int | None = key()
    provider: str
    event_id: str
    kind: str
    reference: str
    amount_minor: int = minor()
    currency: str
    payment_id: str = words(default="")  #: the provider's id of the payment
    paid_at: datetime = instant()
    received_at: datetime = instant()
    outcome: str = words(default="stored")
