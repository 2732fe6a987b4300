"""People: sessions, second factors, portfolios, approvals; the trail found by person and case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def _ref(name: str, target: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target), nullable=optional)


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _bytes(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=optional)


def _words(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _flag(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default=default, nullable=False)


def upgrade() -> None:
    _collectors()
    _sessions()
    _approvals()
    op.create_index("audit_of_collector", "audit", ["collector_id", "id"])
    op.create_index("audit_of_case", "audit", ["case_id", "id"])
    op.create_index("audit_of_action", "audit", ["action", "id"])


def _collectors() -> None:
    for column in (
        _words("language", "zh-CN"),
        _words("theme", "auto"),
        _flag("all_portfolios", "true"),
        _flag("must_change", "false"),
        _at("failed_at", optional=True),
        _bytes("totp_sealed", optional=True),
        _flag("totp_on", "false"),
        sa.Column("totp_last", sa.BigInteger(), server_default="0", nullable=False),
    ):
        op.add_column("collector", column)
    op.create_table(
        "collector_portfolio",
        _ref("collector_id", "collector.id"),
        _ref("portfolio_id", "portfolio.id"),
        sa.PrimaryKeyConstraint("collector_id", "portfolio_id"),
    )
    op.create_table(
        "recovery_code",
        _ref("collector_id", "collector.id"),
        _bytes("code_hash"),
        _at("used_at", optional=True),
        sa.PrimaryKeyConstraint("collector_id", "code_hash"),
    )


def _sessions() -> None:
    op.create_table(
        "session",
        _key(),
        _ref("collector_id", "collector.id"),
        _bytes("token_hash"),
        _at("begun_at"),
        _at("seen_at"),
        _at("ended_at", optional=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        _bytes("address_sealed"),
        _words("agent", ""),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(
        "session_open",
        "session",
        ["collector_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "login_address",
        _bytes("address_hash"),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _at("failed_at"),
        _at("locked_until", optional=True),
        sa.PrimaryKeyConstraint("address_hash"),
    )


def _approvals() -> None:
    op.create_table(
        "approval",
        _key(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        _ref("portfolio_id", "portfolio.id", optional=True),
        _ref("case_id", "cases.id", optional=True),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        _ref("asked_by", "collector.id"),
        _at("asked_at"),
        _ref("decided_by", "collector.id", optional=True),
        _at("decided_at", optional=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by OR outcome = 'withdrawn'",
            name="approval_second_person",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "approval_waiting",
        "approval",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
