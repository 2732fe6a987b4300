"""Learns a network of one hidden layer from sparse lessons (numpy and scipy, pip install -e .[learn]).

Two heads over the same hidden units: what holds (one logistic score per intent) and what comes first (a
softmax). Adam with decoupled decay, features and hidden units dropped at random; the mean of the weights
of the last rounds counts, which sways less from one learning to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

UNITS, ROUNDS, MEAN_OF = 64, 10, 4
"""Hidden units; times all lessons are gone through; the last of these whose weights are averaged."""
BATCH, RATE, SLOWER, DECAY = 256, 0.002, 0.86, 1e-4
"""Lessons to a step; the first rate; what it is multiplied by after each round; what the first layer loses
at each step."""
DROPPED, DROPPED_UNITS = 0.3, 0.3
_MEAN, _SQUARE, _LEAST = 0.9, 0.99, 1e-6
_SPREAD, _SPREAD_OUT = 0.05, 0.1

Slope = Callable[[Any, Any], Any]
"""(scores of a batch, which lessons) -> the slope of the loss."""


@dataclass(frozen=True)
class Network:
    """inner: features by units; shift: one per unit; outer: units by scores; base: one per score."""

    inner: Any
    shift: Any
    outer: Any
    base: Any


def learnt(table: Any, slope: Slope, width: int, seed: int) -> Network:
    """The network for these lessons (a sparse table, a line each) and `width` scores."""
    chance, table = np.random.default_rng(seed), table.astype(np.float32)
    parts = [
        _drawn(chance, _SPREAD, table.shape[1], UNITS),
        np.zeros(UNITS, np.float32),
        _drawn(chance, _SPREAD_OUT, UNITS, width),
        np.zeros(width, np.float32),
    ]
    adam, sums = _Adam(parts), [np.zeros_like(part) for part in parts]
    for done in range(ROUNDS):
        rate = RATE * SLOWER**done
        for batch in _batches(chance, table.shape[0]):
            adam.step(_slopes(parts, table[batch], slope, batch, chance), rate)
            parts[0] *= 1 - DECAY
        if done >= ROUNDS - MEAN_OF:
            sums = [total + part for total, part in zip(sums, parts, strict=True)]
    return Network(*(total / np.float32(MEAN_OF) for total in sums))


def _drawn(chance: Any, spread: float, *shape: int) -> Any:
    return chance.normal(0, spread, shape).astype(np.float32)


def _batches(chance: Any, count: int) -> Iterator[Any]:
    order = chance.permutation(count)
    return (order[at : at + BATCH] for at in range(0, count, BATCH))


def _slopes(parts: list[Any], rows: Any, slope: Slope, batch: Any, chance: Any) -> list[Any]:
    """How the loss of a batch moves with each part; features and units fall out at random."""
    inner, shift, outer, base = parts
    rows = rows.copy()
    rows.data = rows.data * _kept(chance, DROPPED, rows.data.shape)
    drive = rows @ inner + shift
    open_units = _kept(chance, DROPPED_UNITS, drive.shape) * (drive > 0)
    units = drive * open_units
    out = (slope(units @ outer + base, batch) / len(batch)).astype(np.float32)
    back = (out @ outer.T) * open_units
    return [rows.T @ back, back.sum(0), units.T @ out, out.sum(0)]


def _kept(chance: Any, dropped: float, shape: Any) -> Any:
    """Nought for what falls out, a little more than one for what stays."""
    return ((chance.random(shape) > dropped) / (1 - dropped)).astype(np.float32)


class _Adam:
    """Steps by the running mean of the slopes over the root of that of their squares."""

    def __init__(self, parts: list[Any]) -> None:
        self._parts, self._steps = parts, 0
        self._means = [np.zeros_like(part) for part in parts]
        self._squares = [np.zeros_like(part) for part in parts]

    def step(self, slopes: list[Any], rate: float) -> None:
        self._steps += 1
        for state in zip(self._parts, slopes, self._means, self._squares, strict=True):
            self._move(*state, rate)

    def _move(self, part: Any, slope: Any, mean: Any, square: Any, rate: float) -> None:
        mean *= _MEAN
        mean += (1 - _MEAN) * slope
        square *= _SQUARE
        square += (1 - _SQUARE) * slope * slope
        even, even_squares = 1 - _MEAN**self._steps, 1 - _SQUARE**self._steps
        part -= rate * (mean / even) / (np.sqrt(square / even_squares) + _LEAST)
