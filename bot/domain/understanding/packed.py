"""Weights of one byte each, side by side in one integer: adding integers adds all of them at once.

A table holds a row of weights for every feature; what stands in a text is summed to a number per lane.
A layer holds a row for every such number; multiplied by it and summed they give a score per lane.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import repeat
from struct import unpack

LONGEST = 60
"""Characters looked at; a longer text has said what it wants by then."""
_LANE, _MOST = 2, 255
"""Bytes per weight in the added integers, and how many weights their sum has room for: narrow lanes are
nearer at hand in the machine's memory, which is most of what adding costs."""
_WIDE = 4
"""Bytes per weight in the integers that are multiplied."""
_FINE = 256
"""What is multiplied is rounded to this part of one: with a byte to a weight and some hundred rows a wide
lane has room for sums of 250 and more per row."""
_ZERO = 128
"""The byte that stands for a weight of nought; in the packed integers a weight below it is negative, so that
what a text lacks adds nothing."""
_NOUGHT = repeat(0)
_SHORT, _FADES = 8, 0.3
"""Long texts hold more features, each of which tells less: how the sums are evened out."""


def share(count: int, text: str) -> float:
    """What one of `count` n-grams of a text weighs, so that long replies do not shout."""
    return 4 / math.sqrt(count or 1) / math.pow(min(len(text), LONGEST) + _SHORT, _FADES)


@dataclass(frozen=True, slots=True)
class Table:
    """Weights of features, packed, in steps of `step`; `lanes` to a feature. halves: the middle of every
    lane's range."""

    lanes: int
    weights: Mapping[str, int]
    step: float
    halves: int

    def sums(
        self, text: str, plain: Set[str], sorts: Set[str], signs: Collection[str]
    ) -> list[float]:
        """A number per lane for a text of these n-grams, n-grams of kinds, and signs."""
        one, two = share(len(plain), text) * self.step, share(len(sorts), text) * self.step
        words, kinds, marks, step = self._sum(plain), self._sum(sorts), self._sum(signs), self.step
        return [
            one * word + two * kind + step * mark
            for word, kind, mark in zip(words, kinds, marks, strict=True)
        ]

    def _sum(self, names: Collection[str]) -> tuple[int, ...]:
        if len(names) > _MOST:
            listed = list(names)
            parts = [self._sum(listed[at : at + _MOST]) for at in range(0, len(listed), _MOST)]
            return tuple(map(sum, zip(*parts, strict=True)))
        total = sum(map(self.weights.get, names, _NOUGHT))
        return _lanes(total, self.halves, self.lanes, _LANE)


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of `lanes` weights, packed, in steps of `step`, for each number of a table and one more row
    that always counts."""

    lanes: int
    rows: Sequence[int]
    step: float
    halves: int

    def scores(self, sums: Sequence[float]) -> list[float]:
        """A score per lane; numbers below nought count for nothing."""
        told = [
            int(one * _FINE) * row for one, row in zip(sums, self.rows, strict=False) if one > 0
        ]
        total, step = sum(told) + _FINE * self.rows[-1], self.step / _FINE
        return [step * score for score in _lanes(total, self.halves, self.lanes, _WIDE)]


def _lanes(total: int, halves: int, lanes: int, wide: int) -> tuple[int, ...]:
    """The signed number in each lane."""
    # lifted by half a lane no lane is negative; flipping the halves back makes each a signed one
    lifted = (total + halves) ^ halves
    return unpack(
        f"<{lanes}{'h' if wide == _LANE else 'i'}", lifted.to_bytes(wide * lanes, "little")
    )


def table(features: Sequence[str], weights: bytes, lanes: int, step: float) -> Table:
    """`lanes` bytes per feature, in the same order. Raises ValueError when they do not match."""
    rows = pack(weights, lanes, _LANE)
    if len(weights) != lanes * len(features):
        raise ValueError("classifier.json: weights and features do not match; train it anew")
    return Table(lanes, dict(zip(features, rows, strict=True)), step, _halves(lanes, _LANE))


def layer(weights: bytes, rows: int, lanes: int, step: float) -> Layer:
    """`lanes` bytes for each of so many rows and for one more. Raises ValueError when they do not match."""
    if len(weights) != lanes * (rows + 1):
        raise ValueError(
            "classifier.json: the weights of its two layers do not match; train it anew"
        )
    return Layer(lanes, pack(weights, lanes, _WIDE), step, _halves(lanes, _WIDE))


def pack(weights: bytes, width: int, wide: int = _LANE) -> list[int]:
    """`width` bytes per row, each row's spread to one lane of `wide` bytes each in one integer."""
    spread = bytearray(wide * len(weights))
    spread[::wide] = weights
    size, nought = wide * width, _in_every_lane(_ZERO, width, wide)
    starts = range(0, len(spread), size) if size else ()
    return [int.from_bytes(spread[at : at + size], "little") - nought for at in starts]


def _halves(lanes: int, wide: int) -> int:
    return _in_every_lane(1 << (8 * wide - 1), lanes, wide)


def _in_every_lane(value: int, lanes: int, wide: int) -> int:
    return int.from_bytes(value.to_bytes(wide, "little") * lanes, "little")
