"""Whom a message on a machine names; when a collector picked up, and when the carrier was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "portfolio", sa.Column("contact_name", sa.Text(), server_default="", nullable=False)
    )
    for name in ("met_at", "asked_at"):
        op.add_column("call", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index("call_begun", "call", ["called_at"])
