"""The books: every transfer of a case's money, filled for what is there already."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_CLAIMS = "('debt', 'debt_interest', 'debt_fee')"
_OWED = (
    "CASE WHEN settled_by IS NULL "
    "THEN amount_minor + fee_minor - waived_minor - paid_minor ELSE 0 END"
)


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _words(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def upgrade() -> None:
    op.create_unique_constraint("cases_id_currency_key", "cases", ["id", "currency"])
    op.add_column("portfolio", _words("allocation", "oldest_due_first"))
    _debts()
    _payments()
    _entries()
    _fill()


def _debts() -> None:
    for name in (
        "interest_minor",
        "charges_minor",
        "fee_minor",
        "waived_minor",
        "interest_owed_minor",
        "fee_owed_minor",
        "reversed_minor",
    ):
        op.add_column("debt", _minor(name))
    owed = sa.Computed(_OWED, persisted=True)
    op.add_column("debt", sa.Column("owed_minor", sa.BigInteger(), owed, nullable=False))


def _payments() -> None:
    op.add_column("payment", _minor("refunded_minor"))
    op.add_column("payment", _minor("charged_back_minor"))
    op.add_column("payment", _words("reference", ""))
    op.add_column("payment", _words("provider_payment", ""))
    op.add_column("payment_notice", _words("payment_id", ""))
    op.drop_constraint("payment_case_id_fkey", "payment", type_="foreignkey")
    op.create_foreign_key(None, "payment", "cases", ["case_id", "currency"], ["id", "currency"])
    op.create_index(
        "payment_of_checkout", "payment", ["reference"], postgresql_where=sa.text("reference <> ''")
    )
    op.create_index(
        "payment_at_provider",
        "payment",
        ["provider", "provider_payment"],
        postgresql_where=sa.text("provider_payment <> ''"),
    )
    op.create_index(
        "payment_notice_waiting",
        "payment_notice",
        ["provider"],
        postgresql_where=sa.text("outcome = 'waiting'"),
    )


def _entries() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_id", sa.BigInteger(), nullable=True),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="entry_moves_something"),
        sa.CheckConstraint("debit <> credit", name="entry_has_two_accounts"),
        sa.CheckConstraint(
            f"(debt_id IS NOT NULL) = (debit IN {_CLAIMS} OR credit IN {_CLAIMS})",
            name="entry_names_its_debt",
        ),
        sa.ForeignKeyConstraint(["case_id", "currency"], ["cases.id", "cases.currency"]),
        sa.ForeignKeyConstraint(["debt_id"], ["debt.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("entry_of_case", "entry", ["case_id"])
    op.create_index(
        "entry_of_debt", "entry", ["debt_id"], postgresql_where=sa.text("debt_id IS NOT NULL")
    )


_COLUMNS = (
    "INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, "
    "key, at) "
)

# In the order in which it happened: claims, what was paid before, payments, what was withdrawn.
_HISTORY = (
    "SELECT d.case_id, d.id, 'debt', 'charged', d.amount_minor, c.currency, 'charged', "
    "'before_the_books', 'charged:' || d.id || ':debt', c.entered_at "
    "FROM debt d JOIN cases c ON c.id = d.case_id WHERE d.amount_minor > 0 ORDER BY d.id",
    "SELECT d.case_id, d.id, 'opening', 'debt', d.opening_paid_minor, c.currency, 'opening', "
    "'before_the_books', 'opening:' || d.id || ':debt', c.entered_at "
    "FROM debt d JOIN cases c ON c.id = d.case_id WHERE d.opening_paid_minor > 0 ORDER BY d.id",
    "SELECT p.case_id, d.id, 'received', 'debt', a.amount_minor, p.currency, 'payment', "
    "'payment:' || p.id, 'payment:' || p.id || ':' || d.id || ':debt', p.received_at "
    "FROM allocation a JOIN payment p ON p.id = a.payment_id JOIN debt d ON d.id = a.debt_id "
    "WHERE a.amount_minor > 0 ORDER BY p.id, d.due_on, d.id",
    "SELECT p.case_id, NULL, 'received', 'credit', p.credit_minor, p.currency, 'payment', "
    "'payment:' || p.id, 'payment:' || p.id || ':credit', p.received_at "
    "FROM payment p WHERE p.credit_minor > 0 ORDER BY p.id",
    "SELECT d.case_id, d.id, 'withdrawn', 'debt', d.amount_minor - d.paid_minor, c.currency, "
    "'withdrawn', d.settled_by, 'withdrawn:' || d.id || ':before_the_books:debt', d.updated_at "
    "FROM debt d JOIN cases c ON c.id = d.case_id "
    "WHERE d.settled_by IS NOT NULL AND d.amount_minor > d.paid_minor ORDER BY d.id",
)


def _fill() -> None:
    for history in _HISTORY:
        op.get_bind().exec_driver_sql(_COLUMNS + history)
    op.execute(
        "UPDATE payment p SET reference = n.reference FROM payment_notice n "
        "WHERE n.provider = p.provider AND n.event_id = p.provider_ref"
    )
