"""The machine of the intent grammar: patterns as data, hits as spans, the longest reading wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.understanding.regexfacts import compiled, must_contain

MOST_HITS = 4
"""Matches kept per rule; more say nothing new and would cost time in very long texts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and what it means.

    label: an intent name, or "-" for a phrase that only shields its words from other rules.
    weight: 0..1, how sure the words are alone; below SOFT the rule gives way to any other intent.
    carries: further facts by name (kind of dispute, reason, ask, flag).
    """

    label: str
    pattern: str
    weight: float = 0.9
    carries: Mapping[str, str] = field(default_factory=dict)


SOFT = 0.5
WEAK = 0.6
"""A rule weaker than this never shields a stronger one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched [start, end) of the normalised text."""

    rule: Rule
    start: int
    end: int


class RuleBook:
    """The rules, each behind the characters it cannot match without; compiled when first needed."""

    def __init__(self, rules: Iterable[Rule], rank: Mapping[str, int]) -> None:
        self._rules = tuple(rules)
        self._rank = rank
        self._ready: dict[int, re.Pattern[str]] = {}
        self._needs = tuple(must_contain(rule.pattern) for rule in self._rules)
        self._by_char: dict[str, list[int]] = {}
        self._always = [at for at, needs in enumerate(self._needs) if not needs]
        for at, needs in enumerate(self._needs):
            for char in needs[0] if needs else ():
                self._by_char.setdefault(char, []).append(at)

    def _pattern(self, at: int) -> re.Pattern[str]:
        found = self._ready.get(at)
        if found is None:
            found = self._ready[at] = compiled(self._rules[at].pattern)
        return found

    def hits(self, text: str) -> list[Hit]:
        """All matches in `text`, at most MOST_HITS per rule."""
        present = frozenset(text)
        places = set(self._always)
        for char in present:
            places.update(self._by_char.get(char, ()))
        found = []
        for at in places:
            if any(present.isdisjoint(need) for need in self._needs[at][1:]):
                continue
            matches = (self._ready.get(at) or self._pattern(at)).finditer(text)
            for match, _ in zip(matches, range(MOST_HITS), strict=False):
                if match.end() > match.start():
                    found.append(Hit(self._rules[at], match.start(), match.end()))
        return found

    def settled(self, text: str) -> list[Hit]:
        """Matches that survive: a longer reading shields what it contains; of two that merely
        overlap the one that contacts less (lower rank) stays."""
        hits = self.hits(text)
        if len(hits) < 2:
            return [h for h in hits if h.rule.label != "-"]
        kept: list[Hit] = []
        for hit in sorted(hits, key=self._order):
            if not any(_shields(other, hit, self._rank) for other in kept):
                kept.append(hit)
        kept = [h for h in kept if h.rule.label != "-"]
        return sorted(kept, key=lambda h: (h.start, self._rank.get(h.rule.label, 0)))

    def _order(self, hit: Hit) -> tuple[int, int, int]:
        return (hit.start - hit.end, self._rank.get(hit.rule.label, -1), hit.start)


def _shields(other: Hit, hit: Hit, rank: Mapping[str, int]) -> bool:
    """Whether `other` (at least as long) takes the words of `hit`."""
    if other.rule.label == hit.rule.label and other.rule.label != "-":
        return False
    if other.rule.weight < WEAK <= hit.rule.weight and other.rule.label != "-":
        return False
    if other.start <= hit.start and hit.end <= other.end:
        longer = other.end - other.start > hit.end - hit.start
        return longer or rank.get(other.rule.label, -1) < rank.get(hit.rule.label, -1)
    return False


def rules_of(data: Mapping[str, object], macros: Mapping[str, str]) -> list[Rule]:
    """Rules from the lexicon's mapping intent -> list of patterns or {p, w, …}; macros expanded."""
    rules = []
    for label, entries in data.items():
        assert isinstance(entries, list)
        for entry in entries:
            facts = dict(entry) if isinstance(entry, dict) else {"p": str(entry)}
            pattern = expand(str(facts.pop("p")), macros)
            weight = float(facts.pop("w", 0.9))
            rules.append(Rule(str(label), pattern, weight, {k: str(v) for k, v in facts.items()}))
    return rules


def expand(pattern: str, macros: Mapping[str, str]) -> str:
    """Replace {name} by its macro, twice (a macro may use another)."""
    for _ in range(2):
        for name, value in macros.items():
            pattern = pattern.replace("{" + name + "}", value)
    return pattern
