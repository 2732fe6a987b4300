"""The words the reader knows: a frozen value, loaded from data outside the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.understanding.rules import Rule, RuleBook


@dataclass(frozen=True, slots=True)
class Lexicon:
    """script: one character for one (traditional, full width, variant forms).
    phrases: longer replacements (typos, Cantonese, fillers). book: the compiled intent rules.
    rank: intent name -> order among intents, the one that contacts least first.
    keys: bare replies that always mean one thing, in SMS."""

    script: Mapping[int, str]
    phrases: Mapping[str, str]
    book: RuleBook
    rank: Mapping[str, int]
    keys: Mapping[str, str]


def build(
    script: Mapping[str, str],
    phrases: Mapping[str, str],
    rules: tuple[Rule, ...],
    order: tuple[str, ...],
    keys: Mapping[str, str],
) -> Lexicon:
    """Compile the parts; raises re.error naming a bad pattern."""
    rank = {name: place for place, name in enumerate(order)}
    return Lexicon(str.maketrans(dict(script)), phrases, RuleBook(rules, rank), rank, keys)
