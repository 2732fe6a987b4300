"""What each word of time says: one small function per token kind writes its fields of a frame."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.understanding.calendar import safe_date
from bot.domain.understanding.days import WEEKEND
from bot.domain.understanding.fill_hours import (
    fill_ampm,
    fill_approxhour,
    fill_clock,
    fill_colon,
    fill_hourbare,
    fill_part,
    fill_shortclock,
)
from bot.domain.understanding.frames import Frame
from bot.domain.understanding.numerals import integer
from bot.domain.understanding.tokens import TimeLexicon, Token

Filler = Callable[[Frame, Token, datetime, TimeLexicon], bool]

_SHIFT = {"上上": -2, "上": -1, "下": 1, "下下": 2, "下下下": 3, "次": 1, "前": -1}
_YEAR_SHIFT = {
    "大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2, "大后年": 3, "来年": 1, "本年": 0, "当年": 0,
    "次年": 1, "上年": -1, "上一年": -1, "下年": 1, "下一年": 1, "这一年": 0, "新的一年": 1, "明后两年": 1,
}  # fmt: skip
_DAY_SHIFT = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "隔": 1, "第二": 1, "后": 2, "大后": 3,
    "大大后": 4,
}  # fmt: skip
_WEEKDAY = (
    {c: i for i, c in enumerate("一二三四五六日")}
    | {"天": 6}
    | {str(i): i - 1 for i in range(1, 8)}
)


_DOTTED, _SHORT_YEAR, _ANY_YEAR = 6, 12, 9999
"""26.12.05 and 26-12-5 are dates only this many years around now (10.2.5 is none)."""
_MANY_WAYS, _FULL_YEAR = 3, 4

_TOLD = frozenset({"当", "同", "次", "翌", "隔"})
"""隔天, 当天 count from the day told before."""


def _int(text: str | None) -> int:
    return integer(text or "") or 0


def century_year(short: int, now: datetime) -> int:
    """A two-digit year: the nearest one."""
    return min((short + base for base in (1900, 2000, 2100)), key=lambda year: abs(year - now.year))


def _year(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    text = next((g for g in token.groups if g), "").removesuffix("年")
    value = _int(text)
    frame.year = century_year(value, now) if len(text) <= 2 and value < 100 else value
    return True


def _minguo(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """民国115年: the years of the Republic, whose first is 1912."""
    name = token.groups[0] or ""
    frame.year = 1911 + (1 if name == "元" else _int(name))
    return frame.year > 1911


def _minguodate(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    year, _mark, month, day = token.groups
    frame.year, frame.month, frame.day = 1911 + _int(year), _int(month), _int(day)
    return True


def _relyear(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    word = token.text.rstrip("度间")
    frame.year = now.year + _YEAR_SHIFT.get(word, 0)
    frame.years_span = 2 if "两" in word else 1
    return True


def _years(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.year = int(token.groups[0] or token.groups[1] or 0)
    return True


def _ymd(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    year, *rest = (g for g in token.groups if g)
    frame.year, frame.month = int(year), int(rest[0])
    frame.day = int(rest[1]) if len(rest) > 1 else None
    return True


def _md(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month, frame.day = (int(g) for g in token.groups if g)
    return True


def _dmy(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """26-12-5, 3/3/2015, 10/31/74: of the year first and the month first the one nearer to now; the day
    first only where nothing else is possible."""
    first, second, last = (int(token.groups[at] or 0) for at in (0, 2, 3))
    year = last if last > 99 else century_year(last, now)
    ways = [(century_year(first, now), second, last)] if token.text[1].isdigit() else []
    ways += [(year, first, second), (year, second, first)] if len(token.groups[3] or "") > 1 else []
    real = [way for way in ways if safe_date(*way)]
    dotted = "." in token.text and len(token.groups[3] or "") < _FULL_YEAR
    if not real:
        return False
    plain = real if len(real) < _MANY_WAYS else real[:2]
    frame.year, frame.month, frame.day = min(plain, key=lambda way: abs(way[0] - now.year))
    furthest = _DOTTED if dotted else _SHORT_YEAR if len(ways) == 1 else _ANY_YEAR
    return abs(frame.year - now.year) <= furthest


def _decade(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    frame.decade = _int(token.groups[1])
    return token.groups[0] is None or _century(frame, token, now, _)


def _century(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    name = token.groups[0] or ""
    here = now.year // 100
    frame.century = {"上": here - 1, "本": here, "下": here + 1}.get(name, _int(name) - 1)
    return frame.century >= 0


def _quarter(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    first, second, third, head, shift = token.groups
    if shift:
        frame.quarter_shift = _SHIFT.get(shift, 0)
    else:
        value = 1 if head else _int(first or second or third)
        frame.quarter = (value, value)
    return True


def _quarters(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    count = _int(token.groups[1])
    frame.quarter = (1, count) if token.groups[0] == "前" else (5 - count, 4)
    return True


def _half(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.half = 1 if token.groups[0] in ("上", "前") else 2
    return True


def _relhalf(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    index = now.year * 2 + now.month // 7 + _SHIFT.get(token.groups[0] or "", 0)
    frame.year, frame.half = index // 2, index % 2 + 1
    return True


def _yearpart(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    frame.year = now.year if frame.year is None else frame.year
    frame.portion = _portion(token.groups[0])
    return True


def _portion(word: str | None) -> str:
    return {"末": "底", "尾": "底", "终": "底", "底头": "底", "伊始": "初", "头": "初"}.get(
        word or "", word or ""
    )


def _season(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.season = next(g for g in token.groups if g)
    return True


def _lunarmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    leap, name, leap_too, month, leap_alone, leap_month, plain = token.groups
    frame.lunar, frame.leap = True, bool(leap or leap_too or leap_alone)
    named = {"正": 1, "冬": 11, "腊": 12}.get(name or "", 0)
    frame.month = named or _int(month or leap_month or plain) or frame.month
    return True


def _month(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month = 1 if token.groups[0] == "元" else _int(token.groups[0])
    return 1 <= frame.month <= 12


def _nthmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month = _int(token.groups[0]) if token.groups[0] else 1
    return frame.year is not None and 1 <= frame.month <= 12


def _relmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month_shift = _SHIFT.get(token.groups[0] or "", 0)
    return True


def _portioned(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    word = next(g for g in token.groups if g)
    if token.kind == "dekad":
        word = {"中": "中旬"}.get(word, word)
    elif token.kind == "halfmonth":
        word = {"上": "上半", "前": "上半"}.get(word, "下半")
    frame.portion = _portion(word)
    if (
        frame.month is None
        and frame.month_shift is None
        and frame.quarter is None
        and frame.quarter_shift is None
    ):
        frame.month_shift = 0
    return True


def _seasonpart(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.portion = _portion(token.groups[0])
    if frame.quarter is None and frame.quarter_shift is None:
        frame.quarter_shift = 0
    return True


def _ordinal(word: str) -> int:
    return -1 if word.startswith("最后") else _int(word.lstrip("第"))


def _nthweekday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    nth, weekday, nth_unit, unit, nth_week = token.groups
    if nth and weekday:
        frame.nth = (_ordinal(nth), _WEEKDAY[weekday])
    elif nth_unit:
        frame.nth = (_ordinal(nth_unit), WEEKEND if unit == "周末" else None)
    else:
        frame.nth = (_ordinal(nth_week or ""), None)
    return frame.nth[0] != 0


def _week(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.week_shift = _SHIFT.get(token.groups[0] or "", 0)
    return True


def _halfweek(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.week_half = 1 if token.groups[0] in ("上", "前") else 2
    frame.week_shift = frame.week_shift or 0
    return True


def _weekend(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.weekend = True
    if token.groups[0]:
        frame.week_shift = _SHIFT.get(token.groups[0], 0)
    return True


def _weekday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    *prefix, name = token.groups
    frame.weekday = _WEEKDAY[name or ""]
    if prefix and prefix[0]:
        frame.week_shift = _SHIFT.get(prefix[0], 0)
    return True


def _weekdaypair(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """周四五: both days."""
    prefix, names = token.groups
    frame.weekday, frame.days_span = _WEEKDAY[(names or "")[0]], 2
    if prefix:
        frame.week_shift = _SHIFT.get(prefix, 0)
    return True


def _festival(frame: Frame, token: Token, _now: datetime, lexicon: TimeLexicon) -> bool:
    frame.festival = next((f for f in lexicon.festivals if f.words.fullmatch(token.text)), None)
    return frame.festival is not None


def _lunarday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    late, plain, twenties = token.groups
    frame.day = _int(late or plain or twenties)
    frame.lunar = True
    if late:  # 年廿八
        frame.month = 12
        return True
    if frame.month is None and frame.month_shift is None and token.text.startswith(("大年", "年")):
        frame.month = 1
        if token.text.endswith("三十") or token.text.endswith("晚"):
            frame.month, frame.day = 12, 30
    return True


def _relday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    if token.text.startswith(("明后", "今明")):
        frame.day_shift, frame.days_span = (1, 2) if token.text[0] == "明" else (0, 2)
        return True
    word = token.text.rstrip("天日儿个")
    frame.day_shift = _DAY_SHIFT.get(word, 0)
    frame.told = word in _TOLD
    return True


def _day(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.day = _int(next((g for g in token.groups if g), None))
    return 1 <= frame.day <= 31


def _nthday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    number, last, _first = token.groups
    frame.nth_day = -1 if last else _int(number) if number else 1
    within = (frame.year, frame.month, frame.month_shift, frame.portion)
    if all(said is None for said in within) and number in ("二", "2"):
        frame.nth_day, frame.day_shift, frame.told = None, 1, True  # 第二天 by itself: the next day
        return True
    return any(said is not None for said in within)


def _nthtold(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """第三天我还: two days after the day told before it, or today."""
    frame.day_shift, frame.told = _int(token.groups[0] or token.groups[1]) - 1, True
    return True


def _payday(frame: Frame, _token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.payday = True
    return True


FILL: dict[str, tuple[int, Filler]] = {
    "iso": (6, _ymd), "compact": (6, _ymd), "yearmonth": (3, _ymd), "dmy": (6, _dmy), "md": (6, _md), "years": (1, _years),
    "decade": (0, _decade), "century": (0, _century), "year": (1, _year), "relyear": (1, _relyear),
    "quarter": (2, _quarter), "quarters": (2, _quarters), "half": (2, _half), "relhalf": (2, _relhalf), "minguo": (1, _minguo), "minguodate": (6, _minguodate), "nthmonth": (3, _nthmonth),
    "halfweek": (6, _halfweek), "nthtold": (6, _nthtold), "yearpart": (3, _yearpart),
    "season": (2, _season), "lunarmonth": (3, _lunarmonth), "month": (3, _month), "monthin": (3, _month), "nthday": (6, _nthday), "relmonth": (3, _relmonth),
    "halfmonth": (4, _portioned), "dekad": (4, _portioned), "monthpart": (4, _portioned),
    "seasonpart": (4, _seasonpart), "nthweekday": (5, _nthweekday), "week": (5, _week),
    "weekend": (6, _weekend), "weekday": (6, _weekday), "weekdaypair": (6, _weekdaypair), "weekdays": (6, _weekday), "festival": (6, _festival),
    "lunarday": (6, _lunarday), "relday": (6, _relday), "day": (6, _day), "daybare": (6, _day),
    "dayin": (6, _day), "payday": (6, _payday), "part": (7, fill_part), "clock": (8, fill_clock), "shortclock": (8, fill_shortclock), "colon": (8, fill_colon),
    "ampm": (8, fill_ampm), "approxhour": (8, fill_approxhour), "hourbare": (8, fill_hourbare),
}  # fmt: skip
"""kind -> (level of its grain, its function). A function answers False when the words make no sense."""
