"""Reads every date and time in a text: words → pieces → ranges, deadlines, counts."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.domain.understanding import lunar
from bot.domain.understanding.counting import Used, read_counted
from bot.domain.understanding.frames import DAY, Frame, Place, days, names_a_day
from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.pairs import read_offset, read_range, to_moment
from bot.domain.understanding.pieces import Facts, Found, Item, gather
from bot.domain.understanding.placing import Placer
from bot.domain.understanding.tokens import TimeLexicon

_AFTER_NEW_YEAR = timedelta(days=20)
"""年后 said this soon after the lunar new year still means this one."""


_TURN = frozenset({"turn"})
_PART_LEVEL = 7
_SAME_BREATH = 12
_OF_A_DAY = ("day", "part", "hour", "minute")
_NEW_MATTER = re.compile("[。!?;还付转汇缴交]")
_EVENT = re.compile("[完好到了批签验补发过]")


def read_times(plain: Plain, facts: Facts, lexicon: TimeLexicon) -> list[Found]:
    """Every date and time expression of the normalised text, in order."""
    tokens = lexicon.scanner.scan(plain)
    if not tokens:
        return []
    text = plain.text
    placer = Placer(text, facts, lexicon)
    items = gather(text, tokens, facts, lexicon)
    found: list[Found] = []
    at = 0
    while at < len(items):
        _told_before(text, items[at], found, facts)
        used, one = _read(placer, items[at], items[at + 1] if at + 1 < len(items) else None)
        if one is not None:
            found.append(one)
        at += used
    return found


def _told_before(text: str, item: Item, found: list[Found], facts: Facts) -> None:
    """What a piece takes from the day told before it: 当天, 隔天; 明天早市, 下午两点以后."""
    named = [f for f in found if "turn" not in f.tags]
    frame, last = item.frame, named[-1] if named else None
    if frame is None:
        return
    if frame.told:
        _count_from(frame, text[: item.start], last, facts)
    elif last is not None and _same_day(text, item, last, facts):
        assert last.place is not None
        frame.day_shift = (last.place.start.date() - facts.now.date()).days


def _count_from(frame: Frame, before: str, last: Found | None, facts: Facts) -> None:
    """A day counted from the last one told; from none when only an event is told (修好当天付)."""
    if last is not None and last.place is not None and last.place.grain in ("day", "part"):
        frame.day_shift = (last.place.start.date() - facts.now.date()).days + (frame.day_shift or 0)
    elif _EVENT.search(before):
        frame.day_shift = None


def _same_day(text: str, item: Item, last: Found, facts: Facts) -> bool:
    """Whether an hour alone belongs to the coming day told shortly before."""
    frame, gap = item.frame, text[last.end : item.start]
    if frame is None or frame.level < _PART_LEVEL or names_a_day(frame) or last.place is None:
        return False
    near = len(gap) <= _SAME_BREATH and not _NEW_MATTER.search(gap)
    ahead = last.place.start.date() > facts.now.date() and last.kind in ("point", "range")
    return near and ahead and last.place.grain in _OF_A_DAY and "counted" not in last.tags


def _read(placer: Placer, item: Item, following: Item | None) -> Used:
    if item.mark:
        return _marked(placer, item, following)
    if item.length is not None:
        return read_counted(placer, item, following)
    if following is not None:
        pair = read_range(placer, item, following) or read_offset(placer, item, following)
        if pair is not None:
            return 2, pair
    return 1, placer.moment(item)


def _marked(placer: Placer, item: Item, following: Item | None) -> Used:
    """现在, 马上, 年前, 过几天: words that stand by themselves."""
    if item.mark == "now":
        if following and (span := to_moment(placer, item, following)):
            return 2, span
        now = placer.facts.now
        place = Place(now, now + timedelta(seconds=1), "second")
        return 1, Found(item.start, item.end, place, tags=frozenset({"now"}))
    if item.mark in ("yearbefore", "yearafter"):
        return 1, _yearturn(placer, item)
    tag = "soon" if item.mark == "soon" else "vague"
    return 1, Found(item.start, item.end, None, tags=frozenset({tag}))


def _yearturn(placer: Placer, item: Item) -> Found:
    """年前: by the last day of the lunar year; 年后: some time after its first."""
    today = placer.facts.now.date()
    year = lunar.lunar_year(today)
    first, eve = lunar.solar(year, 1, 1), lunar.last_day(year)
    if first is None or eve is None:
        return Found(item.start, item.end, None, tags=frozenset({"vague"}))
    if item.mark == "yearbefore":
        return Found(item.start, item.end, days(eve, eve + DAY, "day"), "deadline", _TURN)
    start = first if today - first < _AFTER_NEW_YEAR else eve + DAY
    place = days(start, start + DAY, "day")
    return Found(item.start, item.end, place, "after", frozenset({"vague"}))
