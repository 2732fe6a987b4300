"""The big switch: nothing goes out for a portfolio, or at all, while a stop stands."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "halt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("portfolio_id", sa.BigInteger(), sa.ForeignKey("portfolio.id"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("halted_by", sa.BigInteger(), sa.ForeignKey("collector.id"), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.BigInteger(), sa.ForeignKey("collector.id"), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "halt_standing",
        "halt",
        [sa.text("coalesce(portfolio_id, 0)")],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
