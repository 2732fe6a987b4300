"""Cases and debtors that were merged into others, and where they went."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for table in ("cases", "debtor"):
        into = sa.Column(
            "merged_into", sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=True
        )
        op.add_column(table, into)
        op.create_index(
            f"{table}_merged",
            table,
            ["merged_into"],
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
    op.add_column("debtor", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        "case_merged_is_closed", "cases", "merged_into IS NULL OR state = 'closed'"
    )
