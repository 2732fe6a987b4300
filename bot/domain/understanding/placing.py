"""Places one piece on the calendar and reads the words around it: before, after, within."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.understanding.clocks import resolve
from bot.domain.understanding.frames import DAY, Frame, Place, days, names_a_day
from bot.domain.understanding.pieces import Facts, Found, Item
from bot.domain.understanding.tokens import TimeLexicon

_ABOUT = re.compile(r"(?:号)?(?:左右|前后(?!两)|上下|的?时候|那天|当天|里)")
_WITH_IT = re.compile(r"\(?[及含]")
"""2025年及以前: the year is still in it."""
_PASSED = re.compile(r"过(?:完|了)?$")
_LONG = ("week", "month", "quarter", "half", "year", "season")
CLOCKED = ("hour", "minute", "second")


class Placer:
    """One text being read: its words, what is known, and the lexicon."""

    def __init__(self, text: str, facts: Facts, lexicon: TimeLexicon) -> None:
        self.text, self.facts, self.words = text, facts, lexicon.words

    def resolve(self, item: Item, now: datetime | None = None) -> Place | None:
        """Where a moment lies; None when there is no such day or no payday on file."""
        frame = item.frame
        if frame is None:
            return None
        frame.past = frame.past or self._past(item)
        if frame.payday and not self._set_payday(frame):
            return None
        try:
            return resolve(frame, now or self.facts.now)
        except (OverflowError, ValueError):
            return None

    def _past(self, item: Item) -> bool:
        tail = self.text[item.end : item.end + 24]
        head = self.text[max(0, item.start - 12) : item.start]
        return bool(self.words.past.match(tail) or self.words.past_before.search(head))

    def _set_payday(self, frame: Frame) -> bool:
        if frame.day is not None or frame.weekday is not None or frame.day_shift is not None:
            return True
        if self.facts.payday is None:
            return False
        frame.day = self.facts.payday
        if frame.month is not None or frame.month_shift is not None:
            while frame.day > 28 and resolve(frame, self.facts.now) is None:
                frame.day -= 1
        return True

    def moment(self, item: Item) -> Found | None:
        """A moment standing alone, with its suffix."""
        place = self.resolve(item)
        if place is not None:
            if item.frame and place.start > self.facts.now:  # 明天给你还了
                item.frame.past = False
            return self.with_suffix(item.start, item.end, place, tags_of(item))
        if item.frame and item.frame.payday:
            return Found(item.start, item.end, None, tags=frozenset({"payday", "vague"}))
        return None

    def with_suffix(self, start: int, end: int, place: Place, tags: frozenset[str]) -> Found:
        """The kind that the words before and after give it: 之前, 以内, 以后, 最晚 …, 从 …"""
        text, words = self.text, self.words
        if about := _ABOUT.match(text, end):
            end = about.end()
        head = text[max(0, start - 6) : start]
        if match := words.before.match(text, end):
            place = place if _WITH_IT.match(match.group()) else self.last_before(place)
            return Found(start, match.end(), place, "deadline", tags)
        if match := words.within.match(text, end):
            kind = "deadline" if place.grain != "part" else "range"
            return Found(start, match.end(), place, kind, tags)  # type: ignore[arg-type]
        if words.leading["limit"].search(head) or text[end - 1] == "前":  # 下班前
            return Found(start, end, place, "deadline", tags)
        after = words.after.match(text, end)
        passed = place.grain == "day" and _PASSED.search(head)  # 过完清明
        if after or passed or head.endswith(("从", "不早于")):
            return Found(start, after.end() if after else end, place, "after", tags)
        wide = place.end - place.start > DAY or place.grain == "part"
        return Found(start, end, place, "range" if wide else "point", tags)

    def last_before(self, place: Place) -> Place:
        """Before a day: that day. Before a longer stretch not under way: the day before it."""
        now = self.facts.now
        if place.grain in _LONG and not place.start <= now < place.end:
            day = place.start.date() - DAY
        elif place.end - place.start > DAY:
            day = place.end.date() - DAY
        else:
            return place
        return days(day, day + DAY, "day")


def tags_of(item: Item) -> frozenset[str]:
    """What else is known of a moment (see Found.tags)."""
    frame = item.frame
    if frame is None:
        return frozenset()
    named = {
        "past": frame.past,
        "payday": frame.payday,
        "part": frame.part is not None or frame.clock is not None,
        "range": frame.weekday is not None and frame.days_span > 1,  # 周四五
        "timeonly": frame.level >= 7 and not names_a_day(frame),
    }
    return frozenset(name for name, true in named.items() if true)
