"""A reply cut where evidence begins and ends, so that the page can underline what was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text and what it was read as; no labels, no evidence."""

    text: str
    labels: tuple[str, ...] = ()


def pieces(text: str, evidence: Iterable[Sequence[object]]) -> list[Piece]:
    """Cut `text` by `[start, end, label]` offsets, which may overlap or lie outside."""
    spans = [
        (max(int(str(start)), 0), min(int(str(end)), len(text)), str(label))
        for start, end, label in evidence
    ]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    return [
        Piece(text[a:b], tuple(label for s, e, label in spans if s <= a and b <= e))
        for a, b in pairwise(cuts)
    ]
