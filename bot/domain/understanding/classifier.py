"""A small text classifier: how likely each intent is, from characters and from what the grammar found.

One logistic regression per intent over character n-grams and the grammar's signs (`signs.py`);
weights are learnt by bench/understanding_train.py and shipped as data. One byte per weight: those
of a feature stand side by side in one integer, so that a text is scored by adding integers.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(r"\d+")
LONGEST = 60
"""Characters looked at; a longer text has said what it wants by then."""
_LANE = 4
"""Bytes per intent in the added integers: room for the sum of several thousand weights."""
_ZERO = 128
"""The byte that stands for a weight of nought."""


def grams(text: str) -> set[str]:
    """Character 1- to 3-grams of a normalised text, numbers as one 0, ends marked."""
    plain = f"^{_NUMBER.sub('0', text[:LONGEST])}$"
    size = len(plain)
    return {*plain, *map("".join, pairwise(plain)), *(plain[at : at + 3] for at in range(size - 2))}


def share(count: int) -> float:
    """What one of `count` n-grams weighs, so that long replies do not shout."""
    return 2 / math.sqrt(count)


@dataclass(frozen=True, slots=True)
class Classifier:
    """labels: intents. weights: n-gram or sign -> its weights packed, in steps of `step`."""

    labels: tuple[str, ...]
    weights: Mapping[str, int]
    step: float

    def chances(self, text: str, signs: Iterable[str]) -> dict[str, float]:
        """Intent -> probability, each for itself: several may hold at once, or none."""
        found = grams(text)
        words, marks = self._sum(found), self._sum(signs)
        part, step = share(len(found)), self.step
        return {
            label: 1 / (1 + math.exp(-max(-30.0, min(30.0, step * (part * word + mark)))))
            for label, word, mark in zip(self.labels, words, marks, strict=True)
        }

    def _sum(self, names: Iterable[str]) -> list[int]:
        total = known = 0
        for name in names:
            packed = self.weights.get(name)
            if packed is not None:
                total += packed
                known += 1
        lanes = memoryview(total.to_bytes(_LANE * len(self.labels), "little")).cast("I")
        return [lane - _ZERO * known for lane in lanes]


def pack(weights: bytes) -> int:
    """One byte per intent, spread to one lane each."""
    wide = bytearray(_LANE * len(weights))
    wide[::_LANE] = weights
    return int.from_bytes(wide, "little")


def build(data: Mapping[str, object]) -> Classifier:
    """From the mapping loaded from classifier.json: features in one text, a line each, and their
    weights in the same order, base64."""
    labels, features, weights, step = (data[k] for k in ("labels", "features", "weights", "step"))
    assert isinstance(labels, list)
    assert isinstance(features, str)
    assert isinstance(weights, str)
    assert isinstance(step, int | float)
    names, raw, width = features.split("\n"), base64.b64decode(weights), len(labels)
    if len(raw) != width * len(names):
        raise ValueError("classifier.json: weights and features do not match; train it anew")
    packed = {name: pack(raw[at * width : (at + 1) * width]) for at, name in enumerate(names)}
    return Classifier(tuple(labels), packed, float(step))
