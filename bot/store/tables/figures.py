"""What the dashboard counts, by day: kept so that a page never reads the history itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, text
from sqlmodel import Field, SQLModel

from bot.store.tables.books import BookEntry
from bot.store.tables.calls import Call
from bot.store.tables.cases import Case, CaseEvent, ContactPoint, Debt, Suppression
from bot.store.tables.columns import count, instant, minor
from bot.store.tables.desk import Handoff
from bot.store.tables.money import Promise
from bot.store.tables.pages import PageCheck
from bot.store.tables.touches import Attempt, VerdictRow

#: A row without a gap is the first of its kind in any period.
NO_GAP = 32767


def _part(kind: Any = Text, default: str = "") -> Any:
    """A column of the primary key."""
    column = Column(kind, primary_key=True, nullable=False, server_default=default)
    return Field(default=default, sa_column=column)


class Figure(SQLModel, table=True):
    """One count of one portfolio and day. Written anew as a whole, never added to.

    `gap` is the number of days since the same case was last counted in this measure: the rows of a
    period whose gap reaches back beyond its first day count every case once.
    """

    __tablename__ = "figure"
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )
    day: date = Field(sa_column=Column(Date, primary_key=True))
    measure: str = Field(sa_column=Column(Text, primary_key=True))
    tier: str = _part()
    channel: str = _part()
    script: str = _part()  #: `reminder.d6_20@3`
    detail: str = _part()
    number: int = _part(Integer, "0")
    gap: int = _part(Integer, str(NO_GAP))
    currency: str = _part()
    n: int = minor()
    amount: int = minor()  #: minor units, or what the measure says


class FigureRun(SQLModel, table=True):
    """When a day's figures were last computed, on the portfolio's clock."""

    __tablename__ = "figure_run"
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )
    day: date = Field(sa_column=Column(Date, primary_key=True))
    pace: str = Field(sa_column=Column(Text, primary_key=True))  #: quick or slow
    computed_at: datetime = instant()
    took_ms: int = count()


class CostRate(SQLModel, table=True):
    """What contact costs a portfolio, in thousandths of a minor unit of its currency."""

    __tablename__ = "cost_rate"
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )
    segment_milli: int = minor()  #: one SMS segment
    minute_milli: int = minor()  #: one started minute of a call
    handoff_milli: int = minor()  #: one hand-off that a collector took


def _by_time(name: str, table: type[SQLModel], *columns: str, where: str | None = None) -> None:
    """An index by which a day's rows are found."""
    found: Table = table.__table__  # type: ignore[attr-defined]
    Index(
        name,
        *(found.c[column] for column in columns),
        postgresql_where=None if where is None else text(where),
    )


_by_time("attempt_at", Attempt, "at")
_by_time("verdict_held_back", VerdictRow, "at", where="outcome <> 'allow'")
_by_time("promise_due_on", Promise, "due_on")
_by_time("promise_made_at", Promise, "made_at")
_by_time("handoff_opened_at", Handoff, "opened_at")
_by_time("dispute_raised_at", CaseEvent, "at", where="event = 'dispute_raised'")
_by_time("suppression_at", Suppression, "at")
_by_time("wrong_number_at", ContactPoint, "disabled_at", where="disabled = 'wrong_person'")
_by_time("call_verified_at", Call, "verified_at", where="verified_at IS NOT NULL")
_by_time("page_check_at", PageCheck, "at")
_by_time("debt_due_on", Debt, "due_on")
_by_time("cases_entered_at", Case, "portfolio_id", "entered_at")
# Entries are written in the order of their time: a few pages instead of an entry for each row.
Index("entry_at", BookEntry.__table__.c.at, postgresql_using="brin")  # type: ignore[attr-defined]
