"""The books: entries are written once and never changed; a debt's running figures follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.books import Account, Effect, Entry, Held, Page, Share, effects
from bot.flows.ports.books import CreditHolder
from bot.store.planning import PlanningRows

#: Columns of `entry` in the order `entry_row` gives them.
ENTRY_COLUMNS = "case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key, at"

# With the ordinal, ids grow in the order of posting: reversals go newest first.
_POST = f"""
INSERT INTO entry ({ENTRY_COLUMNS})
SELECT n.case_id, n.debt_id, n.debit, n.credit, n.amount, n.currency, n.kind, %b, n.key, %b
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[],
            %b::text[], %b::text[])
    WITH ORDINALITY AS n(case_id, debt_id, debit, credit, amount, currency, kind, key, place)
ORDER BY n.place
"""

_FOLLOW = """
UPDATE debt d SET
    paid_minor = d.paid_minor + n.paid, fee_minor = d.fee_minor + n.fee,
    waived_minor = d.waived_minor + n.waived,
    interest_owed_minor = d.interest_owed_minor + n.interest_owed,
    fee_owed_minor = d.fee_owed_minor + n.fee_owed, updated_at = %b
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[])
    AS n(id, paid, fee, waived, interest_owed, fee_owed)
WHERE d.id = n.id
"""

# What a payment gave to each account of each debt, less what was taken back; newest last.
_SHARES = """
SELECT debt_id, CASE WHEN debit LIKE 'debt%%' THEN debit ELSE credit END AS account,
       sum(CASE WHEN credit LIKE 'debt%%' THEN amount_minor ELSE -amount_minor END)::bigint AS held
FROM entry WHERE case_id = %s AND source = %s AND debt_id IS NOT NULL AND kind <> 'withdrawn'
GROUP BY 1, 2 HAVING sum(CASE WHEN credit LIKE 'debt%%' THEN amount_minor ELSE -amount_minor END) > 0
ORDER BY max(id) FILTER (WHERE credit LIKE 'debt%%')
"""

_BALANCES = """
SELECT debt_id, account, sum(amount)::bigint FROM (
    SELECT CASE WHEN debit LIKE 'debt%%' THEN debt_id END AS debt_id, debit AS account,
           amount_minor AS amount FROM entry WHERE case_id = %(case)s
    UNION ALL
    SELECT CASE WHEN credit LIKE 'debt%%' THEN debt_id END, credit, -amount_minor
    FROM entry WHERE case_id = %(case)s) moves
