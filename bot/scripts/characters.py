"""Which characters belong into which locale's text.

GB 2312 holds simplified characters only and Big5 (with the Hong Kong supplement) traditional
ones, so the standard library's codecs tell most of the difference; what Big5 holds in both
meanings (后, 里, 几 …) is listed in variants.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.scripts.findings import Message, told
from bot.scripts.yaml_lines import read

_CODECS = {"zh-CN": "gb2312", "zh-TW": "big5", "zh-HK": "big5hkscs"}
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_HALF = re.compile(r"(?<=[\u3400-\u9fff）」”】])[,.;:!?()]|[,;:!?()](?=[\u3400-\u9fff（「“【])")
_FULL_ALNUM = re.compile(r"[０-９Ａ-Ｚａ-ｚ]")
_STRAIGHT = re.compile("[\"']")
_FOREIGN_QUOTES = {"zh-CN": "「」『』", "zh-TW": "“”‘’", "zh-HK": "“”‘’"}


@dataclass(frozen=True, slots=True)
class Variants:
    """Data of variants.yaml."""

    fold: Mapping[str, str]  #: traditional → simplified, for what forbidden.yaml needs
    simplified_in_big5: Mapping[str, str]  #: simplified form → the traditional one to write
    allowed: tuple[str, ...]  #: words in which such a character is right


def load_variants(path: Path) -> Variants:
    """Reads variants.yaml. Raises YamlError or KeyError."""
    data = read(path)
    fold = {pair[0]: pair[1] for line in data["fold"] for pair in line.split()}
    doubtful = {pair[0]: pair[1] for line in data["simplified_in_big5"] for pair in line.split()}
    return Variants(fold, doubtful, tuple(data["allowed"]))


def foreign(text: str, locale: str, variants: Variants) -> Iterator[tuple[int, Message]]:
    """(offset, message) for each character of the other script; one message per character."""
    seen = set()
    for match in _HAN.finditer(text):
        char = match.group()
        if char not in seen and not _belongs(text, match.start(), locale, variants):
            seen.add(char)
            yield match.start(), _advice(char, locale, variants)


def _belongs(text: str, offset: int, locale: str, variants: Variants) -> bool:
    char = text[offset]
    try:
        char.encode(_CODECS[locale])
    except UnicodeEncodeError:
        return False
    if locale == "zh-CN" or char not in variants.simplified_in_big5:
        return True
    return any(_covers(text, word, offset) for word in variants.allowed if char in word)


def _covers(text: str, word: str, offset: int) -> bool:
    start = text.find(word, max(offset - len(word) + 1, 0))
    return 0 <= start <= offset


def _advice(char: str, locale: str, variants: Variants) -> Message:
    if locale == "zh-CN":
        if right := variants.fold.get(char):
            return told("variant.simplified", char=char, right=right)
        return told("variant.simplify", char=char)
    if right := variants.simplified_in_big5.get(char):
        return told("variant.traditional", char=char, right=right)
    return told("variant.tradition", char=char)


def widths(text: str, locale: str) -> Iterator[tuple[int, Message]]:
    """(offset, message) for half-width marks in Chinese, full-width letters, foreign quotes."""
    for match in _HALF.finditer(text):
        yield match.start(), told("width.half", mark=match.group())
    for match in _FULL_ALNUM.finditer(text):
        yield match.start(), told("width.full", char=match.group())
    for match in _STRAIGHT.finditer(text):
        yield match.start(), told("width.straight")
    for offset, char in enumerate(text):
        if char in _FOREIGN_QUOTES[locale]:
            yield offset, told("width.quotes", char=char)
