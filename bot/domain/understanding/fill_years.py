"""What the words of years say, and of what a year is parted into: quarters, halves, seasons."""

from __future__ import annotations

from datetime import datetime

from bot.domain.understanding.frames import Frame
from bot.domain.understanding.numerals import integer
from bot.domain.understanding.tokens import TimeLexicon, Token

SHIFT = {"上上上": -3, "上上": -2, "上": -1, "下": 1, "下下": 2, "下下下": 3, "次": 1, "前": -1}
"""Words before a unit of time -> how many of it from now."""
_YEAR_SHIFT = {
    "大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2, "大后年": 3, "来年": 1, "本年": 0, "当年": 0,
    "次年": 1, "上年": -1, "上一年": -1, "下年": 1, "下一年": 1, "这一年": 0, "新的一年": 1, "明后两年": 1,
    "旧年": -1, "出年": 1,
}  # fmt: skip


def century_year(short: int, now: datetime) -> int:
    """A two-digit year: the nearest one."""
    return min((short + base for base in (1900, 2000, 2100)), key=lambda year: abs(year - now.year))


def whole(text: str | None) -> int:
    """The whole number a group caught; 0 for none."""
    return integer(text or "") or 0


def portion_of(word: str | None) -> str:
    """末, 尾, 头: the portion of a year or month meant."""
    return {"末": "底", "尾": "底", "终": "底", "底头": "底", "伊始": "初", "头": "初"}.get(
        word or "", word or ""
    )


def fill_year(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """2026年, 26年, 二零二六年, 08年."""
    text = next((g for g in token.groups if g), "").removesuffix("年")
    value = whole(text)
    frame.year = century_year(value, now) if len(text) <= 2 and value < 100 else value
    return True


def fill_minguodate(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """115/12/5: a date in the years of the Republic."""
    year, _mark, month, day = token.groups
    frame.year, frame.month, frame.day = 1911 + whole(year), whole(month), whole(day)
    return True


def fill_minguo(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """民国115年: the years of the Republic, whose first is 1912."""
    name = token.groups[0] or ""
    frame.year = 1911 + (1 if name == "元" else whole(name))
    return frame.year > 1911


def fill_relyear(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """去年, 明年, 今明两年."""
    word = token.text.rstrip("度间")
    frame.year = now.year + _YEAR_SHIFT.get(word, 0)
    frame.years_span = 2 if "两" in word else 1
    return True


def fill_years(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """The first or last year of 2026-2027年."""
    frame.year = int(token.groups[0] or token.groups[1] or 0)
    return True


def fill_decade(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """九十年代, 上世纪80年代."""
    frame.decade = whole(token.groups[1])
    return token.groups[0] is None or fill_century(frame, token, now, _)


def fill_century(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """上世纪, 二十一世纪."""
    name = token.groups[0] or ""
    here = now.year // 100
    frame.century = {"上": here - 1, "本": here, "下": here + 1}.get(name, whole(name) - 1)
    return frame.century >= 0


def fill_quarter(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """第一季度, q3, 下个季度."""
    first, second, third, head, shift = token.groups
    if shift:
        frame.quarter_shift = SHIFT.get(shift, 0)
    else:
        value = 1 if head else whole(first or second or third)
        frame.quarter = (value, value)
    return True


def fill_quarters(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """前两个季度, 后三季度."""
    count = whole(token.groups[1])
    frame.quarter = (1, count) if token.groups[0] == "前" else (5 - count, 4)
    return True


def fill_half(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """上半年, 下半年."""
    frame.half = 1 if token.groups[0] in ("上", "前") else 2
    return True


def fill_relhalf(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """上个半年, 下个半年."""
    index = now.year * 2 + now.month // 7 + SHIFT.get(token.groups[0] or "", 0)
    frame.year, frame.half = index // 2, index % 2 + 1
    return True


def fill_yearpart(frame: Frame, token: Token, now: datetime, _: TimeLexicon) -> bool:
    """年初, 年中, 年底."""
    frame.year = now.year if frame.year is None else frame.year
    frame.portion = portion_of(token.groups[0])
    return True


def fill_season(frame: Frame, token: Token, _now: datetime, _: TimeLexicon) -> bool:
    """春天, 暑假."""
    frame.season = next(g for g in token.groups if g)
    return True
