"""The desk's figures by day, what contact costs, and the indexes by which a day is found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_INDEXES = (
    ("attempt_at", "attempt", ["at"], None),
    ("verdict_held_back", "verdict", ["at"], "outcome <> 'allow'"),
    ("promise_due_on", "promise", ["due_on"], None),
    ("promise_made_at", "promise", ["made_at"], None),
    ("handoff_opened_at", "handoff", ["opened_at"], None),
    ("dispute_raised_at", "case_event", ["at"], "event = 'dispute_raised'"),
    ("suppression_at", "suppression", ["at"], None),
    ("wrong_number_at", "contact_point", ["disabled_at"], "disabled = 'wrong_person'"),
    ("call_verified_at", "call", ["verified_at"], "verified_at IS NOT NULL"),
    ("page_check_at", "page_check", ["at"], None),
    ("debt_due_on", "debt", ["due_on"], None),
    ("cases_entered_at", "cases", ["portfolio_id", "entered_at"], None),
)


def upgrade() -> None:
    _figure()
    op.create_table(
        "figure_run",
        _portfolio(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("portfolio_id", "day", "pace"),
    )
    op.create_table(
        "cost_rate",
        _portfolio(),
        _whole("segment_milli"),
        _whole("minute_milli"),
        _whole("handoff_milli"),
        sa.PrimaryKeyConstraint("portfolio_id"),
    )
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, postgresql_where=sa.text(where) if where else None)
    op.create_index("entry_at", "entry", ["at"], postgresql_using="brin")


def _figure() -> None:
    words = ("tier", "channel", "script", "detail")
    op.create_table(
        "figure",
        _portfolio(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in words),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gap", sa.Integer(), server_default="32767", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        _whole("n"),
        _whole("amount"),
        sa.PrimaryKeyConstraint(
            "portfolio_id", "day", "measure", *words, "number", "gap", "currency"
        ),
    )


def _portfolio() -> sa.Column:
    return sa.Column("portfolio_id", sa.BigInteger(), sa.ForeignKey("portfolio.id"), nullable=False)


def _whole(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