GROUP BY 1, 2
"""


def entry_row(entry: Entry, *, source: str, at: datetime) -> tuple[Any, ...]:
    """Values in the order of ENTRY_COLUMNS."""
    return (
        entry.case_id,
        entry.debt_id,
        entry.debit.value,
        entry.credit.value,
        entry.amount_minor,
        entry.currency,
        entry.kind.value,
        source,
        entry.key,
        at,
    )


class BookRows(PlanningRows):
    """Implements `bot.flows.ports.books.BookStore`."""

    def post(self, entries: Sequence[Entry], *, source: str, at: datetime) -> None:
        """Write the entries and move the debts' figures by them. Keys must be new."""
        if not entries:
            return
        rows = [
            (e.case_id, e.debt_id, e.debit, e.credit, e.amount_minor, e.currency, e.kind, e.key)
            for e in entries
        ]
        columns = [list(map(_plain, column)) for column in zip(*rows, strict=True)]
        self._connection.execute(_POST, [source, at, *columns])
        self._follow(effects(entries), at)

    def _follow(self, moved: Mapping[int, Effect], at: datetime) -> None:
        if not moved:
            return
        values = [
            (
                debt,
                e.paid_minor,
                e.fee_minor,
                e.waived_minor,
                e.interest_owed_minor,
                e.fee_owed_minor,
            )
            for debt, e in sorted(moved.items())
        ]
        self._connection.execute(
            _FOLLOW, [at, *(list(column) for column in zip(*values, strict=True))]
        )

    def posted(self, source: str, case_id: int) -> int:
        """How many entries the books of the case have from `source`."""
        row = self._connection.execute(
            "SELECT count(*) FROM entry WHERE case_id = %s AND source = %s", [case_id, source]
        ).fetchone()
        return int(row[0]) if row else 0

    def known_key(self, case_id: int, prefix: str) -> bool:
        """Whether an entry of the case has a key that begins so."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT FROM entry WHERE case_id = %s AND starts_with(key, %s))",
            [case_id, prefix],
        ).fetchone()
        return bool(row and row[0])

    def page(self, case_id: int) -> Page:
        """Whose books. Raises LookupError."""
        row = self._connection.execute(
            "SELECT id, currency FROM cases WHERE id = %s", [case_id]
        ).fetchone()
        if row is None:
            raise LookupError(f"no case {case_id}")
        return Page(*row)

    def balances(self, case_id: int) -> dict[tuple[int | None, Account], int]:
        """Debits less credits by (debt, account) of a case."""
        rows = self._connection.execute(_BALANCES, {"case": case_id}).fetchall()
        return {(debt_id, Account(account)): amount for debt_id, account, amount in rows}

    def held(self, payment_id: int) -> Held:
        """What the payment still holds."""
        row = self._connection.execute(
            "SELECT case_id, credit_minor FROM payment WHERE id = %s", [payment_id]
        ).fetchone()
        assert row is not None
        case_id, credit = row
        rows = self._connection.execute(_SHARES, [case_id, f"payment:{payment_id}"]).fetchall()
        return Held(tuple(Share(debt, Account(of), amount) for debt, of, amount in rows), credit)

    def withdrawn(self, debt_ids: Sequence[int]) -> set[int]:
        """Those of the debts that the creditor no longer lists."""
        rows = self._connection.execute(
            "SELECT id FROM debt WHERE id = ANY(%s) AND settled_by IS NOT NULL", [list(debt_ids)]
        )
        return {row[0] for row in rows.fetchall()}

    def credit_holders(self, case_id: int) -> list[CreditHolder]:
        """Payments of the case with money that no debt took, the oldest first; rows locked."""
        rows = self._connection.execute(
            "SELECT id, credit_minor FROM payment WHERE case_id = %s AND credit_minor > 0 "
            "ORDER BY id FOR UPDATE",
            [case_id],
        )
        return [CreditHolder(*row) for row in rows.fetchall()]

    def allocate(self, payment_id: int, parts: Mapping[int, int]) -> None:
        """Change what the payment gives to each debt; below zero takes back."""
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO allocation (payment_id, debt_id, amount_minor) VALUES (%s, %s, %s) "
                "ON CONFLICT (payment_id, debt_id) DO UPDATE SET "
                "amount_minor = allocation.amount_minor + excluded.amount_minor",
                [(payment_id, debt_id, amount) for debt_id, amount in parts.items() if amount],
            )

    def change_payment(
        self,
        payment_id: int,
        *,
        credit: int = 0,
        refunded: int = 0,
        charged_back: int = 0,
        undone: int = 0,
    ) -> None:
        """Add to the payment's figures, minor units."""
        self._connection.execute(
            "UPDATE payment SET credit_minor = credit_minor + %s, "
            "refunded_minor = refunded_minor + %s, charged_back_minor = charged_back_minor + %s, "
            "undone_minor = undone_minor + %s WHERE id = %s",
            [credit, refunded, charged_back, undone, payment_id],
        )

    def expect_ledger(self, parts: Mapping[int, int], *, at: datetime) -> None:
        """Money was given back on these debts, and the creditor's ledger does not know it yet."""
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE debt SET reversed_minor = greatest(reversed_minor + %s, 0), "
                "updated_at = %s WHERE id = %s",
                [(amount, at, debt_id) for debt_id, amount in parts.items()],
            )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
