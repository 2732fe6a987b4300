"""The words the reader knows: a frozen value, compiled once from data loaded outside the domain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.domain.understanding import amounts, asides, classifier, kinds, tokens
from bot.domain.understanding.normalise import Normaliser
from bot.domain.understanding.regexfacts import compiled, headed, needed
from bot.domain.understanding.rules import RuleBook, expand, rules_of
from bot.domain.understanding.values import Intent


@dataclass(frozen=True, slots=True)
class Verbs:
    """What dates are for (kind -> words) and the words between and around them."""

    kinds: re.Pattern[str]
    correction: re.Pattern[str]
    not_first: re.Pattern[str]
    split: re.Pattern[str]
    recurring: re.Pattern[str]
    filler_only: re.Pattern[str]
    yes: re.Pattern[str]
    self: re.Pattern[str]
    no: re.Pattern[str]
    condition: re.Pattern[str]
    next_step: re.Pattern[str]
    for_good: re.Pattern[str]
    own_kin: re.Pattern[str]
    aside: re.Pattern[str]
    transfer: re.Pattern[str]
    money_noun: re.Pattern[str]
    in_parts: re.Pattern[str]
    payday: re.Pattern[str]
    supposing: re.Pattern[str]
    asks: re.Pattern[str]
    undecided: re.Pattern[str]
    debt_noun: re.Pattern[str]
    hedge: re.Pattern[str]
    denied: re.Pattern[str]
    mourning: re.Pattern[str]
    owed_me: re.Pattern[str]
    vowed_before: re.Pattern[str]
    again_past: re.Pattern[str]
    offered: re.Pattern[str]
    spread_over: re.Pattern[str]
    in_next_run: re.Pattern[str]
    wired: re.Pattern[str]
    once_more: re.Pattern[str]
    phone: re.Pattern[str]
    set_off: re.Pattern[str]
    called_off: re.Pattern[str]
    each: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """normalise: text -> Plain. book: intent rules. rank: intent -> order, who contacts least first.
    keys: bare SMS replies that always mean one thing. machines, reasons: name -> words; in_machines,
    in_reasons: marks without which a text holds none of them."""

    normalise: Normaliser
    book: RuleBook
    rank: Mapping[str, int]
    keys: Mapping[str, str]
    machines: Mapping[str, re.Pattern[str]]
    in_machines: frozenset[str]
    reasons: Mapping[str, re.Pattern[str]]
    in_reasons: frozenset[str]
    abuse: re.Pattern[str]
    times: tokens.TimeLexicon
    amounts: amounts.AmountLexicon
    verbs: Verbs
    asides: asides.AsideWords
    classifier: classifier.Classifier


def build(data: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """Compile a lexicon from the mappings of script, phrases, intents, times, amounts, verbs, asides, kinds
    and classifier.

    Raises ValueError naming the bad pattern, intent or table."""
    intents, script, phrases = data["intents"], data["script"], data["phrases"]
    source, target = ("".join(script[side].split()) for side in ("from", "to"))
    if len(source) != len(target):
        raise ValueError(f"script table: {len(source)} characters from, {len(target)} to")
    rank = {name: place for place, name in enumerate(intents["order"])}
    if set(rank) != {i.value for i in Intent}:
        raise ValueError("intents.yaml: order must name every intent once")
    macros = intents["macros"]
    reasons = {name: expand(pattern, macros) for name, pattern in intents["reasons"].items()}
    return Lexicon(
        normalise=Normaliser(
            dict(zip(source, target, strict=True)),
            {str(k): str(v) for k, v in phrases["replace"].items()},
            phrases["fillers"],
            phrases["emoji"],
        ),
        book=RuleBook(rules_of(intents["rules"], macros), rank),
        rank=rank,
        keys={str(k): str(v) for k, v in intents["keys"].items()},
        machines={name: compiled(pattern) for name, pattern in intents["machines"].items()},
        in_machines=needed(*intents["machines"].values()),
        reasons={name: headed(pattern) for name, pattern in reasons.items()},
        in_reasons=needed(*reasons.values()),
        abuse=headed(intents["abuse"]),
        times=tokens.build(data["times"]),
        amounts=amounts.build(data["amounts"]),
        verbs=_verbs(data["verbs"]),
        asides=asides.build(data["asides"]),
        classifier=classifier.build(data["classifier"], kinds.build(data["kinds"])),
    )


def _verbs(data: Mapping[str, Any]) -> Verbs:
    kinds = "|".join(f"(?P<{name}>{pattern})" for name, pattern in data["verbs"].items())
    others = [field.name for field in fields(Verbs) if field.name != "kinds"]
    return Verbs(kinds=headed(kinds), **{name: compiled(data[name]) for name in others})
