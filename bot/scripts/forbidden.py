"""Wording the product refuses, found through spacing, punctuation and script variants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.scripts.yaml_lines import Lined, YamlError, read

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.S)
_FIELD = re.compile(r"\{\{.*?\}\}", re.S)
_ENDS = frozenset("。！？；!?")  # a half-width dot between Chinese is disguise, not an end
_BREAK, _HOLE = "。", "#"


@dataclass(frozen=True, slots=True)
class Practice:
    """One refused practice and the words that betray it."""

    id: str
    title: str
    breaks: tuple[str, ...]  #: rule ids of the policy packs
    sources: str
    remedy: str
    patterns: tuple[re.Pattern[str], ...]
    samples: tuple[str, ...]  #: one per pattern; must be caught
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Forbidden words [start, end) of the original text."""

    practice: Practice
    words: str
    start: int


@dataclass(frozen=True, slots=True)
class Flat:
    """A text reduced to what carries meaning, with each character's original offset."""

    text: str
    offsets: tuple[int, ...]


def flatten(text: str, fold: Mapping[str, str]) -> Flat:
    """Half width, simplified, lower case, no spaces or punctuation but a mark between sentences.

    A placeholder becomes `#`, a Jinja tag nothing (its branches stand side by side).
    """
    kept: list[tuple[str, int]] = []
    position = 0
    while position < len(text):
        if skipped := _jinja(text, position):
            kept.extend([(_HOLE, position)] if text.startswith("{{", position) else [])
            position += skipped
            continue
        kept.extend((char, position) for char in _essence(text[position], fold))
        position += 1
    return Flat("".join(char for char, _ in kept), tuple(offset for _, offset in kept))


def _jinja(text: str, position: int) -> int:
    """Length of the Jinja expression that begins here, 0 when none does."""
    if text[position] != "{":
        return 0
    match = _FIELD.match(text, position) or _TAG.match(text, position)
    return match.end() - position if match else 0


def _essence(char: str, fold: Mapping[str, str]) -> Iterator[str]:
    if char in _ENDS:
        yield _BREAK
        return
    for plain in unicodedata.normalize("NFKC", char).lower():
        if plain.isalnum():
            yield fold.get(plain, plain)


class Forbidden:
    """All practices, ready to search."""

    def __init__(self, practices: tuple[Practice, ...], fold: Mapping[str, str]) -> None:
        self.practices = practices
        self.fold = fold

    def hits(self, text: str) -> Iterator[Hit]:
        """Every forbidden wording in `text` (a template or plain words)."""
        flat = flatten(text, self.fold)
        for practice in self.practices:
            spared = [m.span() for each in practice.unless for m in each.finditer(flat.text)]
            for pattern in practice.patterns:
                for match in pattern.finditer(flat.text):
                    if not any(a <= match.start() and match.end() <= b for a, b in spared):
                        yield Hit(practice, match.group(), flat.offsets[match.start()])


def load_forbidden(path: Path, fold: Mapping[str, str]) -> Forbidden:
    """Reads forbidden.yaml. Raises YamlError when a pattern or its sample does not work."""
    entries = read(path)["practices"]
    forbidden = Forbidden(tuple(_practice(entry) for entry in entries), fold)
    for entry, practice in zip(entries, forbidden.practices, strict=True):
        _prove(entry, practice, forbidden)
    return forbidden


def _practice(entry: Lined) -> Practice:
    return Practice(
        id=entry["id"],
        title=entry["title"],
        breaks=tuple(entry["breaks"]),
        sources=entry["sources"],
        remedy=entry["remedy"],
        patterns=tuple(_compiled(each, each["match"]) for each in entry["patterns"]),
        samples=tuple(each["sample"] for each in entry["patterns"]),
        unless=tuple(_compiled(entry, each) for each in entry.get("unless", ())),
    )


def _compiled(entry: Lined, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise YamlError(entry.line, f"not a regular expression: {pattern} ({error})") from error


def _prove(entry: Lined, practice: Practice, forbidden: Forbidden) -> None:
    """Each pattern must catch its own sample: a rule that catches nothing is not a rule."""
    rows = zip(entry["patterns"], practice.patterns, practice.samples, strict=True)
    for row, pattern, sample in rows:
        alone = replace(practice, patterns=(pattern,))
        if not any(Forbidden((alone,), forbidden.fold).hits(sample)):
            raise YamlError(row.line, f"the pattern does not catch its sample: {sample}")
