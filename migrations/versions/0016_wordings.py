"""What portfolios word for themselves, which version holds, and which one an attempt sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _ref(name: str, target: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target), nullable=optional)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    op.add_column(
        "portfolio", sa.Column("wording", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("attempt", sa.Column("script_version", sa.Integer(), nullable=True))
    op.create_table(
        "wording",
        _key(),
        _ref("portfolio_id", "portfolio.id"),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column(
            "texts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        _ref("written_by", "collector.id"),
        _at("written_at"),
        _at("changed_at"),
        _ref("approved_by", "collector.id", optional=True),
        _at("approved_at", optional=True),
        sa.CheckConstraint("version IS NULL OR version > 1000", name="wording_own_version"),
        sa.CheckConstraint(
            "(version IS NULL) = (approved_at IS NULL)", name="wording_version_approved"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("script", "version", name="wording_version"),
    )
    op.create_index(
        "wording_draft",
        "wording",
        ["portfolio_id", "script"],
        unique=True,
        postgresql_where=sa.text("version IS NULL"),
    )
    op.create_index("wording_of_portfolio", "wording", ["portfolio_id", "script"])
    op.create_table(
        "wording_use",
        _key(),
        _ref("portfolio_id", "portfolio.id"),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _ref("approval_id", "approval.id"),
        _at("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wording_use_of_portfolio", "wording_use", ["portfolio_id", "script", "id"])
