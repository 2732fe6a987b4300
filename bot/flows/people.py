"""What an admin does with people: add, roles, portfolios, passwords, disabling. All on the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.rights import Role
from bot.flows.collectors import Collectors, PersonError
from bot.flows.ports.collectors import Person
from bot.flows.ports.people import PeopleStore
from bot.flows.ports.transactions import Clock, Transactions


@dataclass(frozen=True)
class People:
    """One method per button, each by an admin. All raise PersonError.

    `password` makes one that is read aloud once.
    """

    transactions: Transactions[PeopleStore]
    clock: Clock
    collectors: Collectors
    password: Callable[[], str]

    def add(
        self, by: int, login: str, name: str, role: str, portfolios: Sequence[int] | None
    ) -> tuple[int, str]:
        """A new person; their id and first password, which they have to change."""
        password = self.password()
        person = self.collectors.add(login, name, role, password)
        with self.transactions() as store:
            store.must_change(person)
            store.set_scope(person, portfolios)
            self._tell(store, by, "add_person", person, {"role": role, **_scope(portfolios)})
        return person, password

    def rename(self, by: int, person: int, name: str) -> None:
        """As colleagues read it."""
        if not name.strip():
            raise PersonError("no_name")
        with self.transactions() as store:
            self._known(store, person)
            store.set_name(person, name.strip())
            self._tell(store, by, "rename_person", person, {})

    def set_role(self, by: int, person: int, role: str) -> None:
        """Not one's own, and never away from the last admin."""
        if role not in set(Role):
            raise PersonError("bad_role")
        with self.transactions() as store:
            before = self._other(store, by, person)
            if before.role is Role.ADMIN and role != Role.ADMIN:
                self._keep_an_admin(store, person)
            store.set_role(person, role)
            data = {"from": before.role.value, "to": role}
            self._tell(store, by, "set_role", person, data)

    def set_portfolios(self, by: int, person: int, portfolios: Sequence[int] | None) -> None:
        """Which portfolios the person sees; None for all, also those to come."""
        with self.transactions() as store:
            self._known(store, person)
            store.set_scope(person, portfolios)
            self._tell(store, by, "set_portfolios", person, _scope(portfolios))

    def disable(self, by: int, person: int) -> int:
        """No log-in any more; returns how many hand-offs go back to the queue."""
        with self.transactions() as store:
            if self._other(store, by, person).role is Role.ADMIN:
                self._keep_an_admin(store, person)
            store.set_disabled(person, disabled=True)
            store.set_duty(person, on=False)
            store.end_sessions(person, "disabled", at=self.clock.real())
            released = store.release_claims(person)
            self._tell(store, by, "disable_person", person, {"released": released})
            return released

    def enable(self, by: int, person: int) -> None:
        """May log in again."""
        with self.transactions() as store:
            self._known(store, person)
            store.set_disabled(person, disabled=False)
            self._tell(store, by, "enable_person", person, {})

    def new_password(self, by: int, person: int) -> str:
        """A password to be changed at the next log-in; sessions end, a lock is lifted."""
        with self.transactions() as store:
            login = self._other(store, by, person).login
        password = self.password()
        self.collectors.reset_password(login, password)
        with self.transactions() as store:
            store.must_change(person)
            self._tell(store, by, "reset_password", person, {})
        return password

    def clear_factor(self, by: int, person: int) -> None:
        """For a lost telephone: the password alone opens again."""
        with self.transactions() as store:
            self._other(store, by, person)
            store.clear_factor(person)
            self._tell(store, by, "clear_factor", person, {})

    def set_phone(self, by: int, person: int, phone: str, region: str) -> None:
        """Where calls are put through to; empty takes it away."""
        with self.transactions() as store:
            login = self._known(store, person).login
        self.collectors.set_phone(login, phone, region)
        with self.transactions() as store:
            self._tell(store, by, "set_phone", person, {})

    def _known(self, store: PeopleStore, person: int) -> Person:
        found = store.person(person)
        if found is None:
            raise PersonError("unknown")
        return found

    def _other(self, store: PeopleStore, by: int, person: int) -> Person:
        """Somebody else: nobody takes their own rights away, or gives themselves more."""
        if by == person:
            raise PersonError("self")
        return self._known(store, person)

    def _keep_an_admin(self, store: PeopleStore, person: int) -> None:
        if not store.other_admins(person):
            raise PersonError("last_admin")

    def _tell(
        self, store: PeopleStore, by: int, action: str, person: int, data: Mapping[str, object]
    ) -> None:
        store.audit(by, action, None, {"person": person, **data}, at=self.clock.real())


def _scope(portfolios: Sequence[int] | None) -> dict[str, object]:
    return {"portfolios": "all" if portfolios is None else sorted(portfolios)}
