"""Words by kind, as features: 爸爸 and 老公 are kin, 住院 and 骨折 illness, 周五 is a day, 两千 a sum.

A reply is written once more with one sign for each word of a kind; what stands together in that writing
and which kinds follow each other tell the classifier of replies whose very words it was never taught."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add

_FIRST = 0xE000
"""Signs are private characters from here on: no text that means anything holds one."""
DAY, SUM = chr(_FIRST), chr(_FIRST + 1)
_SIGN = re.compile(f"[{DAY}-\U0010ffff]")
_SIGN_OR_BREAK = re.compile(f"[,。!?;{DAY}-\U0010ffff]")
_FIGURES = re.compile(r"\d+")
_REACH = 4
"""A kind is paired with this many that follow it."""

Span = tuple[int, int, str]


Words = tuple[tuple[int, str, str], ...]
"""(length, word, sign), the longest first."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """names: the kinds in the order of their signs. words: the first two characters -> the words that begin
    with them; single: the words of one character, character -> words."""

    names: tuple[str, ...]
    words: Mapping[str, Words]
    single: Mapping[str, Words]

    def written(self, text: str, spans: Iterable[Span]) -> str:
        """`text` with one sign for each word of a kind and for each span (start, end, sign) in it;
        figures as one 0, ends marked."""
        marked = {start: (end, sign) for start, end, sign in reversed(list(spans)) if end > start}
        words, single, told, out = self.words, self.single, 0, ["^"]
        for at, pair in enumerate(map(add, text, text[1:] + " ")):
            if at < told:
                continue
            found = marked.get(at)
            if found is None and (known := words.get(pair) or single.get(pair[0])):
                found = _longest(known, text, at)
            if found is not None:
                out += text[told:at], found[1]
                told = found[0]
        return _FIGURES.sub("0", f"{''.join(out)}{text[told:]}$")


def _longest(known: Words, text: str, at: int) -> tuple[int, str] | None:
    """The end and the sign of the first of these words that stands at a place."""
    for length, word, sign in known:
        if text.startswith(word, at):
            return at + length, sign
    return None


def kind_grams(written: str) -> set[str]:
    """The 1- to 3-grams that hold a sign, and the pairs of signs near each other, parted by ~."""
    grams: list[str] = []
    for sign in _SIGN.finditer(written):
        at = sign.start()  # never at an end: the ends are marked
        before, one, after = written[at - 1], written[at], written[at + 1]
        grams += one, before + one, one + after, before + one + after, written[at : at + 3]
        if at > 1:
            grams.append(written[at - 2 : at + 1])
    row = _SIGN_OR_BREAK.findall(written)
    for at, one in enumerate(row, 1):
        grams += [f"{one}~{other}" for other in row[at : at + _REACH]]
    return set(grams)


def build(data: Mapping[str, object]) -> Kinds:
    """From the mapping kind -> words parted by blanks. Raises ValueError for a word of two kinds."""
    words: dict[str, tuple[str, str]] = {}
    for at, (kind, listed) in enumerate(sorted(data.items())):
        for word in str(listed).split():
            told = words.setdefault(word, (kind, chr(_FIRST + 2 + at)))[0]
            if told != kind:
                raise ValueError(f"kinds.yaml: {word} is listed under {told} and under {kind}")
    begun: dict[str, list[tuple[int, str, str]]] = {}
    for word, (_, sign) in words.items():
        begun.setdefault(word[:2], []).append((len(word), word, sign))
    single = {pair: listed for pair, listed in begun.items() if len(pair) == 1}
    return Kinds(
        tuple(sorted(data)),
        {
            pair: tuple(sorted(listed, reverse=True) + single.get(pair[0], []))
            for pair, listed in begun.items()
            if len(pair) == 2
        },
        {char: tuple(listed) for char, listed in single.items()},
    )
