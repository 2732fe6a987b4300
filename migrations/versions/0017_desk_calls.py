"""Calls that collectors place: when the debtor's telephone was dialled, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("call", sa.Column("dialed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("result", sa.Text(), nullable=True))
