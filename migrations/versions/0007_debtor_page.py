"""The debtor's page: looks, visits, tries to verify, files."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.create_table(
        "page_look",
        _id("portfolio_id"),
        _words("colour"),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        _words("logo_type"),
        _words("bank_details"),
        _words("complaint_address"),
        _words("privacy"),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"]),
        sa.PrimaryKeyConstraint("portfolio_id"),
    )
    op.create_table(
        "link_visits",
        _id("link_id"),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        _at("last_at", optional=True),
        _at("verified_at", optional=True),
        sa.ForeignKeyConstraint(["link_id"], ["payment_link.id"]),
        sa.PrimaryKeyConstraint("link_id"),
    )
    # Links that were opened before visits were counted were opened once.
    op.execute(
        "INSERT INTO link_visits (link_id, visits, last_at) "
        "SELECT id, 1, opened_at FROM payment_link WHERE opened_at IS NOT NULL"
    )
    op.create_table(
        "page_check",
        _key(),
        _id("link_id"),
        _id("case_id"),
        _at("at"),
        sa.Column("passed", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["payment_link.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("page_check_of_case", "page_check", ["case_id", "at"])
    op.create_table(
        "upload",
        _key(),
        _id("case_id"),
        _id("reply_id"),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        _at("at"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("upload_of_case", "upload", ["case_id", "id"])
