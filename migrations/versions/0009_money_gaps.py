"""Money for a chosen debt; bank lines that were undone; fees' limit; entries found by day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# What the money report sums, and nothing of a ledger's claims: the index stays small.
_MONEY = (
    "debit IN ('received', 'waived', 'charged_back') "
    "OR credit IN ('received', 'refunded', 'charged_back', 'fee')"
)


def upgrade() -> None:
    for table in ("checkout", "payment"):
        chosen = sa.Column("debt_id", sa.BigInteger(), sa.ForeignKey("debt.id"), nullable=True)
        op.add_column(table, chosen)
    op.add_column("payment", _minor("undone_minor"))
    op.add_column("terms", _minor("fee_minor"))
    undone = sa.Column("undone", sa.Integer(), server_default="0", nullable=False)
    op.add_column("bank_line", undone)
    op.create_index("entry_of_money", "entry", ["at"], postgresql_where=sa.text(_MONEY))


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
