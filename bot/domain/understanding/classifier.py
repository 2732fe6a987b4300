"""A small text classifier: which intents a reply carries and which of them comes first.

A network of one hidden layer over character n-grams, the same with words written by kind (`kinds.py`),
and the grammar's signs (`signs.py`); its scores say per intent whether it holds and whether it is the
first. Weights are learnt by bench/understanding_train.py and shipped as data, one byte each
(`packed.py`). A second, small one without a hidden layer tells what a dispute is about.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import add

from bot.domain.understanding import packed
from bot.domain.understanding.kinds import Kinds, Span, kind_grams
from bot.domain.understanding.packed import LONGEST, Layer, Table

_NUMBER = re.compile(r"\d+")
_STEEPEST = 30.0
UNTAUGHT: Mapping[str, object] = {"labels": [], "features": "", "weights": "", "step": 0}
"""A part of classifier.json that was never learnt."""


def grams(text: str) -> set[str]:
    """Character 1- to 3-grams of a normalised text, numbers as one 0, ends marked."""
    plain = f"^{_NUMBER.sub('0', text[:LONGEST])}$"
    pairs = list(map(add, plain, plain[1:]))
    return {*plain[1:-1], *pairs, *map(add, pairs, plain[2:])}


@dataclass(frozen=True, slots=True)
class Chances:
    """holds: intent -> probability, each for itself. first: intent -> probability of being the
    primary one; these add up to one."""

    holds: Mapping[str, float]
    first: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Classifier:
    """labels: intents. table, heads: the hidden layer and two lanes to an intent, first those of every intent
    holding, then those of its being the first. disputes: what a dispute may be about, with a table of its own."""

    labels: tuple[str, ...]
    kinds: Kinds
    table: Table
    heads: Layer
    disputes: tuple[str, ...]
    about: Table

    def chances(self, text: str, spans: Iterable[Span], signs: Collection[str]) -> Chances:
        """How likely each intent is. spans: days and sums of the text, with their sign (kinds.py)."""
        hidden = self.table.sums(text, grams(text), self._sorts(text, spans), signs)
        scores, half = self.heads.scores(hidden), len(self.labels)
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
        scores = self.about.sums(text, grams(text), self._sorts(text, spans), signs)
        return max(zip(self.disputes, _softmax(scores), strict=True), key=lambda one: one[1])

    def _sorts(self, text: str, spans: Iterable[Span]) -> set[str]:
        return kind_grams(self.kinds.written(text[:LONGEST], spans))


def _logistic(scores: list[float]) -> list[float]:
    if scores and max(map(abs, scores)) > _STEEPEST:
        scores = [max(-_STEEPEST, min(_STEEPEST, score)) for score in scores]
    exp = math.exp
    return [1 / (1 + exp(-score)) for score in scores]


def _softmax(scores: list[float]) -> list[float]:
    top = max(scores, default=0.0)
    shares = [math.exp(score - top) for score in scores]
    total = sum(shares)
    return [one / total for one in shares]


def build(data: Mapping[str, object], kinds: Kinds) -> Classifier:
    """From the mapping loaded from classifier.json: features in one text, a line each, their weights in the
    same order and those of the second layer (`heads`), compressed, base64; under `disputes` the same
    without a second layer. Raises ValueError when it was learnt with other kinds or is torn."""
    disputes, heads = (_part(data, name) for name in ("disputes", "heads"))
    labels, about = _texts(data["labels"]), _texts(disputes["labels"])
    if labels and data["kinds"] != list(kinds.names):
        raise ValueError("classifier.json was learnt with other kinds.yaml; train it anew")
    units = int(str(data.get("units", 0)))
    scores = packed.layer(_bytes(heads), units, 2 * len(labels), _step(heads))
    hidden, second = _table(data, units), _table(disputes, len(about))
    return Classifier(labels, kinds, hidden, scores, about, second)


def _part(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = data.get(name, UNTAUGHT)
    assert isinstance(part, Mapping)
    return part


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))


def _step(part: Mapping[str, object]) -> float:
    return float(str(part["step"]))


def _bytes(part: Mapping[str, object]) -> bytes:
    written = base64.b64decode(str(part["weights"]))
    return zlib.decompress(written) if written else b""


def _table(part: Mapping[str, object], lanes: int) -> Table:
    names = str(part["features"]).split("\n") if lanes else []
    return packed.table(names, _bytes(part), lanes, _step(part))
