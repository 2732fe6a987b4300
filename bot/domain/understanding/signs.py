"""What the grammar found in a reply, as features for the classifier."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from bot.domain.understanding.choice import Choice
from bot.domain.understanding.kinds import DAY, SUM, Span
from bot.domain.understanding.paying_day import firm_day, some_day
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import Hit
from bot.domain.understanding.values import Context

MARK = "§"
"""Begins every sign, so that no n-gram is one."""


def signs(reading: Reading, choice: Choice, context: Context, now: datetime) -> set[str]:
    """Signs of a reading and of the grammar's choice; the bare MARK stands in every reply."""
    first = choice.names[0]
    found = [MARK, f"{MARK}1{first}", f"{MARK}1{first}{int(choice.weights.get(first, 0.2) * 10)}"]
    found += [f"{MARK}+{name}" for name in choice.weights]
    for hit in reading.hits:
        found += f"{MARK}h{hit.rule.label}", _name(hit.rule.pattern)
    found += [f"{MARK}s{one.role}" for one in reading.sums]
    found += [f"{MARK}p{one.name}" for one in reading.shares]
    found += _of_dates(reading, now)
    if context.asked:
        found.append(f"{MARK}a{context.asked}")
    return set(found)


def _of_dates(reading: Reading, now: datetime) -> list[str]:
    if not reading.dates:
        return [f"{MARK}d-"]
    found = [f"{MARK}d{dated.role}" for dated in reading.dates]
    if firm_day(reading, now):
        found.append(f"{MARK}firm")
    if some_day(reading, now):
        found.append(f"{MARK}some")
    return found


@cache
def _name(pattern: str) -> str:
    """A rule's own sign: a changed rule has to prove itself anew."""
    return f"{MARK}r{zlib.crc32(pattern.encode())}"


def spans(reading: Reading) -> list[Span]:
    """Where the days and the sums of a reading stand."""
    days = [(dated.found.start, dated.found.end, DAY) for dated in reading.dates]
    return days + [(one.start, one.end, SUM) for one in reading.sums]


def dispute_signs(hits: Iterable[Hit]) -> list[str]:
    """What the words of a dispute say it is about."""
    told = {hit.rule.carries["kind"] for hit in hits if "kind" in hit.rule.carries}
    return [MARK, *(f"{MARK}k{kind}" for kind in sorted(told))]
