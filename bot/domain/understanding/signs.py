"""What the grammar found in a reply, as features for the classifier."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from bot.domain.understanding.choice import Choice
from bot.domain.understanding.kinds import DAY, SUM, Span
from bot.domain.understanding.promises import firm_day, some_day
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import Hit
from bot.domain.understanding.values import Context

MARK = "§"
"""Begins every sign, so that no n-gram is one."""


def signs(reading: Reading, choice: Choice, context: Context, now: datetime) -> set[str]:
    """Signs of a reading and of the grammar's choice; the bare MARK stands in every reply."""
    first = choice.names[0]
    found = {"", f"1{first}", f"1{first}{int(choice.weights.get(first, 0.2) * 10)}"}
    found.update(f"+{name}" for name in choice.weights)
    found.update(f"h{hit.rule.label}" for hit in reading.hits)
    found.update(_name(hit.rule.pattern) for hit in reading.hits)
    found.update(f"d{dated.role}" for dated in reading.dates)
    found.update(f"s{one.role}" for one in reading.sums)
    found.update(f"p{one.name}" for one in reading.shares)
    if not reading.dates:
        found.add("d-")
    if firm_day(reading, now):
        found.add("firm")
    if some_day(reading, now):
        found.add("some")
    if context.asked:
        found.add(f"a{context.asked}")
    return {MARK + sign for sign in found}


@cache
def _name(pattern: str) -> str:
    """A rule's own sign: a changed rule has to prove itself anew."""
    return f"r{zlib.crc32(pattern.encode())}"


def spans(reading: Reading) -> list[Span]:
    """Where the days and the sums of a reading stand."""
    days = [(dated.found.start, dated.found.end, DAY) for dated in reading.dates]
    return days + [(one.start, one.end, SUM) for one in reading.sums]


def dispute_signs(hits: Iterable[Hit]) -> list[str]:
    """What the words of a dispute say it is about."""
    told = {hit.rule.carries["kind"] for hit in hits if "kind" in hit.rule.carries}
    return [MARK, *(f"{MARK}k{kind}" for kind in sorted(told))]
