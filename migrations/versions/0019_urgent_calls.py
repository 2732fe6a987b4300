"""Calls of people in danger: first in line for a collector."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column(
        "call", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
