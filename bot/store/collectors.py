"""The people of the desk, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.flows.ports.collectors import Person, Role
from bot.store.desk import DeskRows

#: Columns of `Person`, of the table `collector`.
COLUMNS = (
    "id, login, name, role, disabled, locked_until, password_hash, on_duty, "
    "phone_sealed IS NOT NULL, language, theme, must_change, totp_on, "
    "CASE WHEN NOT all_portfolios THEN coalesce((SELECT array_agg(portfolio_id ORDER BY portfolio_id) "
    "FROM collector_portfolio g WHERE g.collector_id = collector.id), '{}'::bigint[]) END"
)

# One statement, so that tries at the same instant are all counted. A lock that is over starts
# the count anew.
_TRY = f"""
UPDATE collector SET
    failed_logins = CASE WHEN locked_until IS NULL THEN failed_logins + 1 ELSE 1 END,
    locked_until = CASE WHEN locked_until IS NULL AND failed_logins + 1 >= %(limit)s
                   THEN %(until)s::timestamptz END
WHERE login = %(login)s AND NOT disabled AND (locked_until IS NULL OR locked_until <= %(at)s)
RETURNING {COLUMNS}
"""


class CollectorRows(DeskRows):
    """Implements `bot.flows.ports.collectors.CollectorStore`."""

    def begin_login(
        self, login: str, *, at: datetime, limit: int, lock_until: datetime
    ) -> Person | None:
        """Count a try; None for unknown, disabled and locked people."""
        values = {"login": login, "at": at, "limit": limit, "until": lock_until}
        return self._person(_TRY, values)

    def end_login(self, collector_id: int) -> None:
        """Forget the failures."""
        self._connection.execute(
            "UPDATE collector SET failed_logins = 0, locked_until = NULL WHERE id = %s",
            [collector_id],
        )

    def person(self, collector_id: int) -> Person | None:
        """By id."""
        return self._person(f"SELECT {COLUMNS} FROM collector WHERE id = %s", [collector_id])

    def person_named(self, login: str) -> Person | None:
        """By log-in name."""
        return self._person(f"SELECT {COLUMNS} FROM collector WHERE login = %s", [login])

    def people(self) -> Sequence[Person]:
        """Everybody, by log-in name."""
        rows = self._connection.execute(f"SELECT {COLUMNS} FROM collector ORDER BY login")
        return [as_person(row) for row in rows]

    def add_person(self, login: str, name: str, role: str, password_hash: str) -> int | None:
        """The new id; None when the name is taken."""
        row = self._connection.execute(
            "INSERT INTO collector (login, name, role, password_hash) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (login) DO NOTHING RETURNING id",
            [login, name, role, password_hash],
        ).fetchone()
        return int(row[0]) if row else None

    def set_password(self, collector_id: int, password_hash: str) -> None:
        """A new password, and no lock."""
        self._connection.execute(
            "UPDATE collector SET password_hash = %s, failed_logins = 0, locked_until = NULL "
            "WHERE id = %s",
            [password_hash, collector_id],
        )

    def set_disabled(self, collector_id: int, *, disabled: bool) -> None:
        """Whether the person may log in."""
        self._connection.execute(
            "UPDATE collector SET disabled = %s WHERE id = %s", [disabled, collector_id]
        )

    def set_phone(self, collector_id: int, phone: str | None) -> None:
        """Where calls are put through to; nobody without a telephone is on duty."""
        self._connection.execute(
            "UPDATE collector SET phone_sealed = %s, on_duty = on_duty AND %s WHERE id = %s",
            [self._seal.seal(phone) if phone else None, phone is not None, collector_id],
        )

    def set_duty(self, collector_id: int, *, on: bool) -> None:
        """Whether calls are put through."""
        self._connection.execute(
            "UPDATE collector SET on_duty = %s WHERE id = %s", [on, collector_id]
        )

    def release_claims(self, collector_id: int) -> int:
        """Everything the person holds goes back to the queue."""
        return self._connection.execute(
            "UPDATE handoff SET state = 'open', claimed_by = NULL, claimed_at = NULL, "
            "worked_at = NULL, aside_until = NULL "
            "WHERE state = 'claimed' AND claimed_by = %s",
            [collector_id],
        ).rowcount

    def _person(self, query: str, values: Any) -> Person | None:
        row = self._connection.execute(query, values).fetchone()
        return as_person(row) if row else None


def as_person(row: Sequence[Any]) -> Person:
    """A row of `COLUMNS`."""
    collector_id, login, name, role, *rest = row
    scope = rest.pop()
    person = Person(collector_id, login, name, Role(role), *rest)
    return person if scope is None else replace(person, scope=tuple(scope))
