"""Lengths of time that count from now: 三天后, 半小时内, 近三年, 再等我一周."""

from __future__ import annotations

import re

from bot.domain.understanding.frames import Place, names_a_day
from bot.domain.understanding.lengths import Length, reached, stretch
from bot.domain.understanding.pieces import Found, Item
from bot.domain.understanding.placing import Placer

_GRACE = re.compile(
    r"(?:再?给(?:我|点|个)|再给|^给|(?<=[,。!?])给|宽限(?:我|到)?|容我|缓我?|宽容|再?等我|再等|[宽限许]我)(?:个|再|一下|大概)?$"
)
_ABOUT = re.compile("左右|上下")
_OF_AN_EVENT = re.compile("[到收完好了过批签][^,。]{0,2}(?:之|以)?后的?$")
_TODAY = re.compile("的(?:今[天日]|同一天|这一?天)")
_EVERY = re.compile("每一?个?[月周年季][度末]?的?(?:[前后头]|最[前后])$")
"""每月的最后三天: no stretch of now."""
_HEAD = 6
_LONGEST_GRACE = 32
"""Days; a longer grace asked for (缓两个月) names no day."""
_VAGUE = frozenset({"vague"})
_NONE: frozenset[str] = frozenset()

Used = tuple[int, Found | None]
"""How many pieces were used, and what they make."""


def read_counted(placer: Placer, item: Item, following: Item | None) -> Used:  # noqa: PLR0911  (one return per shape)
    """What a length means by the words before and after it; a bare length means no time."""
    length = item.length
    if length is None:
        return 1, None
    text, words = placer.text, placer.words
    head = text[max(0, item.start - _HEAD) : item.start]
    if _EVERY.search(head):
        return 1, None
    recent = words.leading["pastrange"].search(head)
    if recent and recent.group().startswith("最近") and words.within.match(text, item.end):
        recent = None  # 最近三天内
    if match := words.later.match(text, item.end):
        return _then(placer, item.start, match.end(), length, following)
    if recent:
        return 1, _stretch(placer, item, length, len(recent.group()), -1)
    if match := words.within.match(text, item.end):
        if _OF_AN_EVENT.search(head):  # 发票收到后三个工作日内
            return 1, Found(item.start, match.end(), None, tags=_VAGUE)
        return 1, _within(placer, item.start, match.end(), length)
    if words.leading["limit"].search(head):
        return 1, _within(placer, item.start, item.end, length)
    if match := words.ago.match(text, item.end):
        told = _TODAY.match(text, match.end())  # 三年前的今天
        return 1 + bool(told), _ago(placer, item.start, (told or match).end(), length)
    if match := words.since.match(text, item.end):
        place = stretch(placer.facts.now, length, -1, placer.facts.workday)
        tags = _tags(length, "past")
        return 1, Found(item.start, match.end(), place, "range", tags) if place else None
    return _led(placer, item, length, head, following)


def _led(placer: Placer, item: Item, length: Length, head: str, following: Item | None) -> Used:
    """Only the words before say what it is: 未来三天, 再过三天, 给我三天."""
    leading = placer.words.leading
    if match := leading["futurerange"].search(head):
        return 1, _stretch(placer, item, length, len(match.group()), 1)
    if (match := leading["future"].search(head)) and (_short(length) or match.group()[0] != "等"):
        start = item.start - len(match.group())
        return _then(placer, start, item.end, length, following)
    if (match := _GRACE.search(head)) and not length.vague and _grants(match.group(), length):
        start = item.start - len(match.group())
        if not length.fine:
            return 1, _within(placer, start, item.end, length)
        return _then(placer, start, item.end, length, following)  # 等我半小时
    return 1, _bare(placer, item, length, head)


def _bare(placer: Placer, item: Item, length: Length, head: str) -> Found | None:
    """A length that nothing places: vague where a day was put off, else no time at all."""
    if head.endswith("分"):  # 分几个月还
        return None
    about = _ABOUT.match(placer.text, item.end)
    if about or length.vague or head.endswith(("缓", "等", "晚", "拖")):
        return Found(item.start, item.end, None, tags=_VAGUE)
    return None


def _grants(words: str, length: Length) -> bool:
    """给我三个月时间 names a last day, a plea for two months' delay does not."""
    return words[0] in "给再" or _short(length)


def _short(length: Length) -> bool:
    return length.months * 31 + length.days + length.workdays <= _LONGEST_GRACE


def _stretch(placer: Placer, item: Item, length: Length, lead: int, sign: int) -> Found | None:
    place = stretch(placer.facts.now, length, sign, placer.facts.workday)
    tags = _tags(length, "past") if sign < 0 else _tags(length)
    return Found(item.start - lead, item.end, place, "range", tags) if place else None


def _ago(placer: Placer, start: int, end: int, length: Length) -> Found | None:
    if length.vague:
        return Found(start, end, None, tags=_tags(length, "past"))
    spot = reached(placer.facts.now, length, -1, placer.facts.workday)
    return Found(start, end, spot, tags=_tags(length, "counted", "past")) if spot else None


def _within(placer: Placer, start: int, end: int, length: Length) -> Found | None:
    """三天内: from now to the end of the third day; 半小时内: to that minute."""
    if length.vague and "几" in placer.text[start:end]:
        return Found(start, end, None, tags=_VAGUE)
    now = placer.facts.now
    spot = reached(now, length, 1, placer.facts.workday)
    if spot is None:
        return None
    place = Place(now, spot.start if length.fine else spot.end, spot.grain)
    return Found(start, end, place, "deadline", frozenset({"counted"}))


def _then(placer: Placer, start: int, end: int, length: Length, following: Item | None) -> Used:
    """A counted day, with the hour that may follow it (三天后下午三点)."""
    if length.vague:
        return 1, Found(start, end, None, tags=_VAGUE)
    spot = reached(placer.facts.now, length, 1, placer.facts.workday)
    if spot is None:
        return 1, None
    hours = following.frame if following else None
    joined = following is not None and placer.text[end : following.start] in ("", "的")
    if following and hours and joined and spot.grain == "day" and not names_a_day(hours):
        hours.day_shift = (spot.start.date() - placer.facts.now.date()).days
        if (place := placer.resolve(following)) is not None:
            tags = frozenset({"counted", "part"})
            return 2, placer.with_suffix(start, following.end, place, tags)
    return 1, Found(start, end, spot, tags=frozenset({"counted"}))


def _tags(length: Length, *names: str) -> frozenset[str]:
    return frozenset(names) | (_VAGUE if length.vague else _NONE)
