"""A small text classifier: which intents a reply carries and which of them comes first.

Two heads over the same features: one logistic regression per intent (does it hold?) and one softmax
over all (is it the first?). Features are character n-grams, the same with words written by kind
(`kinds.py`), and the grammar's signs (`signs.py`). Weights are learnt by bench/understanding_train.py
and shipped as data, one byte each: those of a feature stand side by side in one integer, so that a
text is scored by adding integers.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.understanding.kinds import Kinds, Span, kind_grams

_NUMBER = re.compile(r"\d+")
LONGEST = 60
"""Characters looked at; a longer text has said what it wants by then."""
_LANE = 4
"""Bytes per weight in the added integers: room for the sum of several thousand weights."""
_ZERO = 128
"""The byte that stands for a weight of nought."""
_STEEPEST = 30.0
_SHORT, _FADES = 8, 0.3
"""Long texts hold more features, each of which tells less: how the scores are evened out."""


def grams(text: str) -> set[str]:
    """Character 1- to 3-grams of a normalised text, numbers as one 0, ends marked."""
    plain = f"^{_NUMBER.sub('0', text[:LONGEST])}$"
    size = len(plain)
    pairs, threes = map("".join, pairwise(plain)), (plain[at : at + 3] for at in range(size - 2))
    return {*plain[1:-1], *pairs, *threes}


def share(count: int, text: str) -> float:
    """What one of `count` n-grams of a text weighs, so that long replies do not shout."""
    return 4 / math.sqrt(count or 1) / math.pow(min(len(text), LONGEST) + _SHORT, _FADES)


@dataclass(frozen=True, slots=True)
class Chances:
    """holds: intent -> probability, each for itself. first: intent -> probability of being the
    primary one; these add up to one."""

    holds: Mapping[str, float]
    first: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Classifier:
    """labels: intents. weights: feature -> its weights packed, in steps of `step`; first those of every
    intent holding, then those of its being the first."""

    labels: tuple[str, ...]
    kinds: Kinds
    weights: Mapping[str, int]
    step: float

    def chances(self, text: str, spans: Iterable[Span], signs: Iterable[str]) -> Chances:
        """How likely each intent is. spans: days and sums of the text, with their sign (kinds.py)."""
        plain, sorts = grams(text), kind_grams(self.kinds.written(text[:LONGEST], spans))
        words, kinds, marks = self._sum(plain), self._sum(sorts), self._sum(signs)
        one, two = share(len(plain), text) * self.step, share(len(sorts), text) * self.step
        scores = [
            one * word + two * kind + self.step * mark
            for word, kind, mark in zip(words, kinds, marks, strict=True)
        ]
        half = len(self.labels)
        return Chances(
            dict(zip(self.labels, map(_logistic, scores[:half]), strict=True)),
            dict(zip(self.labels, _softmax(scores[half:]), strict=True)),
        )

    def _sum(self, names: Iterable[str]) -> list[int]:
        total = known = 0
        weights = self.weights
        for name in names:
            if name in weights:
                total += weights[name]
                known += 1
        lanes = memoryview(total.to_bytes(2 * _LANE * len(self.labels), "little")).cast("I")
        nought = _ZERO * known
        return [lane - nought for lane in lanes]


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, score))))


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    total = sum(shares)
    return [one / total for one in shares]


def pack(weights: bytes, width: int) -> list[int]:
    """`width` bytes per feature, each feature's spread to one lane each in one integer."""
    wide = bytearray(_LANE * len(weights))
    wide[::_LANE] = weights
    size = _LANE * width
    return [int.from_bytes(wide[at : at + size], "little") for at in range(0, len(wide), size)]


def build(data: Mapping[str, object], kinds: Kinds) -> Classifier:
    """From the mapping loaded from classifier.json: features in one text, a line each, and their
    weights in the same order, compressed, base64. Raises ValueError when it was learnt with other
    kinds or is torn."""
    labels, features, weights = data["labels"], data["features"], data["weights"]
    assert isinstance(labels, list)
    assert isinstance(features, str)
    assert isinstance(weights, str)
    if not labels:
        return Classifier((), kinds, {}, 0)
    names, raw = features.split("\n"), zlib.decompress(base64.b64decode(weights))
    if len(raw) != 2 * len(labels) * len(names):
        raise ValueError("classifier.json: weights and features do not match; train it anew")
    if data["kinds"] != list(kinds.names):
        raise ValueError("classifier.json was learnt with other kinds.yaml; train it anew")
    packed = dict(zip(names, pack(raw, 2 * len(labels)), strict=True))
    return Classifier(tuple(labels), kinds, packed, float(str(data["step"])))
