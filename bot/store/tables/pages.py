"""The debtor's page: a creditor's look, visits, tries to verify, files a debtor sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import count, flag, instant, key, ref, words


class PageLook(SQLModel, table=True):
    """How a portfolio's page looks and what stands at its foot; no row is the plain page."""

    __tablename__ = "page_look"
    portfolio_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("portfolio.id"), primary_key=True)
    )
    colour: str = words(default="")  #: `#0b7457`, readable under white letters
    logo: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    logo_type: str = words(default="")  #: image/png, image/jpeg or image/webp
    bank_details: str = words(default="")  #: lines: account name, number, bank
    complaint_address: str = words(default="")
    privacy: str = words(default="")  #: the creditor's own notice; empty is ours


class LinkVisits(SQLModel, table=True):
    """What people did with one link. A visit within half an hour of another is the same one."""

    __tablename__ = "link_visits"
    link_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("payment_link.id"), primary_key=True)
    )
    visits: int = count()
    last_at: datetime | None = instant(optional=True)
    verified_at: datetime | None = instant(optional=True)  #: first


class PageCheck(SQLModel, table=True):
    """One try to verify by the last four digits; the digits are not kept."""

    __tablename__ = "page_check"
    __table_args__ = (Index("page_check_of_case", "case_id", "at"),)
    id: int | None = key()
    link_id: int = ref("payment_link.id")
    case_id: int = ref("cases.id")
    at: datetime = instant()
    passed: bool = flag()


class Upload(SQLModel, table=True):
    """A file a debtor sent, sealed. Only collectors see it."""

    __tablename__ = "upload"
    __table_args__ = (Index("upload_of_case", "case_id", "id"),)
    id: int | None = key()
    case_id: int = ref("cases.id")
    reply_id: int = ref("reply.id")
    media_type: str  #: as its content says
    size: int  #: bytes
    content_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = instant()
