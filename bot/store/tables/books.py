"""The double-entry ledger of the cases' money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant, words
from bot.store.tables.columns import key as identity

_CLAIMS = "('debt', 'debt_interest', 'debt_fee')"

#: What the money report sums, and nothing of a ledger's claims: the index stays small.
MONEY = (
    "debit IN ('received', 'waived', 'charged_back') "
    "OR credit IN ('received', 'refunded', 'charged_back', 'fee')"
)


class BookEntry(SQLModel, table=True):
    """One transfer between two accounts of one case (`bot.domain.books`). Never changed.

    The currency is the case's, by the foreign key. `source` names what caused it:
    `ledger:<import>`, `payment:<id>`, `collector:<id>` …
    """

    __tablename__ = "entry"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "currency"], ["cases.id", "cases.currency"]),
        CheckConstraint("amount_minor > 0", name="entry_moves_something"),
        CheckConstraint("debit <> credit", name="entry_has_two_accounts"),
        CheckConstraint(
            f"(debt_id IS NOT NULL) = (debit IN {_CLAIMS} OR credit IN {_CLAIMS})",
            name="entry_names_its_debt",
        ),
        Index("entry_of_case", "case_id"),
        Index("entry_of_money", "at", postgresql_where=text(MONEY)),
        Index("entry_of_debt", "debt_id", postgresql_where=text("debt_id IS NOT NULL")),
    )
    id: int | None = identity()
    case_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    debt_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey("debt.id"), nullable=True)
    )
    debit: str = words()
    credit: str = words()
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str
    kind: str = words()
    source: str = words()
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    at: datetime = instant()
