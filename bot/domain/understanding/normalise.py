"""Brings the many ways of writing to one, keeping for every character where it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from bot.domain.understanding.regexfacts import compiled, headed, marks, needed

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    ord(c): ord(c) + 32 for c in map(chr, range(65, 91))
}
_WIDE |= {0xFF21 + i: 0x61 + i for i in range(26)}
_MARKS = {
    "\u3000": " ", "\u00a0": " ", "\t": " ", "\r": ",", "\n": ",", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-",
    "－": "-", "−": "-", "―": "-", "ー": "-", "‐": "-", "‑": "-", "‒": "-", "～": "~", "〜": "~", "「": '"', "」": '"', "【": "(", "】": ")", "·": "·", "•": "·", "…": "。", "｡": "。",
    "：": ":", "︰": ":", "！": "!", "？": "?", "；": ";", "，": ",", "﹐": ",", "（": "(", "）": ")", "￥": "¥", "％": "%",
}  # fmt: skip

_INVISIBLE = r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe00-\ufe0f]"
_CJK = r"\u4e00-\u9fff"
_DIGIT = "零〇一二三四五六七八九十两"
_UNIT = "月日号点年块元万千百时分秒天个"
_PAUSE = (
    rf"(?<=[{_CJK}]) +(?=[{_CJK}])(?<![{_DIGIT}{_UNIT}] )(?![{_DIGIT}{_UNIT}])"
    rf"|(?<=[吧呢吗嘛呀钱好行了打忙期]) +(?=[{_CJK}\d])(?![{_UNIT}])|(?<=[百千万元块]) +(?=[{_CJK}\d])(?![{_UNIT}])"
    rf"|(?<=[百千万][{_DIGIT}]) +(?=[{_CJK}\d])(?![{_UNIT}])|(?<=[{_DIGIT}{_UNIT}]) +(?=[{_CJK}])(?![{_DIGIT}{_UNIT}上下早晚中凌])"
    rf"|(?<=[{_CJK}]) +(?=\d{{1,2}}(?:/|月|号|日))(?<![月日号年点周星上下在于到是为] )"
    rf"|(?<=\d) +(?=[周星礼节这今明后本剩其{_DIGIT}])|(?<=[{_DIGIT}]) +(?=\d)"
)
"""A space that stands for a comma (没钱 周五还), not one inside a date or before a sum."""
_INSIDE = (
    rf"(?<=[{_DIGIT}{_UNIT}]) +[到至][ \d{_DIGIT}上下本这明后今周星礼]"
    rf"|(?:(?<=[{_DIGIT}{_UNIT}][到至])|(?<=[{_DIGIT}{_UNIT}] [到至])) "
    rf"|(?<=[\d{_DIGIT}]) +(?:周|星期|礼拜) *(?:之|以)?[前后内]|(?<=[天周月年时钟期]) +(?:之|以)?[前后内](?![天日])"
)
"""A space inside a range (5号 到 8号) or a length (4 周后)."""
_SPACES = rf"(?= )(?:(?!{_INSIDE})(?P<pause>{_PAUSE})|(?<=[{_CJK},。!?]) +| +(?=[{_CJK},。!?]))"
_EMOJI = r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]+"
_REPEATS = (
    r"(?P<one>[^\d\s零一二三四五六七八九上下])(?P=one){2,}"
    rf"|(?P<two>[{_CJK}]{{2,5}})(?P=two)+"
    r"|(?<=[我你他])(?P<stutter>[我你他])(?=[我你他]|[明会要不没已就])"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """The normalised text and, per character, its place in the original (None = the same). marks: what
    tells quickly that words are not in it (regexfacts)."""

    text: str
    origin: tuple[int, ...] | None
    original: str
    marks: Set[str]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of the normalised text as [start, end) of the original."""
        if self.origin is None:
            return start, end
        if start >= end:
            place = self.origin[start] if start < len(self.origin) else len(self.original)
            return place, place
        return self.origin[start], self.origin[end - 1] + 1


class Normaliser:
    """script: one character for one. phrases: words as meant. fillers: pattern of empty words."""

    def __init__(
        self,
        script: Mapping[str, str],
        phrases: Mapping[str, str],
        fillers: str,
        emoji: Mapping[str, str],
    ) -> None:
        table: dict[int, int | str] = dict(_WIDE)
        table |= {ord(k): v for k, v in _MARKS.items()}
        table |= {ord(k): v for k, v in script.items()}
        self._table = table
        empty = headed(fillers).pattern
        self._noise = compiled(f"{_INVISIBLE}|{_SPACES}|(?P<emoji>{_EMOJI})|{_REPEATS}|{empty}")
        self._exact = {k: v for k, v in phrases.items() if not re.search(r"[(\[?]", k)}
        self._special = [(compiled(k), v) for k, v in phrases.items() if k not in self._exact]
        keys = sorted(phrases, key=len, reverse=True)
        self._phrases = headed("|".join(_guarded(key) for key in keys))
        self._in_phrases = needed(*phrases)
        self._emoji = emoji

    def __call__(self, text: str) -> Plain:
        """Normalise; the result is never longer than twice the original."""
        plain = text.translate(self._table)
        if len(plain) != len(text):  # never: the table is one to one
            plain = text
        origin: list[int] | None = None
        plain, origin = _replace(plain, origin, self._noise, self._quiet)
        present = marks(plain)
        if not present.isdisjoint(self._in_phrases):
            before = plain
            plain, origin = _replace(plain, origin, self._phrases, self._phrase)
            present = present if plain == before else marks(plain)
        return Plain(plain, tuple(origin) if origin is not None else None, text, present)

    def _quiet(self, match: re.Match[str]) -> str:
        if match.group("pause"):
            return ","
        if match.group("emoji"):
            return next((self._emoji[c] for c in match.group() if c in self._emoji), "")
        if match.group("one") or match.group("two"):
            return match.group("one") or match.group("two")
        whole = match.end() - match.start() == len(match.string.strip(",。 !"))
        return match.group() if whole else ""

    def _phrase(self, match: re.Match[str]) -> str:
        found = self._exact.get(match.group())
        if found is not None:
            return found
        return next(
            (v for p, v in self._special if p.match(match.string, match.start())), match.group()
        )


def _guarded(key: str) -> str:
    """Latin short forms only as whole words."""
    return rf"(?<![a-z0-9]){key}(?![a-z0-9])" if key.isascii() and key.isalnum() else key


def _replace(
    text: str,
    origin: list[int] | None,
    pattern: re.Pattern[str],
    new: Callable[[re.Match[str]], str],
) -> tuple[str, list[int] | None]:
    match = pattern.search(text)
    if match is None:
        return text, origin
    places = origin if origin is not None else list(range(len(text)))
    out: list[str] = []
    kept: list[int] = []
    at = 0
    for match in pattern.finditer(text):
        word = new(match)
        out += [text[at : match.start()], word]
        kept += places[at : match.start()]
        span = places[match.start() : match.end()]
        kept += [
            span[min(i * len(span) // max(len(word), 1), len(span) - 1)] for i in range(len(word))
        ]
        if len(word) > 1 and span:
            kept[-1] = span[-1]
        at = match.end()
    out.append(text[at:])
    kept += places[at:]
    return "".join(out), kept
