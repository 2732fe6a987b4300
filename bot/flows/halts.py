"""The big switch: nothing goes out for one portfolio, or at all, until somebody lifts it.

Sending holds the barrier from before it commits attempts until the carrier has answered them. The
switch waits for the barrier before it writes, so nothing goes out once it has committed. It never
waits longer than `PATIENCE`: a carrier that does not answer must not keep the switch from working.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.flows.ports.halting import Halt, HaltKind, HaltStore
from bot.flows.ports.trail import BY_COMMAND
from bot.flows.ports.transactions import Clock, Transactions

#: A flight is at most 100 calls by 16 threads; carriers answer in tenths of seconds.
PATIENCE = timedelta(seconds=20)

#: Characters of a reason.
LONGEST_REASON = 200


class HaltError(ValueError):
    """Nothing was switched. `code`: no_reason, long_reason, unknown, stands, lifted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Halts:
    """Stops and lifts; live and test alike, on the real clock."""

    transactions: Transactions[HaltStore]
    clock: Clock

    def stop(self, code: str | None, by: int | None, reason: str) -> bool:
        """Let nothing go out for portfolio `code`, or at all (None).

        Returns True when nothing was on its way any more, False when a carrier had not answered in
        time: what it was given before may still arrive. Raises HaltError.
        """
        why = _reason(reason)
        with self.transactions() as store:
            book = _book(store, code)
            quiet = store.close_barrier(within=PATIENCE)
            now = self.clock.real()
            if not store.add_halt(book, HaltKind.SWITCH, why, by, at=now):
                raise HaltError("stands")
            told = {"portfolio": code or "*", "reason": why, "quiet": quiet}
            store.audit(by, "halt", None, {**_typed(by), **told}, at=now)
        return quiet

    def lift(self, code: str | None, by: int | None) -> None:
        """Let the desk contact again what is due. Raises HaltError."""
        now = self.clock.real()
        with self.transactions() as store:
            book = _book(store, code)
            if not store.lift_halt(book, by, at=now):
                raise HaltError("lifted")
            told = {**_typed(by), "portfolio": code or "*"}
            store.audit(by, "halt_lifted", None, told, at=now)

    def looked(self, by: int, what: str, told: Mapping[str, Any]) -> None:
        """A line of the trail: somebody looked at what a portfolio would send."""
        with self.transactions() as store:
            store.audit(by, what, None, told, at=self.clock.real())

    def standing(self) -> Sequence[Halt]:
        """Every stop that stands."""
        with self.transactions() as store:
            return store.halts()


def _typed(by: int | None) -> dict[str, str]:
    """At a terminal nobody is logged in."""
    return {"by": BY_COMMAND} if by is None else {}


def _reason(text: str) -> str:
    why = " ".join(text.split())
    if not why:
        raise HaltError("no_reason")
    if len(why) > LONGEST_REASON:
        raise HaltError("long_reason")
    return why


def _book(store: HaltStore, code: str | None) -> int | None:
    if code is None:
        return None
    book = store.book_id(code)
    if book is None:
        raise HaltError("unknown")
    return book
