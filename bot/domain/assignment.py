"""Who gets a hand-off that nobody has taken: by skill, by who knows the debtor, by load.

The order of the rules is the product's choice. A debtor who explained themselves once should not
have to do it again, so whoever worked on the debtor or the contract before comes first; among the
others the one with the most room left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who takes hand-offs now."""

    collector_id: int
    load: int  #: hand-offs held or waiting for them, those put aside left out
    capacity: int  #: never more than this by assignment
    skills: frozenset[str] = frozenset()
    books: frozenset[int] | None = None  #: portfolio ids they may see; None is all of them

    @property
    def filled(self) -> float:
        """How much of the capacity is used, 0 … 1."""
        return self.load / self.capacity


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hand-off nobody has."""

    handoff_id: int
    portfolio_id: int
    skill: str | None = None  #: what it takes; None is what everybody can do
    familiar: tuple[int, ...] = ()  #: who had the debtor or the contract before, latest first
    passed: frozenset[int] = frozenset()  #: who gave it back or let it lapse


def choose(waiting: Waiting, workers: Sequence[Worker]) -> int | None:
    """The collector who gets it; None leaves it in the common list.

    Able is who has the skill, may see the portfolio, has room, and has not passed on it. Of the
    able: the latest familiar one; else the least filled, then the one with the fewest skills, so
    that specialists stay free for what only they can do.
    """
    able = {worker.collector_id: worker for worker in workers if _able(waiting, worker)}
    known = next((who for who in waiting.familiar if who in able), None)
    if known is not None or not able:
        return known
    return min(able.values(), key=_room).collector_id


def hand_out(waiting: Iterable[Waiting], workers: Sequence[Worker]) -> dict[int, int]:
    """Hand-off id → collector id, the first of `waiting` first, each one counted as load."""
    room = {worker.collector_id: worker for worker in workers}
    given: dict[int, int] = {}
    for each in waiting:
        who = choose(each, tuple(room.values()))
        if who is not None:
            given[each.handoff_id] = who
            room[who] = replace(room[who], load=room[who].load + 1)
    return given


def _able(waiting: Waiting, worker: Worker) -> bool:
    return (
        worker.load < worker.capacity
        and (waiting.skill is None or waiting.skill in worker.skills)
        and (worker.books is None or waiting.portfolio_id in worker.books)
        and worker.collector_id not in waiting.passed
    )


def _room(worker: Worker) -> tuple[float, int, int]:
    return worker.filled, len(worker.skills), worker.collector_id
