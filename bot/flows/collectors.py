"""The people of the desk: logging in with a wait after failures, adding, disabling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.lockout import OF_ACCOUNT, OF_ADDRESS
from bot.domain.phone import PhoneError, parse_phone
from bot.flows.ports.collectors import CollectorStore, Passwords, Person, Role
from bot.flows.ports.trail import BY_COMMAND
from bot.flows.ports.transactions import Clock, Transactions

#: NIST SP 800-63B 5.1.1.2 asks for at least 8 and no rules about kinds of characters.
SHORTEST, LONGEST = 10, 200

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class LoginError(ValueError):
    """Not logged in; `code` is `wrong`, `wrong_code`, or `locked`, which has `until`."""

    def __init__(self, code: str, until: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.until = until


class PersonError(ValueError):
    """A person cannot be added or changed.

    `code`: bad_login, taken, no_name, bad_role, short_password, long_password, unknown, bad_phone,
    no_phone, no_portfolio, wrong_password, same_password, self, last_admin, moved_on.
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
    at_terminal: bool = False  #: who types the commands is not known; the trail says so

    def log_in(self, login: str, password: str, address: str = "") -> Person:
        """The person; failures are counted before they are judged. Raises LoginError.

        Somebody with a second factor is not in yet: `SecondFactors.check` decides, and the
        failures stay counted until then. The hash is computed outside any transaction: it is slow
        on purpose.
        """
        login, now = login.strip().lower(), self.clock.real()
        with self.transactions() as store:
            person = try_login(store, login, address, now)
        hashed = person.password_hash if person else None
        right = self.passwords.matches(password[:LONGEST], hashed)
        if person is None or not right:
            if person is not None:
                self._tell(person.collector_id, "login_failed", now)
            raise LoginError("wrong")
        if not person.second_factor:
            self._let_in(person.collector_id, address, now)
        return person

    def change_password(self, collector_id: int, old: str, new: str, *, session: int) -> None:
        """One's own; every other session ends. Raises PersonError."""
        with self.transactions() as store:
            person = store.person(collector_id)
        hashed = person.password_hash if person else None
        if person is None or not self.passwords.matches(old[:LONGEST], hashed):
            raise PersonError("wrong_password")
        if old == new:
            raise PersonError("same_password")
        fresh, now = self._hashed(new), self.clock.real()
        with self.transactions() as store:
            store.set_password(collector_id, fresh)
            store.end_sessions(collector_id, "password", at=now, but=session)
            store.audit(collector_id, "change_password", None, {}, at=now)

    def prefer(self, collector_id: int, *, language: str, theme: str) -> None:
        """How the console looks and speaks to one person."""
        with self.transactions() as store:
            store.set_preferences(collector_id, language=language, theme=theme)

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
            self._typed(store, "add_person", added, {"role": role})
        return added

    def reset_password(self, login: str, password: str) -> None:
        """A new password; old sessions end and a lock is lifted. Raises PersonError."""
        hashed = self._hashed(password)
        with self.transactions() as store:
            collector_id = self._named(store, login).collector_id
            store.set_password(collector_id, hashed)
            store.end_sessions(collector_id, "password", at=self.clock.real())
            self._typed(store, "reset_password", collector_id)

    def disable(self, login: str) -> int:
        """No log-in any more; what the person held goes back to the queue: returns how many."""
        with self.transactions() as store:
            person = self._named(store, login)
            store.set_disabled(person.collector_id, disabled=True)
            store.set_duty(person.collector_id, on=False)
            store.end_sessions(person.collector_id, "disabled", at=self.clock.real())
            released = store.release_claims(person.collector_id)
            self._typed(store, "disable_person", person.collector_id, {"released": released})
            return released

    def enable(self, login: str) -> None:
        """May log in again. Raises PersonError."""
        with self.transactions() as store:
            person = self._named(store, login).collector_id
            store.set_disabled(person, disabled=False)
            self._typed(store, "enable_person", person)

    def set_role(self, login: str, role: str) -> None:
        """Another role. Raises PersonError."""
        if role not in set(Role):
            raise PersonError("bad_role")
        with self.transactions() as store:
            person = self._named(store, login)
            store.set_role(person.collector_id, role)
            data = {"from": person.role.value, "to": role}
            self._typed(store, "set_role", person.collector_id, data)

    def set_portfolios(self, login: str, codes: Sequence[str] | None) -> None:
        """Which portfolios the person sees, by code; None for all. Raises PersonError."""
        with self.transactions() as store:
            found = None if codes is None else [store.portfolio_id(code) for code in codes]
            if found is not None and None in found:
                raise PersonError("no_portfolio")
            known = None if found is None else [each for each in found if each is not None]
            person = self._named(store, login).collector_id
            store.set_scope(person, known)
            told = "all" if known is None else sorted(known)
            self._typed(store, "set_portfolios", person, {"portfolios": told})

    def end_sessions(self, login: str) -> int:
        """Log the person out everywhere; returns how many sessions were open. Raises PersonError."""
        with self.transactions() as store:
            collector_id = self._named(store, login).collector_id
            ended = store.end_sessions(collector_id, "ended", at=self.clock.real())
            self._typed(store, "end_sessions", collector_id, {"sessions": ended})
            return ended

    def set_phone(self, login: str, phone: str, region: str) -> str:
        """Where calls are put through to; empty takes it away. Returns it in E.164.

        Raises PersonError.
        """
        try:
            number = parse_phone(phone, region).e164 if phone.strip() else None
        except PhoneError as wrong:
            raise PersonError("bad_phone") from wrong
        with self.transactions() as store:
            person = self._named(store, login).collector_id
            store.set_phone(person, number)
            self._typed(store, "set_phone", person)
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
            what = "on_duty" if on else "off_duty"
            if self.at_terminal:
                self._typed(store, what, collector_id)
            else:
                store.audit(collector_id, what, None, {}, at=now)

    def duty_of(self, login: str, *, on: bool) -> None:
        """The same by log-in name. Raises PersonError."""
        with self.transactions() as store:
            collector_id = self._named(store, login).collector_id
        self.set_duty(collector_id, on=on)

    def _let_in(self, collector_id: int, address: str, now: datetime) -> None:
        with self.transactions() as store:
            store.end_login(collector_id, address)
            store.audit(collector_id, "login", None, {}, at=now)

    def _tell(self, collector_id: int, action: str, now: datetime) -> None:
        with self.transactions() as store:
            store.audit(collector_id, action, None, {}, at=now)

    def _typed(
        self,
        store: CollectorStore,
        action: str,
        person: int,
        data: Mapping[str, object] | None = None,
    ) -> None:
        """A line for what a command did; what a page does is told by `People`."""
        if self.at_terminal:
            told = {"by": BY_COMMAND, "person": person, **(data or {})}
            store.audit(None, action, None, told, at=self.clock.real())

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


def try_login(store: CollectorStore, login: str, address: str, now: datetime) -> Person | None:
    """Count a try of account and address; None for unknown and disabled people.

    Raises LoginError while either has to wait.
    """
    until = store.address_locked(address, at=now) if address else None
    if until is not None:
        raise LoginError("locked", until)
    if address:
        failures = store.count_address(address, at=now, since=now - OF_ADDRESS.memory)
        if wait := OF_ADDRESS.wait(failures):
            store.lock_address(address, now + wait)
    counted = store.begin_login(login, at=now, since=now - OF_ACCOUNT.memory)
    if counted is None:
        _refuse(store.person_named(login), now)
        return None
    person, failures = counted
    if wait := OF_ACCOUNT.wait(failures):
        store.lock_login(person.collector_id, now + wait)
    return person


def _refuse(person: Person | None, now: datetime) -> None:
    """Raises LoginError for somebody who has to wait; a disabled person reads like nobody."""
    until = None if person is None or person.disabled else person.locked_until
    if until is not None and until > now:
        raise LoginError("locked", until)
