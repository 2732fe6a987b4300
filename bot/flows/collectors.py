"""The people of the desk: logging in with a lock after failures, adding, disabling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.phone import PhoneError, parse_phone
from bot.flows.ports.collectors import CollectorStore, Passwords, Person, Role
from bot.flows.ports.transactions import Clock, Transactions

#: Failures in a row that lock, and for how long (product choice; NIST SP 800-63B 5.2.2 asks for
#: a limit of at most 100).
FAILURES, LOCK = 5, timedelta(minutes=15)

#: NIST SP 800-63B 5.1.1.2 asks for at least 8 and no rules about kinds of characters.
SHORTEST, LONGEST = 10, 200

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class LoginError(ValueError):
    """Not logged in; `code` is `wrong` or `locked`, which has `until`."""

    def __init__(self, code: str, until: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.until = until


class PersonError(ValueError):
    """A person cannot be added or changed.

    `code`: bad_login, taken, no_name, bad_role, short_password, long_password, unknown, bad_phone,
    no_phone.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Collectors:
    """Who may work at the desk."""

    transactions: Transactions[CollectorStore]
    clock: Clock
    passwords: Passwords

    def log_in(self, login: str, password: str) -> Person:
        """The person; failures are counted before they are judged. Raises LoginError.

        The hash is computed outside any transaction: it is slow on purpose.
        """
        login, now = login.strip().lower(), self.clock.real()
        with self.transactions() as store:
            person = store.begin_login(login, at=now, limit=FAILURES, lock_until=now + LOCK)
            refused = None if person else store.person_named(login)
        hashed = person.password_hash if person else None
        right = self.passwords.matches(password[:LONGEST], hashed)
        if person is None:
            raise _refusal(refused, now)
        with self.transactions() as store:
            store.audit(person.collector_id, "login" if right else "login_failed", None, {}, at=now)
            if right:
                store.end_login(person.collector_id)
        if not right:
            raise LoginError("wrong")
        return person

    def people(self) -> Sequence[Person]:
        """Everybody, by log-in name."""
        with self.transactions() as store:
            return store.people()

    def add(self, login: str, name: str, role: str, password: str) -> int:
        """A new person's id. Raises PersonError."""
        login, name = login.strip().lower(), name.strip()
        if not _LOGIN.fullmatch(login):
            raise PersonError("bad_login")
        if not name:
            raise PersonError("no_name")
        if role not in set(Role):
            raise PersonError("bad_role")
        hashed = self._hashed(password)
        with self.transactions() as store:
            added = store.add_person(login, name, role, hashed)
        if added is None:
            raise PersonError("taken")
        return added

    def reset_password(self, login: str, password: str) -> None:
        """A new password; old sessions end and a lock is lifted. Raises PersonError."""
        hashed = self._hashed(password)
        with self.transactions() as store:
            collector_id = self._named(store, login).collector_id
            store.set_password(collector_id, hashed)
            store.end_sessions(collector_id, "password", at=self.clock.real())

    def disable(self, login: str) -> int:
        """No log-in any more; what the person held goes back to the queue: returns how many."""
        with self.transactions() as store:
            person = self._named(store, login)
            store.set_disabled(person.collector_id, disabled=True)
            store.set_duty(person.collector_id, on=False)
            store.end_sessions(person.collector_id, "disabled", at=self.clock.real())
            return store.release_claims(person.collector_id)

    def enable(self, login: str) -> None:
        """May log in again. Raises PersonError."""
        with self.transactions() as store:
            store.set_disabled(self._named(store, login).collector_id, disabled=False)

    def set_phone(self, login: str, phone: str, region: str) -> str:
        """Where calls are put through to; empty takes it away. Returns it in E.164.

        Raises PersonError.
        """
        try:
            number = parse_phone(phone, region).e164 if phone.strip() else None
        except PhoneError as wrong:
            raise PersonError("bad_phone") from wrong
        with self.transactions() as store:
            store.set_phone(self._named(store, login).collector_id, number)
        return number or ""

    def set_duty(self, collector_id: int, *, on: bool) -> None:
        """Go on or off duty: calls are put through, or no longer. Raises PersonError."""
        now = self.clock.real()
        with self.transactions() as store:
            person = store.person(collector_id)
            if person is None or person.disabled:
                raise PersonError("unknown")
            if on and not person.reachable:
                raise PersonError("no_phone")
            store.set_duty(collector_id, on=on)
            store.audit(collector_id, "on_duty" if on else "off_duty", None, {}, at=now)

    def duty_of(self, login: str, *, on: bool) -> None:
        """The same by log-in name. Raises PersonError."""
        with self.transactions() as store:
            collector_id = self._named(store, login).collector_id
        self.set_duty(collector_id, on=on)

    def _named(self, store: CollectorStore, login: str) -> Person:
        person = store.person_named(login.strip().lower())
        if person is None:
            raise PersonError("unknown")
        return person

    def _hashed(self, password: str) -> str:
        if len(password) < SHORTEST:
            raise PersonError("short_password")
        if len(password) > LONGEST:
            raise PersonError("long_password")
        return self.passwords.hash(password)


def _refusal(person: Person | None, now: datetime) -> LoginError:
    """A disabled person reads the same as an unknown one."""
    until = None if person is None or person.disabled else person.locked_until
    if until is not None and until > now:
        return LoginError("locked", until)
    return LoginError("wrong")
