"""Reads sums of money and what each is: promised, paid, contested, or out of reach."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.numerals import number
from bot.domain.understanding.regexfacts import compiled, headed, needed

MOST_SUMS = 30
"""Numbers looked at in one text."""
LARGEST = 10**11
"""Above this many minor units a number is no debt of ours and is not read as money."""
_ROLES = ("each", "paid", "contested", "unable", "whole", "has", "promised")
_AFFIRMED = "affirmed"
"""Words after a sum that take back what stands before it (账单写的2318, 我照付), and before it that
take back what comes after (先把456还了)."""
_OVER = ("paid", "whole")
"""Words after a sum that overrule what stands before it."""
_UNIT = {"亿": 10**8, "万": 10**4, "w": 10**4, "千": 1000, "k": 1000, "百": 100}
_CLAUSE = re.compile(r"[,。!?;]")


@dataclass(frozen=True, slots=True)
class AmountLexicon:
    """Compiled patterns of amounts.yaml; in_sums, in_shares: marks without which a text holds none."""

    sum: re.Pattern[str]
    after: re.Pattern[str]
    before: re.Pattern[str]
    roles: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]
    portions: Mapping[str, re.Pattern[str]]
    fraction: re.Pattern[str]
    in_sums: frozenset[str]
    in_shares: frozenset[str]


def build(data: Mapping[str, Any]) -> AmountLexicon:
    """Compile the mapping loaded from amounts.yaml."""
    return AmountLexicon(
        sum=headed(data["sum"]),
        after=compiled(data["not_money_after"]),
        before=compiled(data["not_money_before"]),
        roles={
            name: (compiled(each["left"]), compiled(each["right"]))
            for name, each in data["roles"].items()
        },
        portions={name: compiled(pattern) for name, pattern in data["portions"].items()},
        fraction=compiled(data["fraction"]),
        in_sums=needed(data["sum"]),
        in_shares=needed(*data["portions"].values(), data["fraction"]),
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum at [start, end): minor units and its role: promised, paid, contested, unable, each (a sum of
    every month), whole (十万先付三万), has (what comes in or is at hand) or ""."""

    start: int
    end: int
    minor: int
    role: str


@dataclass(frozen=True, slots=True)
class Share:
    """A portion at [start, end): "half", "full", "partial", "rest" or "fraction" with its value."""

    start: int
    end: int
    name: str
    value: Fraction | None = None
    paid: bool = False


def read_sums(plain: Plain, taken: Sequence[tuple[int, int]], lexicon: AmountLexicon) -> list[Sum]:
    """Sums in the normalised text outside the stretches already `taken` by dates."""
    if plain.marks.isdisjoint(lexicon.in_sums):
        return []
    text = plain.text
    free = bytearray(b"\1") * len(text)
    for start, end in taken:
        free[start:end] = bytes(end - start)
    found: list[Sum] = []
    for whole in islice(lexicon.sum.finditer(text), MOST_SUMS):
        match = _free_part(text, whole, free, lexicon)
        if match is None:
            continue
        start, end = match.span()
        minor, sure = _value(match)
        if minor is None or not 0 < minor < LARGEST:
            continue
        role = _role(text, start, end, lexicon)
        if sure or _plausible(text, match, minor, role, lexicon):
            found.append(Sum(start, end, minor, role))
    return found


def _free_part(
    text: str, match: re.Match[str], free: bytearray, lexicon: AmountLexicon
) -> re.Match[str] | None:
    """What no date takes of a number: of 一千六二十五号 the first part."""
    start, end = match.span()
    if all(free[start:end]):
        return match
    cut = free.find(0, start, end)
    return lexicon.sum.match(text, start, cut) if cut > start else None


