"""Two pieces that make one expression: ranges (3号到5号) and counts from a day (节前三天)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.understanding.clocks import resolve
from bot.domain.understanding.frames import DAY, Frame, Place, inherit
from bot.domain.understanding.lengths import Length, reached, shift
from bot.domain.understanding.pieces import Found, Item
from bot.domain.understanding.placing import CLOCKED, Placer, tags_of
from bot.domain.understanding.tokens import Words

_RANGE = re.compile(r" ?(?:到|至|直到|-|~|——?|、|起至|(?:起|开始),?[到至]|\),?[-~至到—]+)(?:了)? ?")
_BETWEEN = re.compile(r"\)?(?:和|与|跟|及)$")
_SPAN = re.compile(r"\)?(?:之间|期间|中间|间(?![隔接])|这段时间)")
_FROM_THEN = re.compile("(?:之后|以后|后|起)[,、]?")
"""10号以后15号以前: what stands between the two."""
_OFFSET = {
    "前": -1, "之前": -1, "以前": -1, "后": 1, "之后": 1, "以后": 1, "过后": 1, "最后": -1, "最后的": -1, "头": -1, "": 0,
}  # fmt: skip
_DAYS = 6
_COUNTS = re.compile("(?:之日)?(?:起|算起|起算|开始|开始算)")
_COUNTED = frozenset({"counted"})


def read_range(placer: Placer, one: Item, two: Item) -> Found | None:
    """From one moment to another, or to now; None when they make no range."""
    if not (two.frame or two.mark == "now") or not _connected(placer.text, placer.words, one, two):
        return None
    if two.mark == "now" and one.frame:
        one.frame.past = True
    left = placer.resolve(one)
    if left and two.frame and left.start < placer.facts.now:
        _just_gone(two.frame, placer.facts.now)
    right = _right(placer, one, two, left) if left else None
    if left is None or right is None:
        return None
    left, right = _under_way(placer, one, two, left, right)
    end = right.start if right.grain in CLOCKED else right.end
    text, words = placer.text, placer.words
    if _FROM_THEN.fullmatch(text, one.end, two.start) and right.grain not in CLOCKED:
        end = placer.last_before(right).end
    if end <= left.start:
        return None
    more = words.before.match(text, two.end) or words.within.match(text, two.end)
    more = more or _SPAN.match(text, two.end)
    place = Place(left.start, end, right.grain)
    stop = more.end() if more else two.end
    return Found(one.start, stop, place, "range", tags_of(one) | {"range"})


def _connected(text: str, words: Words, one: Item, two: Item) -> bool:
    gap = text[one.end : two.start]
    if gap == "、":  # 6、7点; but 11、12号 are two days
        return bool(one.frame and one.frame.clock and two.frame and two.frame.clock)
    if two.mark == "now" and text[two.start] == "至":
        return gap in ("", "起", "开始", "以来")
    if _FROM_THEN.fullmatch(gap):
        return two.frame is not None and bool(words.before.match(text, two.end))
    if _BETWEEN.fullmatch(gap):
        return bool(_SPAN.match(text, two.end)) or text[two.end - 1] == "间"
    return bool(_RANGE.fullmatch(gap))


def _just_gone(frame: Frame, now: datetime) -> None:
    """上周五到这周二 said on a Wednesday ends on the Tuesday gone by."""
    if frame.weekday is not None and not frame.week_shift and frame.weekday < now.weekday():
        frame.past = True


def _under_way(
    placer: Placer, one: Item, two: Item, left: Place, right: Place
) -> tuple[Place, Place]:
    """20号到28号 said on the 25th, 10月到12月 said in November: the stretch that holds today."""
    first, last = one.frame, two.frame
    now = placer.facts.now
    bare = first is not None and (first.day, first.month, first.festival) != (None, None, None)
    if not bare or first is None or last is None or first.level > _DAYS or left.start <= now:
        return left, right
    if first.month is not None and last.portion and last.month_shift == 0:
        return left, right  # 12月初到月底
    begun = resolve(replace(first, past=True), now)
    until = resolve(last, now) if begun and begun.start <= now else None
    if begun is None or until is None or not now < until.end <= left.start:
        return left, right
    return begun, until


def _right(placer: Placer, one: Item, two: Item, left: Place) -> Place | None:
    now = placer.facts.now
    if two.mark == "now":
        return Place(now - timedelta(seconds=1), now, "day") if left.start < now else None
    if one.frame is None or two.frame is None:
        return None
    inherit(one.frame, two.frame)
    right = placer.resolve(two)
    if right and right.end <= left.start:
        again = resolve(two.frame, left.start, left.start.date())
        if again and two.frame.portion and again.end <= left.start:  # 月底到月初, 年底到年初
            again = _next_edge(two.frame, left)
        right = again if again and again.end > left.start else _later(right, left)
    return right


def _next_edge(frame: Frame, left: Place) -> Place | None:
    if frame.month_shift is not None:
        return resolve(replace(frame, month_shift=frame.month_shift + 1), left.start)
    return resolve(replace(frame, year=frame.year + 1), left.start) if frame.year else None


def _later(right: Place, left: Place) -> Place:
    """A right end before the left one: half a day later, or a whole one."""
    for step in (timedelta(hours=12), DAY):
        if right.grain in CLOCKED and right.start + step > left.start:
            return Place(right.start + step, right.end + step, right.grain)
    return Place(right.start + DAY, right.end + DAY, right.grain)


def to_moment(placer: Placer, now: Item, two: Item) -> Found | None:
    """现在到八点."""
    if not (two.frame and _RANGE.fullmatch(placer.text[now.end : two.start])):
        return None
    right = placer.resolve(two)
    if right is None:
        return None
    end = right.start if right.grain in CLOCKED else right.end
    if end <= placer.facts.now:
        return None
    return Found(now.start, two.end, Place(placer.facts.now, end, right.grain), "range")


def read_offset(placer: Placer, one: Item, two: Item) -> Found | None:
    """春节以后三天, 节前一天, 4月前4天, 上月最后五天, 昨天的两天后."""
    if two.length is None:
        return None
    gap = placer.text[one.end : two.start].strip("的, ")
    if _COUNTS.fullmatch(gap):
        return _within_from(placer, one, two, two.length)
    sign = _OFFSET.get(gap)
    if sign is None:
        return None
    end = two.end
    if sign == 0:
        sign, end = _direction(placer, end)
    place = placer.resolve(one) if sign else None
    if place is None or sign is None:
        return None
    if gap and (place.end - place.start > 2 * DAY or gap.startswith("最后")):
        return _slice(placer, one, end, place, two.length, sign, last=gap.startswith("最后"))
    spot = reached(place.start, two.length, sign, placer.facts.workday)
    return Found(one.start, end, spot, tags=_COUNTED) if spot else None


def _within_from(placer: Placer, one: Item, two: Item, length: Length) -> Found | None:
    """今天起三天内, 12月5号起一周内: by the last day counted."""
    until = placer.words.within.match(placer.text, two.end)
    place = placer.resolve(one) if until else None
    spot = reached(place.start, length, 1, placer.facts.workday) if place else None
    if until is None or place is None or spot is None:
        return None
    whole = Place(place.start, spot.start if length.fine else spot.end, spot.grain)
    return Found(one.start, until.end(), whole, "deadline", _COUNTED)


def _direction(placer: Placer, end: int) -> tuple[int | None, int]:
    if match := placer.words.later.match(placer.text, end):
        return 1, match.end()
    if match := placer.words.ago.match(placer.text, end):
        return -1, match.end()
    return None, end


def _slice(
    placer: Placer, one: Item, end: int, place: Place, length: Length, sign: int, *, last: bool
) -> Found | None:
    """The first or last N days of a longer stretch (after it: N days past its end)."""
    if length.fine:
        return None
    base = place.end if last else place.start if sign < 0 else place.end - DAY
    other = shift(base, length, -1 if last else 1, placer.facts.workday)
    if other is None:
        return None
    if last or sign < 0:
        whole = Place(min(base, other), max(base, other), "day")
        return Found(one.start, end, whole, "range")
    return Found(one.start, end, Place(other, other + DAY, "day"), tags=_COUNTED)
