"""Calls: their turns and recordings, senders that can call, collectors who can be called."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _id(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _words(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=default is None)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _count(name: str, default: int = 0) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _sealed(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=optional)


def upgrade() -> None:
    op.add_column("sender", _flag("voice"))
    op.add_column(
        "sender", sa.Column("calls_per_second", sa.Float(), server_default="1", nullable=False)
    )
    op.add_column("sender", _count("lines", 10))
    op.add_column("sender", _at("voice_paced_to", optional=True))
    op.add_column(
        "debtor",
        sa.Column(
            "answered_hours",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.add_column("collector", _sealed("phone_sealed", optional=True))
    op.add_column("collector", _flag("on_duty"))
    _calls()
    _turns()
    _recordings()


def _calls() -> None:
    op.create_table(
        "call",
        _key(),
        _id("attempt_id", optional=True),
        sa.Column("provider_sid", sa.String(), nullable=True),
        _words("direction", "outbound"),
        _id("sender_id"),
        _id("case_id", optional=True),
        _id("debtor_id", optional=True),
        _id("contact_point_id", optional=True),
        _sealed("caller_sealed", optional=True),
        _sealed("caller_hash", optional=True),
        _words("script", ""),
        _count("script_version"),
        _sealed("session_sealed", optional=True),
        _count("turn"),
        _words("state", "placed"),
        _words("outcome"),
        _words("answered_by"),
        _words("stop"),
        _flag("connected"),
        _at("verified_at", optional=True),
        _at("notice_at", optional=True),
        _words("transfer"),
        _at("queued_at", optional=True),
        _id("collector_id", optional=True),
        _sealed("whisper_sealed", optional=True),
        _at("placed_at"),
        _at("answered_at", optional=True),
        _at("ended_at", optional=True),
        _at("called_at"),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"]),
        sa.ForeignKeyConstraint(["sender_id"], ["sender.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"]),
        sa.ForeignKeyConstraint(["contact_point_id"], ["contact_point.id"]),
        sa.ForeignKeyConstraint(["collector_id"], ["collector.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("attempt_id"),
        sa.UniqueConstraint("provider_sid"),
    )
    op.create_index("call_of_case", "call", ["case_id", "id"])
    op.create_index("call_of_debtor", "call", ["debtor_id", "placed_at"])
    op.create_index(
        "call_running", "call", ["sender_id"], postgresql_where=sa.text("state <> 'ended'")
    )
    op.create_index(
        "call_queued", "call", ["queued_at"], postgresql_where=sa.text("transfer = 'queued'")
    )


def _turns() -> None:
    op.create_table(
        "call_turn",
        _key(),
        _id("call_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _at("at"),
        _words("step", ""),
        _sealed("said_sealed"),
        _sealed("heard_sealed", optional=True),
        sa.Column(
            "understood",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        _flag("detail"),
        _flag("verified"),
        _sealed("answer_sealed"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id", "number"),
    )


def _recordings() -> None:
    op.create_table(
        "recording",
        _key(),
        _id("call_id"),
        _id("case_id", optional=True),
        sa.Column("provider_sid", sa.String(), nullable=False),
        _count("seconds"),
        _at("at"),
        _at("keep_until"),
        _at("deleted_at", optional=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider_sid"),
    )
    op.create_index("ix_recording_call_id", "recording", ["call_id"])
    op.create_index("recording_of_case", "recording", ["case_id", "id"])
    op.create_index(
        "recording_kept",
        "recording",
        ["keep_until"],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
