"""Days that are named and yet not promised: asked about, doubted, told of another's word, part of a noun."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.understanding.pieces import Found
from bot.domain.understanding.regexfacts import compiled

_CLAUSE = ",。!?;"
_CLAUSE_END = re.compile(f"[{_CLAUSE}]")
_HEAD, _TAIL, _NEXT = 12, 14, 16
"""Characters before a date, after it and after its clause that are heard."""
_MAY_BE_PROMISED = frozenset({"pay", "", "income"})
_HASTE = frozenset({"soon", "now", "vague"})


@dataclass(frozen=True, slots=True)
class AsideWords:
    """Searched in the clause of a date, the date itself written @; qualified: from the date on, contrary:
    in the clause that follows, frame: in the
    date itself too."""

    asked: re.Pattern[str]
    offered: re.Pattern[str]
    doubted: re.Pattern[str]
    contrary: re.Pattern[str]
    qualified: re.Pattern[str]
    another: re.Pattern[str]
    frame: re.Pattern[str]


def build(data: Mapping[str, str]) -> AsideWords:
    """Compile the mapping loaded from asides.yaml."""
    return AsideWords(**{name: compiled(pattern) for name, pattern in data.items()})


@dataclass(frozen=True, slots=True)
class Heard:
    """role: what is left of a date's role once its clause is heard out. bound: whether a verb or a word
    of the clause makes it a day to pay on."""

    role: str
    bound: bool = True


def hear_out(text: str, found: Found, role: str, words: AsideWords) -> Heard:
    """cannot where the day is doubted, aside where it is asked about or another's word; not bound where
    nothing but the reply as a whole says that it is one to pay on."""
    if role not in _MAY_BE_PROMISED or found.tags & _HASTE:
        return Heard(role)
    start = max([text.rfind(mark, 0, found.start) for mark in _CLAUSE]) + 1
    stop = _CLAUSE_END.search(text, found.end)
    end = stop.start() if stop else len(text)
    head = text[max(start, found.start - _HEAD) : found.start]
    tail = text[found.end : min(end, found.end + _TAIL)]
    told = f"{head}@{tail}"
    if words.doubted.search(told) or words.contrary.match(text, end, end + _NEXT):
        return Heard("cannot")
    if role == "income":
        return Heard(role)
    asked = words.asked.search(told) and not words.offered.search(told)
    if asked or words.qualified.match(tail) or words.another.search(told):
        return Heard("aside")
    named = words.frame.search(told) or words.frame.search(text, found.start, found.end)
    return Heard(role, bool(role or named))
