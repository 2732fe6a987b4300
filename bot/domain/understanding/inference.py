"""Intents that no word states: told by a date's use, by a bare date or sum."""

from __future__ import annotations

from datetime import datetime
from itertools import compress

from bot.domain.understanding.lexicon import Lexicon, Verbs
from bot.domain.understanding.paying_day import day_of
from bot.domain.understanding.pieces import Found
from bot.domain.understanding.reading import Dated, Reading
from bot.domain.understanding.rules import SOFT
from bot.domain.understanding.values import Context

_LARGEST_BARE_SUM = 1_000_000_00
_MAY_STAND_BESIDE = frozenset({"hardship", "request_installment", "greeting_ack"})
DATE_ASKED = ("promise_date", "confirm_promise", "either_or")
"""What was asked last that a day answers."""


def told_by_dates(weights: dict[str, float], reading: Reading, now: datetime, verbs: Verbs) -> None:
    """A date with a paying verb is a promise, one with a calling verb asks for a call."""
    if not reading.dates:
        return
    paying = [d.found for d in reading.role("pay") if "past" not in d.found.tags]
    rest = any(_of_the_rest(d, reading, verbs) for d in reading.role("", "income"))
    rest = rest or any(_offered(d, reading, verbs, now) for d in reading.role("", "pay"))
    if rest or any(day_of(found, now) or _ahead(found, now) for found in paying):
        weights["promise_to_pay"] = max(weights.get("promise_to_pay", 0), 0.86)
    called = [d for d in reading.role("call") if d.found.place and "past" not in d.found.tags]
    surer = any(weights.get(name, 0) >= 0.9 for name in ("promise_to_pay", "already_paid"))
    if called and not surer:
        weights["call_later"] = max(weights.get("call_later", 0), 0.8)


def _offered(dated: Dated, reading: Reading, verbs: Verbs, now: datetime) -> bool:
    """中秋那天行吗: a day to pay on is offered, not asked for."""
    found = dated.found
    clocked = found.place is not None and found.place.grain in ("hour", "minute")
    if clocked or "past" in found.tags or not verbs.offered.match(reading.text, found.end):
        return False
    if verbs.spread_over.search(reading.text, 0, found.start):
        return False  # 分到年底行不行
    return day_of(found, now) is not None


def left_to_pay(reading: Reading, verbs: Verbs) -> bool:
    """Whether a day was given for what is left after a part that was paid."""
    return any(_of_the_rest(dated, reading, verbs) for dated in reading.role("pay", ""))


def _of_the_rest(dated: Dated, reading: Reading, verbs: Verbs) -> bool:
    """还了两千, 剩1400等8号: a day for what is left."""
    start = reading.text.rfind(",", 0, dated.found.start) + 1
    left = verbs.next_step.search(reading.text, start, dated.found.start)
    return left is not None and dated.found.place is not None and "past" not in dated.found.tags


def _ahead(found: Found, now: datetime) -> bool:
    return found.place is None or found.place.end > now


def bare_reply(
    weights: dict[str, float], reading: Reading, context: Context, now: datetime, lexicon: Lexicon
) -> None:
    """25号; 明天可以吗; 三点以后; 两千: a date or a sum and nothing else that tells."""
    if not reading.dates and not reading.sums:
        return
    strong = {name for name, weight in weights.items() if weight >= SOFT}
    if not strong <= _MAY_STAND_BESIDE or not _nothing_else(reading, lexicon, strong):
        return
    free = [d.found for d in reading.dates if d.role == "" or _on_payday(d.role, d.found)]
    told = [h.start for h in reading.hits if h.rule.label in strong]
    free = [f for f in free if _ahead(f, now)]
    free = [f for f in free if not any(0 <= start - f.end <= 1 for start in told)]  # 10号离婚了
    if free:
        _bare_date(weights, free[-1], context)
    elif not reading.dates and reading.sums and reading.sums[0].minor < _LARGEST_BARE_SUM:
        weights["promise_to_pay"] = 0.8 if context.asked in DATE_ASKED else 0.55


def _on_payday(role: str, found: Found) -> bool:
    return role == "income" and "payday" in found.tags


def _bare_date(weights: dict[str, float], found: Found, context: Context) -> None:
    asked = context.asked in DATE_ASKED
    if found.tags & {"past", "now"}:
        return
    soon = "counted" in found.tags and found.place and found.place.grain in ("minute", "second")
    clocked = found.place is not None and found.place.grain in ("hour", "minute")
    if ("timeonly" in found.tags or soon or (clocked and found.kind != "deadline")) and not asked:
        weights["call_later"] = 0.6
    else:
        weights["promise_to_pay"] = 0.92 if asked else 0.75


def _nothing_else(reading: Reading, lexicon: Lexicon, strong: set[str]) -> bool:
    """Whether what is left beside dates, sums, portions and the intents read says nothing."""
    marks = [True] * len(reading.text)
    told = [h for h in reading.hits if h.rule.label in strong]
    spans = [(d.found.start, d.found.end) for d in reading.dates]
    spans += [(s.start, s.end) for s in reading.sums]
    spans += [(s.start, s.end) for s in reading.shares]
    spans += [(h.start, h.end) for h in told]
    for start, end in spans:
        marks[start:end] = [False] * (end - start)
    left = "".join(compress(reading.text, marks))
    return bool(lexicon.verbs.filler_only.fullmatch(lexicon.verbs.correction.sub("", left)))
