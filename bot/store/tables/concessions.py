"""What a creditor grants: instalment plans, reductions, and the limits of both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, flag, instant, items, key, minor, ref, sealed, words


class Terms(SQLModel, table=True):
    """A portfolio's limits. Without a row nothing is granted without a second look."""

    __tablename__ = "terms"
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )
    most_periods: int = count()  #: 0: a debtor is offered no plan
    least_minor: int = minor()  #: of each instalment
    first_within_days: int = count(7)
    first_percent: int = count()  #: of the whole, due with the first instalment
    accept_by_rule: bool = flag()
    broken_after: int = count(2)  #: instalments missed at the same time
    reduction_minor: int = minor()  #: granted at once up to this
    reduction_percent: int = count()  #: and up to this share of what is owed
    fee_minor: int = minor()  #: most of the desk's own fees on one debt; 0: none


class InstalmentPlan(SQLModel, table=True):
    """A schedule of promises: proposed, then active until paid, broken or replaced."""

    __tablename__ = "instalment_plan"
    __table_args__ = (
        Index(
            "instalment_plan_once",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'active')"),
        ),
    )
    id: int | None = key()
    case_id: int = ref("cases.id", index=True)
    state: str = words(default="proposed")
    currency: str
    total_minor: int = minor()
    schedule: list[Any] = items()  #: [{"due_on": ISO day, "amount_minor": …}, …]
    broken_after: int = count(2)
    source: str = words(default="reply")  #: reply, page, collector
    reply_id: int | None = ref("reply.id", optional=True)
    proposed_at: datetime = instant()
    proposed_by: int | None = ref("collector.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = ref("collector.id", optional=True)  #: none: by the portfolio's rule
    ended_at: datetime | None = instant(optional=True)


class Instalment(SQLModel, table=True):
    """A promise that is part of a plan."""

    __tablename__ = "instalment"
    promise_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("promise.id"), primary_key=True)
    )
    plan_id: int = ref("instalment_plan.id", index=True)
    sequence: int  #: 1 = first


class Reduction(SQLModel, table=True):
    """A waiver somebody asked for. What was granted is a posting in the books."""

    __tablename__ = "reduction"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="reduction_above_zero"),
        CheckConstraint(
            "by_rule OR decided_by IS NULL OR decided_by <> asked_by",
            name="reduction_second_person",
        ),
        Index(
            "reduction_waiting",
            "case_id",
            postgresql_where=text("state IN ('asked', 'granted')"),
        ),
    )
    id: int | None = key()
    case_id: int = ref("cases.id", index=True)
    state: str = words(default="asked")  #: asked, granted, applied, declined, void, needless
    currency: str
    amount_minor: int = minor()
    reason: str
    note_sealed: bytes | None = sealed(optional=True)
    pay_by: date | None = None  #: valid only if `condition_minor` is paid by then
    condition_minor: int = minor()
    by_rule: bool = flag()  #: within the portfolio's limit, so nobody had to approve
    asked_by: int = ref("collector.id")
    asked_at: datetime = instant()
    decided_by: int | None = ref("collector.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
