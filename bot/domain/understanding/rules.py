"""The machine of the intent grammar: patterns as data, hits as spans, the longest reading wins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.regexfacts import branches, compiled, headed, must_contain

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
HARMFUL_RANK = 3
"""The first intents of the order (deceased, opt_out, wrong_person, complaint) never shield each other."""
_NEIGHBOURS = 1000
"""How much rarer two characters stand side by side than the one whose neighbour it is, to scale."""
WEAK = 0.6
"""A rule weaker than this never shields a stronger one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched [start, end) of the normalised text."""

    rule: Rule
    start: int
    end: int


Finder = Callable[..., re.Match[str] | None]


class RuleBook:
    """The rules, each behind the marks (regexfacts) it cannot match without; compiled when first needed."""

    def __init__(self, rules: Iterable[Rule], rank: Mapping[str, int]) -> None:
        self._rank = rank
        split = [(rule, each) for rule in rules for each in branches(rule.pattern)]
        self.rules = tuple(rule for rule, _ in split)
        self._patterns = tuple(pattern for _, pattern in split)
        self._ready: dict[int, Finder] = {}
        common = Counter(char for _, pattern in split for char in set(pattern))
        self._by_mark: dict[str, list[int]] = {}
        needs = [self._file(at, pattern, common) for at, (_, pattern) in enumerate(split)]
        self._needs, self._marks = needs, frozenset(self._by_mark)

    def _file(self, at: int, pattern: str, common: Mapping[str, int]) -> tuple[frozenset[str], ...]:
        """Index a pattern under its rarest needed marks; the other needs are returned."""
        needs = sorted(must_contain(pattern), key=lambda need: _often(need, common))
        for mark in needs[0] if needs else [""]:
            self._by_mark.setdefault(mark, []).append(at)
        return tuple(needs[1:3])

    def _finder(self, at: int) -> Finder:
        found = self._ready.get(at)
        if found is None:
            pattern = self._patterns[at]
            # one that is bound to the beginning need not be looked for elsewhere
            found = compiled(pattern).match if pattern.startswith("^") else headed(pattern).search
            self._ready[at] = found
        return found

    def prepare(self) -> None:
        """Compile every pattern now."""
        for at in range(len(self._patterns)):
            self._finder(at)

    def hits(self, text: str, present: Set[str]) -> list[Hit]:
        """All matches in a text of these marks, at most MOST_HITS per pattern."""
        needs, ready = self._needs, self._ready
        found: list[Hit] = []
        # in the order of the lexicon, so that of two equal hits always the same one leads
        for at in sorted(set().union(*map(self._by_mark.__getitem__, present & self._marks))):
            for need in needs[at]:
                if present.isdisjoint(need):
                    break
            else:
                find = ready.get(at) or self._finder(at)
                if match := find(text):
                    found += _matches(self.rules[at], find, text, match)
        return found

    def settled(self, plain: Plain) -> list[Hit]:
        """Matches that survive: a longer reading shields what it contains; of two that merely
        overlap the one that contacts less (lower rank) stays."""
        hits = self.hits(plain.text, plain.marks)
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


def _matches(rule: Rule, find: Finder, text: str, match: re.Match[str] | None) -> list[Hit]:
    """The hits of a rule from its first match on."""
    found: list[Hit] = []
    size = len(text)
    while match and len(found) < MOST_HITS:
        start, end = match.span()
        if end > start:
            found.append(Hit(rule, start, end))
        match = find(text, max(end, start + 1)) if end < size else None
    return found


def _often(need: frozenset[str], common: Mapping[str, int]) -> float:
    """How often a text holds one of these marks, by how many patterns its characters stand in."""
    return sum(
        common[mark[0]] * (common[mark[1]] / _NEIGHBOURS if mark[1:] else 1) for mark in need
    )


def _shields(other: Hit, hit: Hit, rank: Mapping[str, int]) -> bool:
    """Whether `other` (at least as long) takes the words of `hit`."""
    if other.rule.label == hit.rule.label and other.rule.label != "-":
        return False
    if other.rule.weight < WEAK <= hit.rule.weight and other.rule.label != "-":
        return False
    both_harmful = max(rank.get(other.rule.label, 99), rank.get(hit.rule.label, 99)) <= HARMFUL_RANK
    if both_harmful and other.rule.label != "-":
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
