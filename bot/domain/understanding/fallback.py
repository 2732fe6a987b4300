"""A small text classifier for replies in which the grammar finds nothing.

Softmax over character n-grams; weights are learnt by bench/understanding_train.py from the golden
replies and shipped as data. It never decides against the grammar: see `choice.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = re.compile(r"\d+")
LONGEST = 60
"""Characters looked at; a longer text is rarely without grammar."""


def features(text: str) -> set[str]:
    """Character 1- to 3-grams of the normalised text, numbers as one 0, ends marked."""
    plain = f"^{_NUMBER.sub('0', text[:LONGEST])}$"
    return {plain[at : at + size] for size in (1, 2, 3) for at in range(len(plain) - size + 1)}


@dataclass(frozen=True, slots=True)
class Fallback:
    """labels: intents. weights: n-gram -> flat (label number, weight, …) in 1/scale."""

    labels: tuple[str, ...]
    weights: Mapping[str, tuple[int, ...]]
    scale: float

    def guess(self, text: str) -> tuple[str, float]:
        """The likeliest intent of a normalised text and its probability."""
        scores = [0.0] * len(self.labels)
        for feature in features(text):
            flat = self.weights.get(feature, ())
            for at in range(0, len(flat), 2):
                scores[flat[at]] += flat[at + 1]
        top = max(scores)
        odds = [math.exp((score - top) / self.scale) for score in scores]
        best = scores.index(top)
        return self.labels[best], odds[best] / sum(odds)


def build(data: Mapping[str, object]) -> Fallback:
    """From the mapping loaded from fallback.json."""
    labels, weights, scale = data["labels"], data["weights"], data["scale"]
    assert isinstance(labels, list)
    assert isinstance(weights, dict)
    assert isinstance(scale, int | float)
    return Fallback(
        tuple(labels), {name: tuple(flat) for name, flat in weights.items()}, float(scale)
    )
