"""A second factor at log-in: codes of a telephone (TOTP, RFC 6238), and recovery codes for its loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.flows.collectors import LoginError, try_login
from bot.flows.ports.collectors import CollectorStore, Person
from bot.flows.ports.transactions import Clock, Transactions

#: Enough for some lost telephones; a used one is gone.
RECOVERY_CODES = 10


class FactorError(ValueError):
    """The second factor was not changed. `code`: wrong_code, not_begun, on_already, not_on."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Codes(Protocol):
    """Time-based one-time codes."""

    def secret(self) -> str:
        """A new secret, base32."""
        ...

    def step(self, secret: str, code: str, at: datetime) -> int | None:
        """The time step, near `at`, whose code this is; None for a wrong one."""
        ...

    def address(self, secret: str, login: str) -> str:
        """What the telephone scans."""
        ...


class FactorStore(CollectorStore, Protocol):
    """One transaction on second factors."""

    def factor(self, collector_id: int) -> tuple[str, bool] | None:
        """The secret, and whether it is in use; the person's row locked."""
        ...

    def set_factor(self, collector_id: int, secret: str, *, on: bool) -> None:
        """A secret, in use or still to be confirmed."""
        ...

    def clear_factor(self, collector_id: int) -> None:
        """No second factor, and no recovery codes."""
        ...

    def use_step(self, collector_id: int, step: int) -> bool:
        """Take the step; False when it or a later one was used."""
        ...

    def set_recovery(self, collector_id: int, codes: Sequence[str]) -> None:
        """These, and none of the earlier ones."""
        ...

    def use_recovery(self, collector_id: int, code: str, *, at: datetime) -> bool:
        """Take the code; False when it is unknown or used."""
        ...

    def recovery_left(self, collector_id: int) -> int:
        """Recovery codes that are not used."""
        ...


@dataclass(frozen=True)
class SecondFactors:
    """`recovery` makes one recovery code."""

    transactions: Transactions[FactorStore]
    clock: Clock
    codes: Codes
    recovery: Callable[[], str]

    def begin(self, person: Person) -> tuple[str, str]:
        """A secret to be scanned, and its address. Raises FactorError when one is in use."""
        secret = self.codes.secret()
        with self.transactions() as store:
            known = store.factor(person.collector_id)
            if known is not None and known[1]:
                raise FactorError("on_already")
            store.set_factor(person.collector_id, secret, on=False)
        return secret, self.codes.address(secret, person.login)

    def pending(self, person: Person) -> tuple[str, str] | None:
        """The secret that waits for its first code, with its address."""
        with self.transactions() as store:
            known = store.factor(person.collector_id)
        if known is None or known[1]:
            return None
        return known[0], self.codes.address(known[0], person.login)

    def confirm(self, collector_id: int, code: str) -> list[str]:
        """The first code turns it on; returns the recovery codes. Raises FactorError."""
        now, fresh = self.clock.real(), [self.recovery() for _ in range(RECOVERY_CODES)]
        with self.transactions() as store:
            known = store.factor(collector_id)
            if known is None:
                raise FactorError("not_begun")
            if known[1]:
                raise FactorError("on_already")
            step = self.codes.step(known[0], code, now)
            if step is None or not store.use_step(collector_id, step):
                raise FactorError("wrong_code")
            store.set_factor(collector_id, known[0], on=True)
            store.set_recovery(collector_id, [bare(each) for each in fresh])
            store.audit(collector_id, "factor_on", None, {}, at=now)
        return fresh

    def renew_recovery(self, collector_id: int, code: str) -> list[str]:
        """New recovery codes for a right code. Raises FactorError."""
        now, fresh = self.clock.real(), [self.recovery() for _ in range(RECOVERY_CODES)]
        with self.transactions() as store:
            self._right(store, collector_id, code, now)
            store.set_recovery(collector_id, [bare(each) for each in fresh])
            store.audit(collector_id, "recovery_renewed", None, {}, at=now)
        return fresh

    def turn_off(self, collector_id: int, code: str) -> None:
        """For a right code. Raises FactorError."""
        now = self.clock.real()
        with self.transactions() as store:
            self._right(store, collector_id, code, now)
            store.clear_factor(collector_id)
            store.audit(collector_id, "factor_off", None, {}, at=now)

    def left(self, collector_id: int) -> int:
        """Recovery codes that are not used."""
        with self.transactions() as store:
            return store.recovery_left(collector_id)

    def check(self, login: str, code: str, address: str = "") -> Person:
        """The second step of logging in, counted like a password. Raises LoginError."""
        now = self.clock.real()
        with self.transactions() as store:
            person = try_login(store, login, address, now)
        if person is None or not person.second_factor:
            raise LoginError("wrong_code")
        with self.transactions() as store:
            used = self._used(store, person.collector_id, code, now)
            how = {"with": used} if used else {}
            action = "login" if used else "login_failed"
            store.audit(person.collector_id, action, None, how, at=now)
            if used:
                store.end_login(person.collector_id, address)
        if not used:
            raise LoginError("wrong_code")
        return person

    def _right(self, store: FactorStore, collector_id: int, code: str, now: datetime) -> None:
        known = store.factor(collector_id)
        if known is None or not known[1]:
            raise FactorError("not_on")
        if not self._used(store, collector_id, code, now):
            raise FactorError("wrong_code")

    def _used(self, store: FactorStore, collector_id: int, code: str, now: datetime) -> str:
        """`code` or `recovery` for what was taken; empty for a wrong one."""
        known = store.factor(collector_id)
        if known is None or not known[1]:
            return ""
        step = self.codes.step(known[0], code, now)
        if step is not None:
            return "code" if store.use_step(collector_id, step) else ""
        return "recovery" if store.use_recovery(collector_id, bare(code), at=now) else ""


def bare(code: str) -> str:
    """A code as it is compared: without the spaces and dashes it is read with."""
    return "".join(char for char in code.lower() if char.isalnum())
