"""The machine of the intent grammar: patterns as data, hits as spans, longest reading wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and what it means.

    label: an intent name, or "-" for a phrase that only shields its words from other rules.
    weight: 0..1, how sure the words are alone. carries: further facts (reason, dispute,
    question, flag …) by name.
    """

    label: str
    pattern: str
    weight: float = 0.9
    carries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched [start, end) of the normalised text."""

    rule: Rule
    start: int
    end: int


_NOT_MANDATORY = re.compile(r"\\.|\[[^\]]*\](?:[?*+]|\{\d*,?\d*\})?|.\?|.\*|.\{\d*,?\d*\}|[\^$.+|]")


def mandatory(pattern: str) -> frozenset[str]:
    """The characters every match of `pattern` must contain (a cheap test before the search)."""
    flat, depth = [], 0
    for char in re.sub(r"\\[()\[\]]", "", re.sub(r"\[[^\]]*\]", "[]", pattern)):
        depth += (char == "(") - (char == ")")
        if depth == 0 or char == ")":
            flat.append("." if char == ")" else char)
    if "|" in flat:
        return frozenset()
    left = re.sub(r"\[\]", ".", "".join(flat))
    return frozenset(_NOT_MANDATORY.sub("", left))


class RuleBook:
    """Compiled rules; `hits` finds every match, `settled` keeps the ones that survive overlap."""

    def __init__(self, rules: Iterable[Rule], rank: Mapping[str, int]) -> None:
        self._rules = tuple((mandatory(r.pattern), re.compile(r.pattern).search, r) for r in rules)
        self._rank = rank

    def hits(self, text: str) -> list[Hit]:
        """All matches in `text`, at most a few per rule."""
        present = frozenset(text)
        found = []
        for needs, search, rule in self._rules:
            if needs <= present and (match := search(text)):
                found.append(Hit(rule, match.start(), match.end()))
        return found

    def settled(self, text: str) -> list[Hit]:
        """Matches that survive: a longer reading shields what it contains; of two that merely
        overlap the one that contacts less (lower rank) stays."""
        kept: list[Hit] = []
        for hit in sorted(self.hits(text), key=self._order):
            if not any(_shields(other, hit, self._rank) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda h: h.start)

    def _order(self, hit: Hit) -> tuple[int, int]:
        return (hit.start - hit.end, self._rank.get(hit.rule.label, 0))


def _shields(other: Hit, hit: Hit, rank: Mapping[str, int]) -> bool:
    if other.rule.label == hit.rule.label:
        return False
    if other.start <= hit.start and hit.end <= other.end:
        return other.end - other.start > hit.end - hit.start
    overlap = other.start < hit.end and hit.start < other.end
    return overlap and rank.get(other.rule.label, 0) < rank.get(hit.rule.label, 0)
