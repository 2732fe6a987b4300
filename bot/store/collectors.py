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

#: SQL on the table `collector`: whom calls can be put through to.
TAKES_CALLS = "on_duty AND NOT disabled AND phone_sealed IS NOT NULL"

# One statement, so that tries at the same instant are all counted.
_TRY = f"""
UPDATE collector SET failed_at = %(at)s,
    failed_logins = CASE WHEN failed_at >= %(since)s THEN failed_logins + 1 ELSE 1 END
WHERE login = %(login)s AND NOT disabled AND (locked_until IS NULL OR locked_until <= %(at)s)
RETURNING {COLUMNS}, failed_logins
"""

_COUNT_ADDRESS = """
INSERT INTO login_address AS a (address_hash, failures, failed_at) VALUES (%(hash)s, 1, %(at)s)
ON CONFLICT (address_hash) DO UPDATE SET failed_at = %(at)s,
    failures = CASE WHEN a.failed_at >= %(since)s THEN a.failures + 1 ELSE 1 END
RETURNING failures
"""


class CollectorRows(DeskRows):
    """Implements `bot.flows.ports.collectors.CollectorStore`."""

    def begin_login(
        self, login: str, *, at: datetime, since: datetime
    ) -> tuple[Person, int] | None:
        """Count a try; None for unknown, disabled and locked people."""
        values = {"login": login, "at": at, "since": since}
        row = self._connection.execute(_TRY, values).fetchone()
        return (as_person(row[:-1]), row[-1]) if row else None

    def lock_login(self, collector_id: int, until: datetime) -> None:
        """No try is judged before `until`."""
        self._connection.execute(
            "UPDATE collector SET locked_until = %s WHERE id = %s", [until, collector_id]
        )

    def end_login(self, collector_id: int, address: str) -> None:
        """Forget the failures, and take this try back from the address."""
        self._connection.execute(
            "UPDATE collector SET failed_logins = 0, locked_until = NULL WHERE id = %s",
            [collector_id],
        )
        if address:
            self._connection.execute(
                "UPDATE login_address SET failures = greatest(failures - 1, 0), "
                "locked_until = NULL WHERE address_hash = %s",
                [self._seal.index(address)],
            )

    def address_locked(self, address: str, *, at: datetime) -> datetime | None:
        """Until when nobody is let in from the address."""
        row = self._connection.execute(
            "SELECT locked_until FROM login_address WHERE address_hash = %s AND locked_until > %s",
            [self._seal.index(address), at],
        ).fetchone()
        return row[0] if row else None

    def count_address(self, address: str, *, at: datetime, since: datetime) -> int:
        """Count a try from an address."""
        values = {"hash": self._seal.index(address), "at": at, "since": since}
        row = self._connection.execute(_COUNT_ADDRESS, values).fetchone()
        assert row is not None
        return int(row[0])

    def lock_address(self, address: str, until: datetime) -> None:
        """No try from the address is judged before `until`."""
        self._connection.execute(
            "UPDATE login_address SET locked_until = %s WHERE address_hash = %s",
            [until, self._seal.index(address)],
        )

    def set_preferences(self, collector_id: int, *, language: str, theme: str) -> None:
        """How the console looks and speaks."""
        self._connection.execute(
            "UPDATE collector SET language = %s, theme = %s WHERE id = %s",
            [language, theme, collector_id],
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
            "UPDATE collector SET password_hash = %s, failed_logins = 0, locked_until = NULL, "
            "must_change = false WHERE id = %s",
            [password_hash, collector_id],
        )

    def must_change(self, collector_id: int) -> None:
        """The password was given by somebody else."""
        self._connection.execute(
            "UPDATE collector SET must_change = true WHERE id = %s", [collector_id]
        )

    def set_role(self, collector_id: int, role: str) -> None:
        """Another role."""
        self._connection.execute(
            "UPDATE collector SET role = %s WHERE id = %s", [role, collector_id]
        )

    def set_name(self, collector_id: int, name: str) -> None:
        """How colleagues read it."""
        self._connection.execute(
            "UPDATE collector SET name = %s WHERE id = %s", [name, collector_id]
        )

    def set_scope(self, collector_id: int, portfolios: Sequence[int] | None) -> None:
        """The portfolios the person may see; None for all."""
        self._connection.execute(
            "UPDATE collector SET all_portfolios = %s WHERE id = %s",
            [portfolios is None, collector_id],
        )
        self._connection.execute(
            "DELETE FROM collector_portfolio WHERE collector_id = %s", [collector_id]
        )
        self._connection.execute(
            "INSERT INTO collector_portfolio (collector_id, portfolio_id) "
            "SELECT %s, id FROM portfolio WHERE id = ANY(%s)",
            [collector_id, list(portfolios or ())],
        )

    def other_admins(self, collector_id: int) -> int:
        """Admins who may log in, besides this one; their rows are locked until the end."""
        rows = self._connection.execute(
            "SELECT id FROM collector WHERE role = 'admin' AND NOT disabled AND id <> %s "
            "ORDER BY id FOR UPDATE",
            [collector_id],
        ).fetchall()
        return len(rows)

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
