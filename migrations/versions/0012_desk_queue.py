"""Assigning, putting aside and pausing; saved filters; the desk is told of what changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

# Told once per case and transaction; PostgreSQL joins equal notes of one transaction.
_TELL = """
CREATE FUNCTION tell_desk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('desk', NEW.case_id::text);
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _handoffs()
    _notes()
    op.create_table(
        "desk",
        sa.Column("collector_id", sa.BigInteger(), nullable=False),
        sa.Column("taking", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["collector_id"], ["collector.id"]),
        sa.PrimaryKeyConstraint("collector_id"),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("collector_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("first", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["collector_id"], ["collector.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("collector_id", "name"),
    )
    _pauses()
    op.execute(_TELL)
    op.execute(
        "CREATE TRIGGER handoff_told AFTER INSERT OR UPDATE ON handoff "
        "FOR EACH ROW EXECUTE FUNCTION tell_desk()"
    )
    op.execute(
        "CREATE TRIGGER call_told AFTER UPDATE OF state ON call FOR EACH ROW "
        "WHEN (NEW.case_id IS NOT NULL AND OLD.state IS DISTINCT FROM NEW.state) "
        "EXECUTE FUNCTION tell_desk()"
    )


def _handoffs() -> None:
    for name in ("assigned_to", "assigned_at", "worked_at", "aside_until"):
        kind = sa.BigInteger() if name == "assigned_to" else sa.DateTime(timezone=True)
        op.add_column("handoff", sa.Column(name, kind, nullable=True))
    op.add_column(
        "handoff", sa.Column("passed", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.create_foreign_key(None, "handoff", "collector", ["assigned_to"], ["id"])
    op.execute("UPDATE handoff SET worked_at = claimed_at WHERE state = 'claimed'")
    for name, column, where in (
        ("handoff_held", "claimed_by", "state = 'claimed'"),
        ("handoff_meant", "assigned_to", "state = 'open' AND assigned_to IS NOT NULL"),
        ("handoff_aside", "aside_until", "aside_until IS NOT NULL"),
    ):
        op.create_index(name, "handoff", [column], postgresql_where=sa.text(where))


def _notes() -> None:
    op.drop_index("ix_note_case_id", "note")
    op.create_index("note_of_case", "note", ["case_id", "at"])


def _pauses() -> None:
    op.create_table(
        "pause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("collector_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["collector_id"], ["collector.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    running = sa.text("ended_at IS NULL")
    op.create_index("pause_once", "pause", ["case_id"], unique=True, postgresql_where=running)
    op.create_index("pause_over", "pause", ["resume_at"], postgresql_where=running)
