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
from bot.domain.understanding.fill_years import (
    SHIFT,
    century_year,
    fill_century,
    fill_decade,
    fill_half,
    fill_minguo,
    fill_minguodate,
    fill_quarter,
    fill_quarters,
    fill_relhalf,
    fill_relyear,
    fill_season,
    fill_year,
    fill_yearpart,
    fill_years,
    portion_of,
    whole,
)
from bot.domain.understanding.frames import Frame
from bot.domain.understanding.tokens import TimeLexicon, Token

Filler = Callable[[Frame, Token, datetime, TimeLexicon], bool]

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

_NONE_SAID = (None, None, None)
_TOLD = frozenset({"当", "同", "次", "翌", "隔"})
"""隔天, 当天 count from the day told before."""


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


def _lunarmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    leap, name, leap_too, month, leap_alone, leap_month, plain = token.groups
    frame.lunar, frame.leap = True, bool(leap or leap_too or leap_alone)
    named = {"正": 1, "冬": 11, "腊": 12}.get(name or "", 0)
    frame.month = named or whole(month or leap_month or plain) or frame.month
    return True


def _month(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month = 1 if token.groups[0] == "元" else whole(token.groups[0])
    return 1 <= frame.month <= 12


def _nthmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month = whole(token.groups[0]) if token.groups[0] else 1
    return frame.year is not None and 1 <= frame.month <= 12


def _relmonth(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.month_shift = SHIFT.get(token.groups[0] or "", 0)
    return True


def _portioned(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    word = next(g for g in token.groups if g)
    if token.kind == "dekad":
        word = {"中": "中旬"}.get(word, word)
    elif token.kind == "halfmonth":
        word = {"上": "上半", "前": "上半"}.get(word, "下半")
    frame.portion = portion_of(word)
    if (
        frame.month is None
        and frame.month_shift is None
        and frame.quarter is None
        and frame.quarter_shift is None
    ):
        frame.month_shift = 0
    return True


def _seasonpart(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.portion = portion_of(token.groups[0])
    if frame.quarter is None and frame.quarter_shift is None:
        frame.quarter_shift = 0
    return True


def _ordinal(word: str) -> int:
    return -1 if word.startswith("最后") else whole(word.lstrip("第"))


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
    frame.week_shift = SHIFT.get(token.groups[0] or "", 0)
    return True


def _halfweek(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.week_half = 1 if token.groups[0] in ("上", "前") else 2
    frame.week_shift = frame.week_shift or 0
    return True


def _weekend(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.weekend = True
    if token.groups[0]:
        frame.week_shift = SHIFT.get(token.groups[0], 0)
    return True


def _weekday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    *prefix, name = token.groups
    frame.weekday = _WEEKDAY[name or ""]
    if prefix and prefix[0]:
        frame.week_shift = SHIFT.get(prefix[0], 0)
    return True


def _weekdaypair(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """周四五: both days."""
    prefix, names = token.groups
    frame.weekday, frame.days_span = _WEEKDAY[(names or "")[0]], 2
    if prefix:
        frame.week_shift = SHIFT.get(prefix, 0)
    return True


def _festival(frame: Frame, token: Token, _now: datetime, lexicon: TimeLexicon) -> bool:
    frame.festival = next((f for f in lexicon.festivals if f.words.fullmatch(token.text)), None)
    return frame.festival is not None


def _lunarday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    late, *rest = token.groups
    frame.day = whole(late or next(name for name in rest if name))
    frame.lunar = True
    if late:  # 年廿八
        frame.month = 12
        return True
    if frame.month is None and frame.month_shift is None and token.text.startswith(("大年", "年")):
        frame.month = 1
        if token.text.endswith("三十") or token.text.endswith("晚"):
            frame.month, frame.day = 12, 30
    return True


def _today_of(frame: Frame, now: datetime) -> bool:
    """明年今天, 下个月今天, 下周今天."""
    if frame.week_shift is not None:
        frame.weekday = now.weekday()
    elif frame.month_shift is not None:
        frame.day = now.day
    else:
        frame.month, frame.day = now.month, now.day
    return True


def _relday(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    if (
        token.text in ("今天", "今日")
        and (frame.year, frame.month_shift, frame.week_shift) != _NONE_SAID
    ):
        return _today_of(frame, now)
    if token.text.startswith(("明后", "今明")):
        frame.day_shift = 1 if token.text[0] == "明" else 0
        frame.days_span = 3 if "三" in token.text else 2
        return True
    word = token.text.rstrip("天日儿个")
    frame.day_shift = _DAY_SHIFT.get(word, 0)
    frame.told = word in _TOLD
    return True


def _day(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.day = whole(next((g for g in token.groups if g), None))
    return 1 <= frame.day <= 31


def _nthday(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    number, last, _first = token.groups
    frame.nth_day = -1 if last else whole(number) if number else 1
    within = (frame.year, frame.month, frame.month_shift, frame.portion, frame.week_shift)
    if all(said is None for said in within) and number in ("二", "2"):
        frame.nth_day, frame.day_shift, frame.told = None, 1, True  # 第二天 by itself: the next day
        return True
    return any(said is not None for said in within)


def _nthtold(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """第三天我还: two days after the day told before it, or today."""
    frame.day_shift, frame.told = whole(token.groups[0] or token.groups[1]) - 1, True
    return True


def _payday(frame: Frame, _token: Token, _now: datetime, _: TimeLexicon) -> bool:
    frame.payday = True
    return True


FILL: dict[str, tuple[int, Filler]] = {
    "iso": (6, _ymd), "compact": (6, _ymd), "yearmonth": (3, _ymd), "dmy": (6, _dmy), "md": (6, _md), "years": (1, fill_years),
    "decade": (0, fill_decade), "century": (0, fill_century), "year": (1, fill_year), "relyear": (1, fill_relyear),
    "quarter": (2, fill_quarter), "quarters": (2, fill_quarters), "half": (2, fill_half), "relhalf": (2, fill_relhalf), "minguo": (1, fill_minguo), "minguodate": (6, fill_minguodate), "nthmonth": (3, _nthmonth),
    "halfweek": (6, _halfweek), "nthtold": (6, _nthtold), "yearpart": (3, fill_yearpart),
    "season": (2, fill_season), "lunarmonth": (3, _lunarmonth), "month": (3, _month), "monthin": (3, _month), "nthday": (6, _nthday), "relmonth": (3, _relmonth),
    "halfmonth": (4, _portioned), "dekad": (4, _portioned), "monthpart": (4, _portioned),
    "seasonpart": (4, _seasonpart), "nthweekday": (5, _nthweekday), "week": (5, _week),
    "weekend": (6, _weekend), "weekday": (6, _weekday), "weekdaypair": (6, _weekdaypair), "weekdays": (6, _weekday), "festival": (6, _festival),
    "lunarday": (6, _lunarday), "relday": (6, _relday), "day": (6, _day), "daybare": (6, _day),
    "dayin": (6, _day), "payday": (6, _payday), "part": (7, fill_part), "clock": (8, fill_clock), "shortclock": (8, fill_shortclock), "colon": (8, fill_colon),
    "ampm": (8, fill_ampm), "approxhour": (8, fill_approxhour), "hourbare": (8, fill_hourbare),
}  # fmt: skip
"""kind -> (level of its grain, its function). A function answers False when the words make no sense."""
