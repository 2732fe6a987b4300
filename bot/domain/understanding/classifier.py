"""A small text classifier: which intents a reply carries and which of them comes first.

Two heads over the same features: one logistic regression per intent (does it hold?) and one softmax
over all (is it the first?). Features are character n-grams, the same with words written by kind
(`kinds.py`), and the grammar's signs (`signs.py`). Weights are learnt by bench/understanding_train.py
and shipped as data, one byte each: those of a feature stand side by side in one integer, so that a
text is scored by adding integers. A third, small head of the same kind tells what a dispute is about.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import repeat
from operator import add
from struct import unpack

from bot.domain.understanding.kinds import Kinds, Span, kind_grams

_NUMBER = re.compile(r"\d+")
LONGEST = 60
"""Characters looked at; a longer text has said what it wants by then."""
_LANE, _MOST = 2, 255
"""Bytes per weight in the added integers, and how many weights their sum has room for: narrow lanes are
nearer at hand in the machine's memory, which is most of what adding costs."""
_ZERO = 128
"""The byte that stands for a weight of nought; in the packed integers a weight below it is negative, so that
what a text lacks adds nothing."""
_HALF, _NOUGHT = 1 << (8 * _LANE - 1), repeat(0)
_STEEPEST = 30.0
_SHORT, _FADES = 8, 0.3
"""Long texts hold more features, each of which tells less: how the scores are evened out."""


def grams(text: str) -> set[str]:
    """Character 1- to 3-grams of a normalised text, numbers as one 0, ends marked."""
    plain = f"^{_NUMBER.sub('0', text[:LONGEST])}$"
    pairs = list(map(add, plain, plain[1:]))
    return {*plain[1:-1], *pairs, *map(add, pairs, plain[2:])}


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
class Table:
    """Weights of features, packed, in steps of `step`; `lanes` to a feature. halves: the middle of every
    lane's range."""

    lanes: int
    weights: Mapping[str, int]
    step: float
    halves: int

    def scores(
        self, text: str, plain: Set[str], sorts: Set[str], signs: Collection[str]
    ) -> list[float]:
        """A score per lane for a text of these n-grams, n-grams of kinds, and signs."""
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
        # lifted by half a lane no lane is negative; flipping the halves back makes each a signed one
        lifted = (total + self.halves) ^ self.halves
        return unpack(f"<{self.lanes}h", lifted.to_bytes(_LANE * self.lanes, "little"))


@dataclass(frozen=True, slots=True)
class Classifier:
    """labels: intents. table: two lanes to an intent, first those of every intent holding, then those of
    its being the first. disputes: what a dispute may be about, with a table of its own."""

    labels: tuple[str, ...]
    kinds: Kinds
    table: Table
    disputes: tuple[str, ...]
    about: Table

    def chances(self, text: str, spans: Iterable[Span], signs: Collection[str]) -> Chances:
        """How likely each intent is. spans: days and sums of the text, with their sign (kinds.py)."""
        scores = self.table.scores(text, grams(text), self._sorts(text, spans), signs)
        half = len(self.labels)
        return Chances(
            dict(zip(self.labels, _logistic(scores[:half]), strict=True)),
            dict(zip(self.labels, _softmax(scores[half:]), strict=True)),
        )

    def dispute(
        self, text: str, spans: Iterable[Span], signs: Collection[str]
    ) -> tuple[str, float]:
        """What a dispute is likeliest about, and how likely; ("", 0) where that was never learnt."""
        if not self.disputes:
            return "", 0.0
        scores = self.about.scores(text, grams(text), self._sorts(text, spans), signs)
        return max(zip(self.disputes, _softmax(scores), strict=True), key=lambda one: one[1])

    def _sorts(self, text: str, spans: Iterable[Span]) -> set[str]:
        return kind_grams(self.kinds.written(text[:LONGEST], spans))


def _logistic(scores: list[float]) -> list[float]:
    if max(map(abs, scores)) > _STEEPEST:
        scores = [max(-_STEEPEST, min(_STEEPEST, score)) for score in scores]
    exp = math.exp
    return [1 / (1 + exp(-score)) for score in scores]


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    total = sum(shares)
    return [one / total for one in shares]


def pack(weights: bytes, width: int) -> list[int]:
    """`width` bytes per feature, each feature's spread to one lane each in one integer."""
    wide = bytearray(_LANE * len(weights))
    wide[::_LANE] = weights
    size, nought = _LANE * width, _in_every_lane(_ZERO, width)
    starts = range(0, len(wide), size)
    return [int.from_bytes(wide[at : at + size], "little") - nought for at in starts]


def _in_every_lane(value: int, lanes: int) -> int:
    return int.from_bytes(value.to_bytes(_LANE, "little") * lanes, "little")


def build(data: Mapping[str, object], kinds: Kinds) -> Classifier:
    """From the mapping loaded from classifier.json: features in one text, a line each, and their
    weights in the same order, compressed, base64; the same once more under `disputes`. Raises
    ValueError when it was learnt with other kinds or is torn."""
    intents, disputes = data, data.get("disputes", _NOTHING)
    assert isinstance(disputes, Mapping)
    labels, about = (tuple(map(str, _listed(part["labels"]))) for part in (intents, disputes))
    if labels and data["kinds"] != list(kinds.names):
        raise ValueError("classifier.json was learnt with other kinds.yaml; train it anew")
    tables = _table(intents, 2 * len(labels)), _table(disputes, len(about))
    return Classifier(labels, kinds, tables[0], about, tables[1])


_NOTHING: Mapping[str, object] = {"labels": [], "features": "", "weights": "", "step": 0}


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _table(part: Mapping[str, object], lanes: int) -> Table:
    if not lanes:
        return Table(0, {}, 0.0, 0)
    features, weights = str(part["features"]), str(part["weights"])
    names, raw = features.split("\n"), zlib.decompress(base64.b64decode(weights))
    if len(raw) != lanes * len(names):
        raise ValueError("classifier.json: weights and features do not match; train it anew")
    packed = dict(zip(names, pack(raw, lanes), strict=True))
    return Table(lanes, packed, float(str(part["step"])), _in_every_lane(_HALF, lanes))
