"""Words by kind, as features: 爸爸 and 老公 are kin, 住院 and 骨折 illness, 周五 is a day, 两千 a sum.

A reply is written once more with one sign for each word of a kind; what stands together in that writing
and which kinds follow each other tell the classifier of replies whose very words it was never taught."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

_FIRST = 0xE000
"""Signs are private characters from here on: no text that means anything holds one."""
DAY, SUM = chr(_FIRST), chr(_FIRST + 1)
_BREAKS = frozenset(",。!?;")
_REACH = 4
"""A kind is paired with this many that follow it."""

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Kinds:
    """names: the kinds in the order of their signs. words: first character -> (length, word, sign),
    the longest first."""

    names: tuple[str, ...]
    words: Mapping[str, tuple[tuple[int, str, str], ...]]

    def written(self, text: str, spans: Iterable[Span]) -> str:
        """`text` with one sign for each word of a kind and for each span (start, end, sign) in it;
        figures as one 0, ends marked."""
        marked = {start: (end, sign) for start, end, sign in reversed(list(spans)) if end > start}
        out, at, size, known = ["^"], 0, len(text), self.words
        while at < size:
            if at in marked:
                at, sign = marked[at]
                out.append(sign)
                continue
            char = text[at]
            for length, word, sign in known.get(char, ()):
                if text.startswith(word, at):
                    out.append(sign)
                    at += length
                    break
            else:
                if not char.isdigit():
                    out.append(char)
                elif out[-1] != "0":
                    out.append("0")
                at += 1
        out.append("$")
        return "".join(out)


def kind_grams(written: str) -> set[str]:
    """The 1- to 3-grams that hold a sign, and the pairs of signs near each other, parted by ~."""
    size = len(written)
    found = {*written, *map("".join, pairwise(written))}
    found.update(written[at : at + 3] for at in range(size - 2))
    grams = {gram for gram in found if max(gram) >= DAY}
    row = [char for char in written if char >= DAY or char in _BREAKS]
    for at, one in enumerate(row):
        grams.update([f"{one}~{other}" for other in row[at + 1 : at + 1 + _REACH]])
    return grams


def build(data: Mapping[str, object]) -> Kinds:
    """From the mapping kind -> words parted by blanks. Raises ValueError for a word of two kinds."""
    words: dict[str, tuple[str, str]] = {}
    for at, (kind, listed) in enumerate(sorted(data.items())):
        for word in str(listed).split():
            told = words.setdefault(word, (kind, chr(_FIRST + 2 + at)))[0]
            if told != kind:
                raise ValueError(f"kinds.yaml: {word} is listed under {told} and under {kind}")
    by_first: dict[str, list[tuple[int, str, str]]] = {}
    for word, (_, sign) in words.items():
        by_first.setdefault(word[0], []).append((len(word), word, sign))
    return Kinds(
        tuple(sorted(data)),
        {char: tuple(sorted(listed, reverse=True)) for char, listed in by_first.items()},
    )
