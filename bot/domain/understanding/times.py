"""Reads every date and time in a text: words → moments and lengths → ranges, deadlines, counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.understanding import lunar
from bot.domain.understanding.clocks import resolve
from bot.domain.understanding.fill import FILL
from bot.domain.understanding.frames import DAY, Frame, Place, days, inherit
from bot.domain.understanding.lengths import Length, Workday, reached, read_length, shift, stretch
from bot.domain.understanding.tokens import TimeLexicon, Token
from bot.domain.understanding.values import WhenKind

_GAP = re.compile(r"[的 (·\-]?(?:大概|大约|差不多|左右|约|那天|那个|这个|当天|我|是)?")
_COMMA_GAP = re.compile(r"(?:吧|呢|啊)?[, ]|\),?")
_RANGE = re.compile(r" ?(?:到|至|直到|-|~|——?|、|起至|起,?至|\),?[-~至到]+)(?:了)? ?")
_BETWEEN = re.compile(r"(?:和|与|跟|及)$")
_ABOUT = re.compile(r"(?:号)?(?:左右|前后(?!两)|上下|的?时候|那天|当天|里)")
_SPAN = re.compile("之间|期间|这段时间")
_GRACE = re.compile(
    r"(?:再?给(?:我|点)?|宽限(?:我|到)?|容我|缓我?|宽容|再?等我|再等)(?:个|再|一下|大概)?$"
)
_PASSED = re.compile(r"过(?:完|了)?$")


@dataclass(slots=True)
class Item:
    """One piece while the text is put together: a moment's frame, a length, or a bare mark."""

    start: int
    end: int
    frame: Frame | None = None
    length: Length | None = None
    mark: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A date or time expression: where it lies, its kind, [start, end) in the text.

    place is None for words that fix no day (vague: 过几天; payday: 发工资 with no payday on file).
    tags: "vague", "payday", "soon", "now", "past", "counted" …"""

    start: int
    end: int
    place: Place | None
    kind: WhenKind = "point"
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What reading needs besides the words: local naive now, payday on file, workday test."""

    now: datetime
    payday: int | None = None
    workday: Workday = field(default=lambda day: day.weekday() < 5)


def read_times(text: str, facts: Facts, lexicon: TimeLexicon) -> list[Found]:
    """Every date and time expression of the normalised text, in order."""
    tokens = lexicon.scanner.scan(text)
    if not tokens:
        return []
    return _Reader(text, facts, lexicon).read(tokens)


