"""Ledger uploads, the register of complaints, and what the desk's messengers are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _ref(name: str, target: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target), nullable=optional)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def _words(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=default is None)


def _sealed(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=optional)


def _json(name: str) -> sa.Column:
    kind = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default="{}", nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _whole(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=optional)


def upgrade() -> None:
    _uploads()
    _complaints()
    _alerts()


def _uploads() -> None:
    op.create_table(
        "ledger_upload",
        _key(),
        _ref("portfolio_id", "portfolio.id"),
        _text("file_name"),
        _whole("size"),
        _sealed("content_sealed", optional=True),
        _words("state", "mapping"),
        _json("mapping"),
        _flag("full_balance"),
        _flag("settle_missing"),
        _words("step", ""),
        _count("done"),
        _whole("total", optional=True),
        _sealed("report_sealed", optional=True),
        _json("trouble"),
        _ref("uploaded_by", "collector.id"),
        _at("uploaded_at"),
        _at("changed_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_ledger_upload_portfolio_id"), "ledger_upload", ["portfolio_id"])


def _complaints() -> None:
    op.create_table(
        "complaint",
        _key(),
        _ref("portfolio_id", "portfolio.id"),
        _ref("case_id", "cases.id", optional=True),
        _ref("handoff_id", "handoff.id", optional=True),
        _text("source"),
        _words("kind", "other"),
        _at("received_at"),
        _at("due_at"),
        _text("rule"),
        _count("extended"),
        _words("extended_why"),
        _sealed("complainant_sealed", optional=True),
        _sealed("summary_sealed", optional=True),
        _ref("registered_by", "collector.id", optional=True),
        _at("registered_at"),
        _ref("taken_by", "collector.id", optional=True),
        _words("outcome"),
        _sealed("letter_sealed", optional=True),
        _ref("decided_by", "collector.id", optional=True),
        _at("decided_at", optional=True),
        _at("told_at", optional=True),
        _words("told_how"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name="complaint_outcome_named"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handoff_id"),
    )
    op.create_index(op.f("ix_complaint_case_id"), "complaint", ["case_id"])
    op.create_index(
        "complaint_open", "complaint", ["due_at"], postgresql_where=sa.text("told_at IS NULL")
    )
    op.create_index("complaint_received", "complaint", ["portfolio_id", "received_at"])
    op.create_table(
        "complaint_note",
        _key(),
        _ref("complaint_id", "complaint.id"),
        _ref("author_id", "collector.id"),
        _sealed("text_sealed"),
        _at("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_complaint_note_complaint_id"), "complaint_note", ["complaint_id"])


def _alerts() -> None:
    op.create_table(
        "alert_channel",
        _key(),
        _text("name"),
        _sealed("url_sealed"),
        _text("shown"),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        _flag("test_too"),
        _whole("quiet_from", optional=True),
        _whole("quiet_to", optional=True),
        _words("zone", "Asia/Shanghai"),
        _words("language", "zh-CN"),
        _flag("off"),
        _words("trouble"),
        _at("sent_at", optional=True),
        _ref("created_by", "collector.id", optional=True),
        _at("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "alert",
        _key(),
        _text("kind"),
        _text("subject"),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        _words("path", ""),
        _json("data"),
        _at("at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "subject"),
    )
    op.create_table(
        "alert_sending",
        _key(),
        _ref("alert_id", "alert.id"),
        _ref("channel_id", "alert_channel.id"),
        _words("state", "waiting"),
        _count("tries"),
        _at("due_at"),
        _at("sent_at", optional=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("alert_id", "channel_id"),
    )
    op.create_index(op.f("ix_alert_sending_channel_id"), "alert_sending", ["channel_id"])
    op.create_index(
        "alert_waiting",
        "alert_sending",
        ["due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
