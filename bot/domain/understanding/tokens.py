"""Finds the words of time in a text: at each character only the patterns that may begin there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.regexfacts import compiled, first_chars, needed


class Token(NamedTuple):
    """A word of time: its kind, what its pattern's groups caught, [start, end) in the text."""

    kind: str
    groups: tuple[str | None, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival's words and its rule: ("s", month, day) solar, ("l", month, day) lunar,
    ("w", month, nth, weekday), ("easter", offset)."""

    words: re.Pattern[str]
    rule: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Compiled patterns around moments (suffixes, leading words, tense)."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    within: re.Pattern[str]
    ago: re.Pattern[str]
    later: re.Pattern[str]
    since: re.Pattern[str]
    leading: Mapping[str, re.Pattern[str]]
    past: re.Pattern[str]
    past_before: re.Pattern[str]


MOST_TOKENS = 60
"""Words of time read in one text; no real reply has half as many, and each costs time."""


_LONG_NUMBER = re.compile(r"\d{9,}")
"""A phone, an order, an identity card: never a date."""


class Scanner:
    """Finds tokens. Patterns are compiled when a text first needs them."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._patterns = tokens
        self._ready: dict[int, re.Pattern[str]] = {}
        starts: dict[str, list[int]] = {}
        by_mark: dict[str, list[int]] = {}
        for place, (_, pattern) in enumerate(tokens):
            chars = first_chars(pattern)
            for char in chars or ():
                starts.setdefault(char, []).append(place)
            for mark in needed(pattern):
                by_mark.setdefault(mark, []).append(place)
            if chars is None:
                raise ValueError(f"time token may begin anywhere: {pattern!r}")
        self._starts = {char: tuple(places) for char, places in starts.items()}
        self._by_mark, self._marks = by_mark, frozenset(by_mark)

    def _pattern(self, place: int) -> re.Pattern[str]:
        found = self._ready.get(place)
        if found is None:
            found = self._ready[place] = compiled(self._patterns[place][1])
        return found

    def prepare(self) -> None:
        """Compile every pattern now."""
        for place in range(len(self._patterns)):
            self._pattern(place)

    def scan(self, plain: Plain) -> list[Token]:
        """Every word of time in a text, left to right, not overlapping."""
        told = plain.marks & self._marks
        if not told:
            return []
        return self._tokens(plain.text, set().union(*map(self._by_mark.__getitem__, told)))

    def _tokens(self, text: str, may: Set[int]) -> list[Token]:
        """may: the patterns that the text's marks allow."""
        found: list[Token] = []
        at, starts, ready = 0, self._starts, self._ready
        size = len(text)
        long_numbers = {m.start(): m.end() for m in _LONG_NUMBER.finditer(text)}
        while at < size and len(found) < MOST_TOKENS:
            if at in long_numbers:
                at = long_numbers[at]
                continue
            for place in starts.get(text[at], ()):
                if place not in may:
                    continue
                match = (ready.get(place) or self._pattern(place)).match(text, at)
                if match and match.end() > at:
                    end = match.end()
                    found.append(
                        Token(self._patterns[place][0], match.groups(), match.group(), at, end)
                    )
                    at = end - 1
                    break
            at += 1
        return found


@dataclass(frozen=True, slots=True)
class TimeLexicon:
    """The words of time: the scanner, festivals and parts of the day by name, words around."""

    scanner: Scanner
    festivals: tuple[Festival, ...]
    parts: Mapping[str, tuple[int, int, str]]
    words: Words


def build(data: Mapping[str, Any]) -> TimeLexicon:
    """Prepare the lexicon's time words (the mapping loaded from times.yaml)."""
    parts = {w: (int(a), int(b), str(m)) for w, (a, b, m) in data["parts"].items()}
    expand = _expander(data, parts)
    around = {name: compiled(expand(data[name])) for name in _AROUND}
    leading = {name: compiled(expand(pattern)) for name, pattern in data["leading"].items()}
    return TimeLexicon(
        scanner=Scanner([(kind, expand(pattern)) for kind, pattern in data["tokens"]]),
        festivals=tuple(_festivals(data["festivals"])),
        parts=parts,
        words=Words(leading=leading, **around),
    )


_AROUND = ("before", "after", "within", "ago", "later", "since", "past", "past_before")


def _expander(data: Mapping[str, Any], parts: Mapping[str, Any]) -> Any:
    short = set(data["parts_short"])
    long_parts = sorted((w for w in parts if w not in short), key=len, reverse=True)
    macros = dict(data["macros"])
    turn = data["yearturn"]
    places = {
        "@parts": f"(?<![点半])(?<!(?<![晚早])上(?=下班))(?:{'|'.join(long_parts)})(?!好(?:$|[,。! 啊呀你])|[红奶]?茶)"
        + f"|(?<=[今明昨后当])(?:{'|'.join(short)})|(?<=前)(?<![^,。!?; 我你他她们在是从到大~-]前)晚(?![点些了几还交一])|{data['parts_before_clock']}"
        + f"|{data['parts_after_day']}",
        "@festivals": data["festival_head"]
        + f"(?:{'|'.join(f'(?:{words})' for words in data['festivals'])}){data['festival_tail']}",
        "@paydays": data["paydays"],
        "@soon": data["soon"],
        "@vague": data["vague"],
        "@yearturn": f"({turn['before']})|({turn['after']})",
    }

    def expand(pattern: str) -> str:
        pattern = places.get(pattern, pattern)
        for _ in range(2):
            for name, value in macros.items():
                pattern = pattern.replace("{" + name + "}", value)
        return pattern

    return expand


_LOOKS = re.compile(r"\(\?<?[=!](?:[^()]|\([^()]*\))*\)")
"""What must stand or not stand around a festival: the scanner has seen to it."""


def _festivals(table: Mapping[str, Mapping[str, Sequence[int]]]) -> list[Festival]:
    out = []
    for words, rule in table.items():
        ((kind, values),) = rule.items()
        out.append(Festival(re.compile(_LOOKS.sub("", str(words))), (kind, *values)))
    return out