def _value(match: re.Match[str]) -> tuple[int | None, bool]:
    """Minor units, and whether the words say money beyond doubt."""
    digits, unit, tail, _, coin, hanzi, _, coin_too = match.groups()
    value: Fraction | None
    if hanzi:
        value = number(hanzi)
        if coin_too and coin_too[-1] in "一二三四五六七八九" and value is not None:
            value += Fraction(number(coin_too[-1]) or 0) / 10
        sure = bool(coin_too)
        coin = coin_too
    else:
        value = Fraction(digits.replace(",", ""))
        if unit:
            value *= _UNIT[unit]
            value += (number(tail) or 0) * Fraction(_UNIT[unit], 10) if tail else 0
        elif tail:
            return None, False
        if coin and coin[-1].isdigit():  # 217块8
            value += Fraction(int(coin[-1]), 10)
        sure = bool(coin) or bool(unit and unit != "百")
    if value is None:
        return None, False
    if coin and "毛" in coin:
        value /= 10
    minor = value * 100
    return (int(minor), sure) if minor.denominator == 1 else (None, False)


def _plausible(
    text: str, match: re.Match[str], minor: int, role: str, lexicon: AmountLexicon
) -> bool:
    """Whether a bare number may be money, by its neighbours and size."""
    after = lexicon.after.match(text[match.end() : match.end() + 3])
    if after and not (after.group() in ("月", "下", "周") and minor >= 100_00):
        return False
    if lexicon.before.search(text[max(0, match.start() - 4) : match.start()]):
        return False
    hanzi = match.group(6)
    if hanzi:
        return any(c in "百千万" for c in hanzi) and len(hanzi) > 1
    if len(match.group(1).replace(",", "").split(".")[0]) > 8:
        return False
    return minor >= 100_00 or (bool(role) and minor >= 10_00)


def _role(text: str, start: int, end: int, lexicon: AmountLexicon) -> str:
    """The nearest word that says what the sum is; its own clause only."""
    left, affirmed = _clause_before(text, start), lexicon.roles[_AFFIRMED]
    right = text[end : end + 12]
    for name in _ROLES:
        if lexicon.roles[name][0].search(left):
            if name == "contested" and affirmed[1].match(right):
                return "promised"
            told = name in ("promised", "has") and not affirmed[0].search(left)
            return next((n for n in _OVER if told and lexicon.roles[n][1].match(right)), name)
    told_after = next((name for name in _ROLES if lexicon.roles[name][1].match(right)), "")
    return "promised" if told_after == "paid" and affirmed[0].search(left) else told_after


def _clause_before(text: str, start: int) -> str:
    left = text[max(0, start - 18) : start]
    cuts = [m.end() for m in _CLAUSE.finditer(left)]
    return left[cuts[-1] :] if cuts else left


def read_shares(plain: Plain, lexicon: AmountLexicon) -> list[Share]:
    """Portions in the normalised text, in order."""
    if plain.marks.isdisjoint(lexicon.in_shares):
        return []
    text = plain.text
    shares = [
        Share(m.start(), m.end(), name)
        for name, pattern in lexicon.portions.items()
        for m in pattern.finditer(text)
    ]
    for match in lexicon.fraction.finditer(text):
        if (value := _fraction(match)) is not None:
            name = "half" if value == Fraction(1, 2) else "full" if value == 1 else "fraction"
            shares.append(Share(match.start(), match.end(), name, value))
    paid = lexicon.roles["paid"][0]
    told = [replace(s, paid=bool(paid.search(_clause_before(text, s.start)))) for s in shares]
    return sorted(told, key=lambda s: (s.start, -s.end))


def _fraction(match: re.Match[str]) -> Fraction | None:
    below, above, hundredth, percent, tenth, top, bottom = match.groups()
    if below:
        parts = number(above), number(below)
    elif top:
        parts = Fraction(top), Fraction(bottom)
    else:
        parts = number(hundredth or percent or tenth), Fraction(10 if tenth else 100)
    if parts[0] is None or not parts[1]:
        return None
    value = parts[0] / parts[1]
    return value if 0 < value <= 1 else None
