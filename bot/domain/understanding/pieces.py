"""From words of time to pieces: one moment's words gathered into a frame, lengths summed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.understanding.clocks import resolve
from bot.domain.understanding.days import day_place
from bot.domain.understanding.fill import FILL
from bot.domain.understanding.frames import Frame, Place
from bot.domain.understanding.lengths import Length, Workday, read_length
from bot.domain.understanding.tokens import TimeLexicon, Token
from bot.domain.understanding.values import WhenKind

_GAP = re.compile(
    r"(?:[那当]天)?[的 (·\-t]?(?:话|大概|大约|差不多|左右|约|那天|那个|这个|当天|我|是)?"
)
_COMMA_GAP = re.compile(r"(?:吧|呢|啊)?[, ]|\)[,: 的]?")
_PARTS_OF = ("yearpart", "monthpart")
_OF = ("", "的", "后", "后的", "之后的")
_LATELY = timedelta(days=10)
_AGAIN = re.compile(r"[,(]?(?:也?就是|即|是)?")
_DAY_LEVEL, _PART_LEVEL, _YEAR_LEVEL, _MONTH_LEVEL = 6, 7, 1, 3


@dataclass(slots=True)
class Item:
    """One piece while the text is put together: a moment's frame, a length, or a bare mark."""

    start: int
    end: int
    frame: Frame | None = None
    length: Length | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A date or time expression: where it lies, its kind, [start, end) in the text.

    place is None for words that fix no day (vague: 过几天; payday: 发工资 with no payday on file).
    tags: "vague", "payday", "soon", "now", "past", "counted", "part", "timeonly", "range", "turn" (年前)."""

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


def gather(text: str, tokens: list[Token], facts: Facts, lexicon: TimeLexicon) -> list[Item]:
    """The pieces of a text, in order."""
    items, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind in _PARTS_OF and at and _of_a_length(tokens[at - 1], token):
            item, used = None, 1
        elif token.kind in FILL:
            item, used = _moment(text, tokens, at, facts, lexicon)
        elif token.kind in ("dur", "approxdur"):
            item, used = _length(text, tokens, at)
        else:
            item, used = _mark(token), 1
        if item is not None:
            items.append(item)
        at += used
    for one, two in pairwise(items):
        _share(text, one, two)
    return _told_once(text, items, facts) if len(items) > 1 else items


def _told_once(text: str, items: list[Item], facts: Facts) -> list[Item]:
    """周六，12月5日 and 明天（26号） are one day said twice, 国庆第二天 is one: the second says it."""
    out = items[:1]
    for item in items[1:]:
        if _AGAIN.fullmatch(text, out[-1].end, item.start) and _same(out[-1], item, facts):
            item.start = out.pop().start
        elif _next_of(out[-1], item, text, facts):
            out.pop()
        out.append(item)
    return out


def _same(one: Item, two: Item, facts: Facts) -> bool:
    """Whether the first, a bare weekday or a day from now, is the day that the second names by its date."""
    first, second = one.frame, two.frame
    if first is None or second is None or first.level != _DAY_LEVEL or second.day is None:
        return False
    if second.lunar or (first.weekday is None and first.day_shift is None):
        return False
    told, day = resolve(first, facts.now), day_place(second, facts.now, None)
    if told is None or day is None:
        return False
    bare = first.weekday is not None and first.week_shift is None
    if told == day or not bare:
        return told == day
    if first.weekday == day.start.weekday():
        return True
    second.past = _just_past(first, second, facts)
    return second.past


def _just_past(weekday: Frame, second: Frame, facts: Facts) -> bool:
    """周日，22号 said on the 25th: of the days so named the one that was that weekday."""
    gone = day_place(replace(second, past=True), facts.now, None)
    near = gone is not None and facts.now - gone.start < _LATELY
    return gone is not None and near and gone.start.weekday() == weekday.weekday


def _next_of(one: Item, two: Item, text: str, facts: Facts) -> bool:
    """国庆第二天, 28号次日: the day after the one named right before it."""
    first, second = one.frame, two.frame
    if first is None or second is None or not second.told or text[one.end : two.start] not in _OF:
        return False
    place = resolve(first, facts.now) if first.level == _DAY_LEVEL else None
    if place is None or second.day_shift is None:
        return False
    if not second.day_shift:
        two.start = one.start  # 28日当天; but 过完中秋第二天 is no day passed
    second.day_shift += (place.start.date() - facts.now.date()).days
    second.told = False
    return True


def _of_a_length(before: Token, token: Token) -> bool:
    """过去三年中: the middle of no year."""
    return before.kind == "dur" and before.end == token.start and token.text == "中"


def _mark(token: Token) -> Item:
    name = token.kind
    if name == "yearturn":
        name = "yearbefore" if token.groups[0] else "yearafter"
    return Item(token.start, token.end, mark=name)


def _moment(
    text: str, tokens: list[Token], at: int, facts: Facts, lexicon: TimeLexicon
) -> tuple[Item | None, int]:
    """Words of falling grain that stand together: 明年 三月 五号 下午 三点."""
    frame, end, level, used = Frame(), tokens[at].start, -1, 0
    for token in tokens[at:]:
        rank, fill = FILL.get(token.kind, (99, None))
        if not used and token.kind == "weekdays" and text[end - 1 : end] == "(":
            break  # 附件1(一)
        if fill is None or (used and not _joins(text[end : token.start], token, level, rank)):
            break
        if token.kind == "lunarmonth" and not any(token.groups):
            rank = level  # 农历 by itself says nothing of the grain
        elif rank <= level and rank != _PART_LEVEL:
            gap = text[end : token.start]
            if not (level == _DAY_LEVEL and _said_twice(frame, token, gap, facts, lexicon)):
                break
            end, used = token.end, used + 1  # 3月11日(周五), 25号发工资: said twice
            continue
        elif rank < level:
            break
        if token.kind == "relday" and used and _starts_anew(frame, token, text[end : token.start]):
            break  # 8月的, 明天还
        if not fill(frame, token, facts.now, lexicon):
            break
        end, level, used = token.end, rank, used + 1
    if used == 0:
        return None, 1
    frame.level = level
    return Item(tokens[at].start, end, frame=frame), used


def _starts_anew(frame: Frame, token: Token, gap: str) -> bool:
    """Whether a day counted from now begins another moment: 8月的, 明天还; 明年今天 is one."""
    if token.text[0] not in "今明后昨大":
        return False
    return frame.month is not None or (token.text[0] == "今" and gap not in ("", "的"))


def _said_twice(frame: Frame, token: Token, gap: str, facts: Facts, lexicon: TimeLexicon) -> bool:
    """3月11日(周五), 25号发工资, 今天周五: the same day again; but 今天周五, 下周一 are two."""
    if token.kind != "weekday" or "(" in gap or (frame.day is not None and not gap):
        return token.kind in ("weekday", "payday") or (token.kind == "weekdays" and "(" in gap)
    again = Frame()
    FILL["weekday"][1](again, token, facts.now, lexicon)
    if frame.weekday is not None:
        return frame.weekday == again.weekday and again.week_shift in (None, frame.week_shift)
    place = resolve(frame, facts.now)
    if place is None or again.weekday != place.start.weekday():
        return False
    told = resolve(again, facts.now)
    return again.week_shift is None or told == place


def _joins(gap: str, token: Token, level: int, rank: int) -> bool:
    if not gap:
        return True
    if gap == "是" and token.kind == "festival":  # 10月第一周是国庆
        return False
    if gap == "-":  # 2026-12-05-15:30, but 月底-下周三 is a range
        return rank >= _PART_LEVEL
    if token.kind == "payday" and level == _DAY_LEVEL:
        return len(gap) <= 2
    if _GAP.fullmatch(gap) or (gap == "吧" and level in (3, 5) and rank > level):
        return True  # 下周吧周二
    falls = rank >= _PART_LEVEL or level in (3, 5) or rank == level == _DAY_LEVEL
    falls = falls or (level == _YEAR_LEVEL and rank == _MONTH_LEVEL)
    return falls and bool(_COMMA_GAP.fullmatch(gap))


def _length(text: str, tokens: list[Token], at: int) -> tuple[Item | None, int]:
    """Lengths said in a row are one: 一年零两个月, 3小时20分."""
    length, used = read_length(tokens[at]), 1
    end = tokens[at].end
    for token in tokens[at + 1 :]:
        if token.kind != "dur" or text[end : token.start] not in ("", "零", "又", "加"):
            break
        more = read_length(token)
        if more != length:  # else said twice: 四天时间四天
            length = length + more if length and more else None
        end, used = token.end, used + 1
    return (Item(tokens[at].start, end, length=length) if length else None), used


_LIST = (",", "、", "和", "或", "或者", "还是", "与", "跟")


def _share(text: str, one: Item, two: Item) -> None:
    """In a list the later day takes what the earlier said: 9月10号, 11号; 下周二或周三."""
    left, right = one.frame, two.frame
    if left is None or right is None or text[one.end : two.start] not in _LIST:
        return
    if left.weekday is not None and right.weekday is not None and right.week_shift is None:
        right.week_shift = left.week_shift
    if left.month and right.month and left.day is None and right.year is None and not right.lunar:
        right.year = left.year  # 2026年7月和8月
    bare = right.day is not None and right.month is None and right.month_shift is None
    if bare and left.day is not None and right.level == _DAY_LEVEL and not right.lunar:
        right.month, right.month_shift = left.month, left.month_shift
        right.year = right.year or left.year