class _Reader:
    def __init__(self, text: str, facts: Facts, lexicon: TimeLexicon) -> None:
        self.text, self.facts, self.lexicon, self.words = text, facts, lexicon, lexicon.words
        self.anchor: date | None = None

    def read(self, tokens: list[Token]) -> list[Found]:
        items, found, at = self._items(tokens), [], 0
        while at < len(items):
            used, one = self._one(items, at)
            if one is not None:
                found.append(one)
            at += used
        return found

    # -- gathering -----------------------------------------------------------------------------

    def _items(self, tokens: list[Token]) -> list[Item]:
        items, at = [], 0
        while at < len(tokens):
            token = tokens[at]
            if token.kind in FILL:
                item, used = self._gather(tokens, at)
            elif token.kind in ("dur", "approxdur"):
                item, used = self._length(tokens, at)
            else:
                item, used = self._mark(token), 1
            if item is not None:
                items.append(item)
            at += used
        return items

    def _mark(self, token: Token) -> Item:
        name = token.kind
        if name == "yearturn":
            name = "yearbefore" if token.groups[0] else "yearafter"
        return Item(token.start, token.end, mark=name)

    def _gather(self, tokens: list[Token], at: int) -> tuple[Item | None, int]:
        frame, end, level, used = Frame(), tokens[at].start, -1, 0
        for token in tokens[at:]:
            rank, fill = FILL.get(token.kind, (99, None))
            if fill is None or (used and not self._joins(end, token, level, rank)):
                break
            if token.kind == "lunarmonth" and not any(token.groups):
                fill(frame, token, self.facts.now, self.lexicon)
                end, used = token.end, used + 1
                continue
            if rank <= level and not (rank == 7 and level == 7):
                if self._repeats(token, level):
                    end, used = token.end, used + 1
                    continue
                break
            if not fill(frame, token, self.facts.now, self.lexicon):
                break
            end, level, used = token.end, rank, used + 1
        if used == 0:
            return None, 1
        frame.level = level
        return Item(tokens[at].start, end, frame=frame), used

    def _joins(self, end: int, token: Token, level: int, rank: int) -> bool:
        gap = self.text[end : token.start]
        if not gap:
            return True
        if token.kind == "payday" and level == 6:
            return len(gap) <= 2
        if _GAP.fullmatch(gap):
            return True
        return bool(_COMMA_GAP.fullmatch(gap)) and (
            rank >= 7 or level in (3, 5) or rank == level == 6
        )

    def _repeats(self, token: Token, level: int) -> bool:
        """A second word for the day just named: 3月11日(周五), 25号发工资."""
        return level == 6 and token.kind in ("weekday", "payday")

    def _length(self, tokens: list[Token], at: int) -> tuple[Item | None, int]:
        length, used = read_length(tokens[at]), 1
        end = tokens[at].end
        for token in tokens[at + 1 :]:
            if token.kind != "dur" or self.text[end : token.start] not in ("", "零", "又", "加"):
                break
            more = read_length(token)
            length = length + more if length and more else None
            end, used = token.end, used + 1
        if length is None:
            return None, used
        return Item(tokens[at].start, end, length=length), used

    # -- putting together ----------------------------------------------------------------------

    def _one(self, items: list[Item], at: int) -> tuple[int, Found | None]:
        item = items[at]
        if at:
            self._listed(items, at)
        following = items[at + 1] if at + 1 < len(items) else None
        if item.mark:
            return self._marked(item, following)
        if item.length is not None:
            return self._counted(item, following)
        return self._moment(item, following)

    def _marked(self, item: Item, following: Item | None) -> tuple[int, Found | None]:
        now = self.facts.now
        if item.mark == "now":
            if (
                following
                and following.frame
                and _RANGE.fullmatch(self.text[item.end : following.start])
            ):
                right = self._resolve(following)
                if right:
                    place = Place(
                        now, right.start if right.grain in _CLOCKED else right.end, right.grain
                    )
                    return 2, Found(item.start, following.end, place, "range")
            place = Place(now, now + timedelta(seconds=1), "second")
            return 1, Found(item.start, item.end, place, tags=frozenset({"now"}))
        if item.mark in ("yearbefore", "yearafter"):
            return 1, self._yearturn(item)
        return 1, Found(
            item.start,
            item.end,
            None,
            tags=frozenset({item.mark if item.mark == "soon" else "vague"}),
        )

    def _yearturn(self, item: Item) -> Found:
        today = self.facts.now.date()
        eve = lunar.last_day(lunar.lunar_year(today))
        if eve is None:
            return Found(item.start, item.end, None, tags=frozenset({"vague"}))
        if item.mark == "yearbefore":
            return Found(item.start, item.end, days(eve, eve + DAY, "day"), "deadline")
        this_year = lunar.solar(lunar.lunar_year(today), 1, 1)
        start = this_year if this_year and (today - this_year).days < 20 else eve + DAY
        return Found(
            item.start, item.end, days(start, start + DAY, "day"), "after", frozenset({"vague"})
        )

    def _resolve(self, item: Item, now: datetime | None = None) -> Place | None:
        frame = item.frame
        if frame is None:
            return None
        frame.past = frame.past or self._past(item)
        if frame.payday and not self._set_payday(frame):
            return None
        try:
            return resolve(frame, now or self.facts.now, self.anchor)
        except (OverflowError, ValueError):
            return None

    def _past(self, item: Item) -> bool:
        tail = self.text[item.end : item.end + 24]
        head = self.text[max(0, item.start - 6) : item.start]
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

    def _listed(self, items: list[Item], at: int) -> None:
        """9月10号, 11号, 12号: a bare day in a list takes the month said before it."""
        one, two = items[at - 1], items[at]
        gap = self.text[one.end : two.start]
        if gap in _LIST and one.frame and two.frame and one.frame.weekday is not None and two.frame.week_shift is None:
            two.frame.week_shift = one.frame.week_shift if two.frame.weekday is not None else None
        bare = two.frame is not None and two.frame.day is not None and two.frame.month is None and two.frame.level == 6
        if bare and one.frame and two.frame and one.frame.day is not None and gap in _LIST and not two.frame.lunar:
            two.frame.month, two.frame.month_shift = one.frame.month, one.frame.month_shift
            two.frame.year = two.frame.year or one.frame.year

    def _moment(self, item: Item, following: Item | None) -> tuple[int, Found | None]:
        ranged = self._range(item, following)
        if ranged is not None:
            return 2, ranged
        offset = self._offset(item, following)
        if offset is not None:
            return 2, offset
        place = self._resolve(item)
        if place is None:
            payday = bool(item.frame and item.frame.payday)
            return 1, Found(
                item.start, item.end, None, tags=frozenset({"payday", "vague"})
            ) if payday else None
        return 1, self._with_suffix(item.start, item.end, place, self._tags(item))

    def _tags(self, item: Item) -> frozenset[str]:
        frame = item.frame
        if frame is None:
            return frozenset()
        names = [
            ("past", frame.past),
            ("payday", frame.payday),
            ("part", frame.part is not None or frame.clock is not None),
            ("timeonly", frame.level >= 7 and not _dated(frame)),
        ]
        return frozenset(name for name, true in names if true)

    def _with_suffix(self, start: int, end: int, place: Place, tags: frozenset[str]) -> Found:
        text, words = self.text, self.words
        if about := _ABOUT.match(text, end):
            end = about.end()
        lead = words.leading["limit"].search(text[max(0, start - 6) : start])
        if match := words.before.match(text, end):
            return Found(start, match.end(), self._before(place), "deadline", tags)
        if match := words.within.match(text, end):
            return Found(
                start, match.end(), place, "deadline" if place.grain != "part" else "range", tags
            )
        if lead:
            return Found(start, end, place, "deadline", tags)
        if text[end - 1] == "前":  # 下班前
            return Found(start, end, place, "deadline", tags)
        if match := words.after.match(text, end):
            return Found(start, match.end(), place, "after", tags)
        if place.grain == "day" and _PASSED.search(text[max(0, start - 2) : start]):  # 过完清明
            return Found(start, end, place, "after", tags)
        if re.search(r"从$", text[:start]):
            return Found(start, end, place, "after", tags)
        wide = place.end - place.start > DAY or place.grain == "part"
        return Found(start, end, place, "range" if wide else "point", tags)

    def _before(self, place: Place) -> Place:
        """Before a day: that day. Before a longer stretch that has not begun: the day before it."""
        if (
            place.grain in ("week", "month", "quarter", "half", "year", "season")
            and place.start > self.facts.now
        ):
            day = place.start.date() - DAY
            return days(day, day + DAY, "day")
        if place.end - place.start > DAY:
            day = place.end.date() - DAY
            return days(day, day + DAY, "day")
        return place

    def _range(self, item: Item, following: Item | None) -> Found | None:
        if following is None or not (following.frame or following.mark == "now"):
            return None
        gap = self.text[item.end : following.start]
        between = _BETWEEN.fullmatch(gap) and re.match(
            "之间", self.text[following.end : following.end + 2]
        )
        until_now = following.mark == "now" and gap in ("", "起", "开始", "以来") and self.text[following.start] == "至"
        if not (between or until_now or _RANGE.fullmatch(gap)):
            return None
        if gap == "、" and not self._neighbours(item, following):
            return None
        if following.mark == "now" and item.frame:
            item.frame.past = True
        left = self._resolve(item)
        right = self._right(item, following, left) if left else None
        if left is None or right is None:
            return None
        end = right.start if right.grain in _CLOCKED else right.end
        place = Place(left.start, end, right.grain)
        stop = following.end + (2 if between else 0)
        return (
            self._range_suffix(item.start, stop, place, self._tags(item))
            if end > left.start
            else None
        )

    def _range_suffix(self, start: int, end: int, place: Place, tags: frozenset[str]) -> Found:
        text, words = self.text, self.words
        more = words.before.match(text, end) or words.within.match(text, end) or _SPAN.match(text, end)
        return Found(start, more.end() if more else end, place, "range", tags | {"range"})

    def _neighbours(self, item: Item, following: Item) -> bool:
        return bool(item.frame and item.frame.clock and following.frame and following.frame.clock)

    def _right(self, item: Item, following: Item, left: Place) -> Place | None:
        now = self.facts.now
        if following.mark == "now":
            return Place(now - timedelta(seconds=1), now, "day") if left.start < now else None
        assert item.frame is not None
        assert following.frame is not None
        frame = inherit(item.frame, following.frame)
        right = self._resolve(replace_frame(following, frame))
        if right and right.end <= left.start:
            again = resolve(frame, left.start, left.start.date())
            right = again if again and again.end > left.start else _later(right, left)
        return right

    def _offset(self, item: Item, following: Item | None) -> Found | None:
        """春节以后三天, 节前一天, 4月前4天, 上月最后五天, 昨天的两天后."""
        if following is None or following.length is None:
            return None
        gap = self.text[item.end : following.start].strip("的,")
        sign = _OFFSET.get(gap)
        if sign is None:
            return None
        place = self._resolve(item)
        if place is None:
            return None
        length, end = following.length, following.end
        if sign == 0:
            later, ago = (
                self.words.later.match(self.text, end),
                self.words.ago.match(self.text, end),
            )
            direction = later or ago
            if direction is None:
                return None
            sign, end = (1 if later else -1), direction.end()
        elif place.end - place.start > 2 * DAY or gap.startswith("最后"):
            return self._slice(item, end, place, length, sign)
        spot = reached(place.start, length, sign, self.facts.workday)
        return Found(item.start, end, spot, tags=frozenset({"counted"})) if spot else None

    def _slice(self, item: Item, end: int, place: Place, length: Length, sign: int) -> Found | None:
        """The first or last N days of a longer stretch (after it: N days past its end)."""
        if length.fine:
            return None
        last = "最后" in self.text[item.end : end]
        base = place.end if last else place.start if sign < 0 else place.end - DAY
        other = shift(base, length, -1 if last else 1, self.facts.workday)
        if other is None:
            return None
        if last or sign < 0:
            return Found(item.start, end, Place(min(base, other), max(base, other), "day"), "range")
        return Found(item.start, end, Place(other, other + DAY, "day"), tags=frozenset({"counted"}))

    def _counted(self, item: Item, following: Item | None) -> tuple[int, Found | None]:
        assert item.length is not None
        text, words, length, facts = self.text, self.words, item.length, self.facts
        head = text[max(0, item.start - 6) : item.start]
        lead = {name: p.search(head) for name, p in words.leading.items()}
        start, vague = item.start, frozenset({"vague"} if length.vague else set())
        if lead["pastrange"] and not words.later.match(text, item.end):
            return self._led(item, lead, head, vague, following)
        if match := words.within.match(text, item.end):
            return 1, self._deadline(start, match.end(), length)
        if lead["limit"]:
            return 1, self._deadline(start, item.end, length)
        if match := words.later.match(text, item.end):
            return self._then(
                start, match.end(), reached(facts.now, length, 1, facts.workday), vague, following
            )
        if match := words.ago.match(text, item.end):
            spot = None if length.vague else reached(facts.now, length, -1, facts.workday)
            return 1, Found(
                start, match.end(), spot, tags=vague | {"counted", "past"}
            ) if spot else None
        if match := words.since.match(text, item.end):
            place = stretch(facts.now, length, -1, facts.workday)
            return 1, Found(start, match.end(), place, "range", vague | {"past"}) if place else None
        return self._led(item, lead, head, vague, following)

    def _led(
        self,
        item: Item,
        lead: dict[str, re.Match[str] | None],
        head: str,
        vague: frozenset[str],
        following: Item | None,
    ) -> tuple[int, Found | None]:
        assert item.length is not None
        facts, length = self.facts, item.length
        for name, sign in (("futurerange", 1), ("pastrange", -1)):
            if match := lead[name]:
                place = stretch(facts.now, length, sign, facts.workday)
                tags = vague | ({"past"} if sign < 0 else set())
                return 1, Found(
                    item.start - len(match.group()), item.end, place, "range", tags
                ) if place else None
        if match := lead["future"]:
            spot = reached(facts.now, length, 1, facts.workday)
            return self._then(item.start - len(match.group()), item.end, spot, vague, following)
        if (match := _GRACE.search(head)) and not length.vague:
            return 1, self._deadline(item.start - len(match.group()), item.end, length)
        if length.vague or head.endswith(("缓", "等", "晚", "拖")):
            return 1, Found(item.start, item.end, None, tags=frozenset({"vague"}))
        return 1, None

    def _deadline(self, start: int, end: int, length: Length) -> Found | None:
        """三天内: from now to the end of the third day; 半小时内: to that minute."""
        now = self.facts.now
        spot = reached(now, length, 1, self.facts.workday)
        if spot is None:
            return None
        place = Place(now, spot.start if length.fine else spot.end, spot.grain)
        return Found(start, end, place, "deadline", frozenset({"counted"}))

    def _then(
        self, start: int, end: int, spot: Place | None, tags: frozenset[str], following: Item | None
    ) -> tuple[int, Found | None]:
        """A counted day, with the hour that may follow it (三天后下午三点)."""
        if spot is None:
            return 1, None
        if "vague" in tags:
            return 1, Found(start, end, None, tags=tags)
        tags |= {"counted"}
        if following and following.frame and spot.grain == "day" and not _dated(following.frame):
            if self.text[end : following.start] in ("", "的"):
                following.frame.day_shift = (spot.start.date() - self.facts.now.date()).days
                place = self._resolve(following)
                if place:
                    return 2, self._with_suffix(start, following.end, place, tags | {"part"})
        return 1, Found(start, end, spot, tags=tags)


_LIST = (",", "、", "和", "或", "或者", "还是", "与", "跟")
_CLOCKED = ("hour", "minute", "second")
_OFFSET = {
    "前": -1, "之前": -1, "以前": -1, "后": 1, "之后": 1, "以后": 1, "过后": 1, "最后": -1, "最后的": -1, "": 0,
}  # fmt: skip


def _dated(frame: Frame) -> bool:
    from bot.domain.understanding.frames import names_a_day  # noqa: PLC0415

    return names_a_day(frame)


def replace_frame(item: Item, frame: Frame) -> Item:
    """The same piece of text with another frame."""
    return replace(item, frame=frame)


def _later(right: Place, left: Place) -> Place:
    """A right end before the left one: half a day later, or a whole one."""
    for step in (timedelta(hours=12), timedelta(days=1)):
        if right.grain in _CLOCKED and right.start + step > left.start:
            return Place(right.start + step, right.end + step, right.grain)
    return Place(right.start + DAY, right.end + DAY, right.grain)


Reader = Callable[[str], list[Found]]
