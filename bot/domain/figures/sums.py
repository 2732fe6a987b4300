"""Counts of one period, and sums over the parts a metric asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One count. `amount` is in minor units of `currency`, or what the measure says."""

    measure: str
    tier: str = ""
    channel: str = ""
    script: str = ""
    detail: str = ""
    number: int = 0
    weekday: int = 0  #: ISO, for measures by the hour
    currency: str = ""
    n: int = 0
    amount: int = 0


@dataclass(frozen=True)
class Sums:
    """Cells by their measure."""

    cells: Mapping[str, tuple[Cell, ...]]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Sums:
        """Sorted by measure."""
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            found[cell.measure].append(cell)
        return cls({measure: tuple(some) for measure, some in found.items()})

    def n(self, measure: str, **where: object) -> int:
        """How many, over the cells whose parts are as named."""
        return sum(cell.n for cell in self._found(measure, where))

    def amount(self, measure: str, **where: object) -> int:
        """How much."""
        return sum(cell.amount for cell in self._found(measure, where))

    def counts(self, measure: str, *parts: str) -> Mapping[tuple[Any, ...], int]:
        """How many by the values of two or more parts; 0 for what is not there."""
        totals: dict[tuple[Any, ...], int] = defaultdict(int)
        place = attrgetter(*parts)
        for cell in self.cells.get(measure, ()):
            totals[place(cell)] += cell.n
        return totals

    def values(self, measure: str, part: str) -> list[str]:
        """The values a part takes in a measure, most frequent first."""
        totals: dict[str, int] = defaultdict(int)
        for cell in self._found(measure, {}):
            totals[getattr(cell, part)] += cell.n
        return sorted(totals, key=lambda value: (-totals[value], value))

    def _found(self, measure: str, where: Mapping[str, object]) -> Iterator[Cell]:
        for cell in self.cells.get(measure, ()):
            if all(getattr(cell, part) == value for part, value in where.items()):
                yield cell
