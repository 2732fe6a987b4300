"""Chinese and Arabic numerals to exact numbers. Input is normalised text (一二三 … 十百千万亿, 两, 廿)."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_TENS = {"廿": 20, "卅": 30}


def _digits(text: str) -> Fraction | None:
    """二零一五 -> 2015: digits read one by one."""
    if len(text) < 2 or not all(c in DIGIT for c in text):
        return None
    return Fraction(int("".join(str(DIGIT[c]) for c in text)))


def _section(text: str) -> Fraction | None:
    """Below 万: 一千二百五十, 一千二 (= 1200), 八百五 (= 850), 廿三, 1千2."""
    total, digit, last = Fraction(0), None, 1
    spoken_tail = True
    number = ""
    for char in text:
        if char.isdigit() or char == ".":
            number += char
            continue
        if number:
            digit, number = Fraction(number), ""
        if char in _UNIT:
            if _UNIT[char] >= last > 1 and total:  # 三百五百: two numbers
                return None
            total += (1 if digit is None else digit) * _UNIT[char]
            digit, last = None, _UNIT[char]
        elif char in _TENS:
            total, last = total + _TENS[char], 10
        elif char == "零":
            spoken_tail = False
        elif char in DIGIT and digit is None:
            digit = Fraction(DIGIT[char])
        else:
            return None
    if number:
        digit = Fraction(number)
    if digit is not None:
        scale = last // 10 if spoken_tail and last >= 100 and digit < 10 else 1
        total += digit * scale
    return total


@lru_cache(maxsize=4096)
def number(text: str) -> Fraction | None:
    """The number `text` spells, or None. 2 -> 2, 两千 -> 2000, 1.2万 -> 12000, 一万二 -> 12000, 半 -> 1/2."""
    text = text.replace(",", "").rstrip("整")
    try:
        return _number(text)
    except (ValueError, ZeroDivisionError):
        return None


def _number(text: str) -> Fraction | None:
    if not text:
        return None
    if text == "半":
        return Fraction(1, 2)
    if text.replace(".", "", 1).isdigit():
        return Fraction(text)
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = text.partition(unit)
        if found:
            high, low = _number(head), _tail(tail, size)
            return None if high is None or low is None else high * size + low
    if (value := _digits(text)) is not None:
        return value
    return _section(text)


def _tail(text: str, size: int) -> Fraction | None:
    """What follows 万: nothing, 半 (half of it), one digit (一万二 = 12000), or a full number."""
    if not text:
        return Fraction(0)
    if text == "半":
        return Fraction(size, 2)
    if len(text) == 1 and text in DIGIT:
        return Fraction(DIGIT[text] * size, 10)
    if len(text) == 1 and text.isdigit():
        return Fraction(int(text) * size, 10)
    return _number(text)


def integer(text: str) -> int | None:
    """The whole number `text` spells, or None."""
    value = number(text)
    return int(value) if value is not None and value.denominator == 1 else None
