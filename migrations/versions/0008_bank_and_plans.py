"""Bank statements; instalment plans, reductions and their limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def _id(name: str = "id") -> sa.Column:
    identity = (sa.Identity(always=False),) if name == "id" else ()
    return sa.Column(name, sa.BigInteger(), *identity, nullable=False)


def _ref(name: str, target: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target), nullable=optional)


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _count(name: str, default: int = 0) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def _words(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _json(name: str, default: str) -> sa.Column:
    kind = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default=default, nullable=False)


def upgrade() -> None:
    _bank()
    _plans()
    _reductions()


def _bank() -> None:
    op.create_table(
        "bank_import",
        _id(),
        _ref("portfolio_id", "portfolio.id"),
        _text("bank"),
        _text("file_name"),
        _text("sha256"),
        _at("at"),
        _ref("collector_id", "collector.id", optional=True),
        _json("figures", "{}"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_bank_import_portfolio_id"), "bank_import", ["portfolio_id"])
    op.create_table(
        "bank_line",
        _id(),
        _ref("import_id", "bank_import.id"),
        _ref("portfolio_id", "portfolio.id"),
        _text("creditor_key"),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        _at("paid_at"),
        _minor("amount_minor"),
        _text("currency"),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        _words("state", "review"),
        _json("candidates", "[]"),
        _json("doubts", "[]"),
        _ref("decided_by", "collector.id", optional=True),
        _at("decided_at", optional=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("creditor_key", "identity_hash"),
    )
    op.create_index(op.f("ix_bank_line_import_id"), "bank_line", ["import_id"])
    op.create_index(
        "bank_line_waiting",
        "bank_line",
        ["portfolio_id", "id"],
        postgresql_where=sa.text("state = 'review'"),
    )
    op.create_table(
        "bank_share",
        _ref("payment_id", "payment.id"),
        _ref("line_id", "bank_line.id"),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.create_index(op.f("ix_bank_share_line_id"), "bank_share", ["line_id"])


def _plans() -> None:
    op.create_table(
        "terms",
        _ref("portfolio_id", "portfolio.id"),
        _count("most_periods"),
        _minor("least_minor"),
        _count("first_within_days", 7),
        _count("first_percent"),
        _flag("accept_by_rule"),
        _count("broken_after", 2),
        _minor("reduction_minor"),
        _count("reduction_percent"),
        sa.PrimaryKeyConstraint("portfolio_id"),
    )
    op.create_table(
        "instalment_plan",
        _id(),
        _ref("case_id", "cases.id"),
        _words("state", "proposed"),
        _text("currency"),
        _minor("total_minor"),
        _json("schedule", "[]"),
        _count("broken_after", 2),
        _words("source", "reply"),
        _ref("reply_id", "reply.id", optional=True),
        _at("proposed_at"),
        _ref("proposed_by", "collector.id", optional=True),
        _at("decided_at", optional=True),
        _ref("decided_by", "collector.id", optional=True),
        _at("ended_at", optional=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_instalment_plan_case_id"), "instalment_plan", ["case_id"])
    op.create_index(
        "instalment_plan_once",
        "instalment_plan",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'active')"),
    )
    op.create_table(
        "instalment",
        _ref("promise_id", "promise.id"),
        _ref("plan_id", "instalment_plan.id"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("promise_id"),
    )
    op.create_index(op.f("ix_instalment_plan_id"), "instalment", ["plan_id"])


def _reductions() -> None:
    op.create_table(
        "reduction",
        _id(),
        _ref("case_id", "cases.id"),
        _words("state", "asked"),
        _text("currency"),
        _minor("amount_minor"),
        _text("reason"),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pay_by", sa.Date(), nullable=True),
        _minor("condition_minor"),
        _flag("by_rule"),
        _ref("asked_by", "collector.id"),
        _at("asked_at"),
        _ref("decided_by", "collector.id", optional=True),
        _at("decided_at", optional=True),
        _at("ended_at", optional=True),
        sa.CheckConstraint("amount_minor > 0", name="reduction_above_zero"),
        sa.CheckConstraint(
            "by_rule OR decided_by IS NULL OR decided_by <> asked_by",
            name="reduction_second_person",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_reduction_case_id"), "reduction", ["case_id"])
    op.create_index(
        "reduction_waiting",
        "reduction",
        ["case_id"],
        postgresql_where=sa.text("state IN ('asked', 'granted')"),
    )
