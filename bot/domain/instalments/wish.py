"""What a debtor asks for, in a form or in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_FIGURES = {word: place for place, word in enumerate("一二三四五六七八九十", 1)} | {
    "两": 2,
    "兩": 2,
}
_BEFORE = ("分成", "分作", "分")
_AFTER = ("个月", "個月", "期", "次", "月")

#: More parts than this are no plan.
MOST = 36


@dataclass(frozen=True, slots=True)
class Wish:
    """A plan as a debtor wants it; what is None is left to the desk."""

    periods: int | None = None
    first_on: date | None = None
    first_minor: int | None = None


def periods_named(text: str) -> int | None:
    """`分3期`, `分三个月`, `分成十二次` → the number of parts; None when none is named."""
    for word in _BEFORE:
        _, found, rest = text.partition(word)
        while found:
            number, behind = _number(rest.lstrip())
            if number is not None and 2 <= number <= MOST and behind.lstrip().startswith(_AFTER):
                return number
            _, found, rest = rest.partition(word)
    return None


def _number(text: str) -> tuple[int | None, str]:
    """The figure a text begins with, and what stands behind it."""
    digits = len(text) - len(text.lstrip("0123456789"))
    if digits:
        return int(text[: min(digits, 4)]), text[digits:]
    words = next((place for place, c in enumerate(text) if c not in _FIGURES), len(text))
    return _spoken(text[:words]), text[words:]


def _spoken(words: str) -> int | None:
    """一 … 三十六."""
    if not words:
        return None
    tens, ten, ones = words.partition("十")
    if not ten:
        return _FIGURES[words] if len(words) == 1 else None
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return None
    return (_FIGURES[tens] if tens else 1) * 10 + (_FIGURES[ones] if ones else 0)
