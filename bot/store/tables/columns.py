"""Column kinds the tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field


def key() -> Any:
    """A 64-bit identity primary key."""
    return Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )


def ref(target: str, *, optional: bool = False, index: bool = False) -> Any:
    """A 64-bit foreign key to `table.column`."""
    column = Column(BigInteger, ForeignKey(target), nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def instant(*, optional: bool = False) -> Any:
    """A timestamp with time zone, UTC."""
    column: Column[datetime] = Column(DateTime(timezone=True), nullable=optional)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def minor(default: int = 0) -> Any:
    """An amount in minor units."""
    return Field(
        default=default,
        sa_column=Column(BigInteger, nullable=False, server_default=str(default)),
    )


def sealed(*, optional: bool = False) -> Any:
    """Text encrypted by `bot.store.seal`."""
    column = Column(LargeBinary, nullable=optional)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def words(*, optional: bool = False, default: str | None = None) -> Any:
    """Text of any length."""
    column = Column(Text, nullable=optional, server_default=default)
    return (
        Field(default=default, sa_column=column)
        if optional or default is not None
        else Field(sa_column=column)
    )


def texts() -> Any:
    """An array of texts, empty by default."""
    return Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )


def document() -> Any:
    """A JSON document, `{}` by default."""
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}"))


def items() -> Any:
    """A JSON list, `[]` by default."""
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]"))


def flag() -> Any:
    """False unless said otherwise."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="false"))


def on() -> Any:
    """True unless said otherwise."""
    return Field(default=True, sa_column=Column(Boolean, nullable=False, server_default="true"))


def count(default: int = 0) -> Any:
    """A small whole number with a default."""
    return Field(
        default=default, sa_column=Column(Integer, nullable=False, server_default=str(default))
    )
