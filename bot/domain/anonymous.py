"""A reply without what tells who wrote it: invented stand-ins of the same shape, or a doubt.

What is known of the debtor (name, numbers, contracts) is found however it is written; what is not
known is told by its shape. Whatever may still be personal is a doubt, and a text with doubts must
not leave the desk. Sums and days stay: they are what the text is kept for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.stand_ins import HAN, StandIns

Edit = tuple[int, int, str]
"""[start, end) of the original text and what stands there instead."""

Finder = Callable[[str, StandIns], Iterator[Edit]]

_SPOKEN = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_SPOKEN_RUN = re.compile(
    "(?:[零〇一幺二两三四五六七八九][ ,、。]?){4,}[零〇一幺二两三四五六七八九]"
)
_AS_SPOKEN = "零幺二三四五六七八九"
_SPOKEN_KINDS = frozenset("零〇一幺二两三四五六七八九")
_DIGITS = "12345678901234567890"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*", re.ASCII)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s\u3400-\u9fff，。；！？]+"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s\u3400-\u9fff，。；！？]*)?",
    re.ASCII,
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ .-]?\d){8}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dx](?![\da-z])")
_LONG = re.compile(r"\+?\d(?:[ -]?\d){6,}")
_CODE = re.compile(r"(?=[a-z_-]*\d)(?=[\d_-]*[a-z])[a-z\d][a-z\d_-]{3,}[a-z\d]", re.ASCII)
_SUM = re.compile(r"\d+(?:st|nd|rd|th|k|w|rmb|cny|yuan|usd|hkd|twd|元)", re.ASCII)
_DAY = re.compile(r"20\d\d-\d\d?-\d\d?")
_FIGURE = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_LATIN = re.compile(r"[a-z]+", re.ASCII)
_GAP = "\ufffc"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the case. numbers: phones, contracts, invoices, in any notation."""

    people: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anonymous:
    """The text with stand-ins; `doubts` name what may still be personal."""

    text: str
    doubts: tuple[str, ...]


def anonymise(
    text: str, known: Known, words: StandIns, kept: Sequence[tuple[int, int]] = ()
) -> Anonymous:
    """Put stand-ins for everything personal that is found.

    kept: [start, end) of sums and days as they were read; they are left as they are unless they
    have the shape of a phone or an identity number.
    """
    plain = words.plain(text)
    edits: list[Edit] = []
    for find in (_addresses, _numbers(known, kept), _names(known), _people, _places):
        for edit in find(plain, words):
            if not _meets(edit, edits):
                edits.append(edit)
    edits.sort()
    rest = _without(plain, edits, _GAP)
    return Anonymous(_edited(text, edits), tuple(_doubts(rest, known, words, kept)))


def _meets(edit: Edit, others: Iterable[Edit]) -> bool:
    return any(edit[0] < end and start < edit[1] for start, end, _ in others)


def _edited(text: str, edits: Sequence[Edit]) -> str:
    out, at = [], 0
    for start, end, instead in edits:
        out += [text[at:start], instead]
        at = end
    return "".join([*out, text[at:]])


def _without(text: str, edits: Sequence[Edit], gap: str) -> str:
    """Of the same length, so that offsets still hold."""
    return _edited(text, [(start, end, gap * (end - start)) for start, end, _ in edits])


def _addresses(plain: str, words: StandIns) -> Iterator[Edit]:
    for match in _MAIL.finditer(plain):
        yield (*match.span(), "user@example.com")
    for match in _LINK.finditer(plain):
        if any(letter.isalpha() for letter in match.group()):
            yield (*match.span(), "https://example.com/a")


def _numbers(known: Known, kept: Sequence[tuple[int, int]]) -> Finder:
    def find(plain: str, words: StandIns) -> Iterator[Edit]:
        spoken = plain.translate(_SPOKEN)
        for number in known.numbers:
            yield from _written(number, plain, spoken)
        for pattern in (_IDENTITY, _MOBILE):
            yield from (_digits(match.span(), plain) for match in pattern.finditer(plain))
        yield from (_digits(m.span("number"), plain) for m in words.number.finditer(plain))
        for match in _CODE.finditer(plain):
            if not _SUM.fullmatch(match.group()):
                yield _digits(match.span(), plain)
        for pattern in (_LONG, _FIGURE):
            for match in pattern.finditer(plain):
                if not (_inside(match.span(), kept) or _DAY.fullmatch(match.group())):
                    yield _digits(match.span(), plain)
        for match in _SPOKEN_RUN.finditer(plain):
            if not _inside(match.span(), kept):
                yield _digits(match.span(), plain)

    return find


def _written(number: str, plain: str, spoken: str) -> Iterator[Edit]:
    """A known number in digits with any breaks, in spoken digits, or as a code."""
    code = re.sub(r"[^a-z\d]", "", number.lower())
    if len(code) >= 4:
        pattern = re.compile(r"[ .\-]*".join(map(re.escape, code)))
        for at in (plain, spoken):
            yield from (_digits(match.span(), plain) for match in pattern.finditer(at))


def _digits(span: tuple[int, int], plain: str) -> Edit:
    """Figures for figures, letters for letters; what lies between stays."""
    old = plain[span[0] : span[1]]
    count = sum(letter.isdigit() or letter in _SPOKEN_KINDS for letter in old)
    figures = iter("13800138000" if count == 11 else (_DIGITS * (count // 20 + 1)))
    return (*span, "".join(_same_kind(letter, figures) for letter in old))


def _same_kind(letter: str, figures: Iterator[str]) -> str:
    if letter.isdigit():
        return next(figures)
    if letter in _SPOKEN_KINDS:
        return _AS_SPOKEN[int(next(figures))]
    return "X" if "a" <= letter <= "z" else letter


def _inside(span: tuple[int, int], kept: Sequence[tuple[int, int]]) -> bool:
    """Whether a figure is part of a sum or day that was read, and short enough to be one."""
    return span[1] - span[0] <= 8 and any(a < span[1] and span[0] < b for a, b in kept)


def _names(known: Known) -> Finder:
    def find(plain: str, words: StandIns) -> Iterator[Edit]:
        for name in (*known.people, *known.companies):
            bare = re.sub(r"[\s·.,()]", "", words.plain(name))
            for run in _runs(name, known, words):
                instead = _instead(run, bare, known, words)
                for match in re.finditer(re.escape(run), plain):
                    yield (*match.span(), instead)
        for name in known.people:
            for match in words.addressed_as(words.plain(name)[:1]).finditer(plain):
                yield (*match.span("who"), _invented(known, words)[:1])

    return find


def _runs(name: str, known: Known, words: StandIns) -> list[str]:
    """Every stretch of two characters and more, longest first; latin names word by word."""
    plain = words.plain(name)
    if name in known.companies:
        plain = words.company_word.sub(" ", plain)
    pieces = re.findall(f"[{HAN}]+|[a-z]+", plain)
    runs = {
        piece[a:b]
        for piece in pieces
        for a in range(len(piece))
        for b in range(a + 2, len(piece) + 1)
        if not piece.isascii() or b - a == len(piece)
    }
    return sorted(runs, key=lambda run: (-len(run), run))


def _instead(run: str, bare: str, known: Known, words: StandIns) -> str:
    """The stand-in's characters at the same places of the name."""
    if run.isascii():
        return "Lin"
    name = _invented(known, words)
    start = max(bare.find(run), 0)
    return "".join(name[(start + i) % len(name)] for i in range(len(run)))


def _invented(known: Known, words: StandIns) -> str:
    """A name that shares no character with a real one."""
    real = {letter for name in (*known.people, *known.companies) for letter in words.plain(name)}
    return next((name for name in words.names if not real & set(name)), words.names[0])


def _people(plain: str, words: StandIns) -> Iterator[Edit]:
    """Others, by surname and title, or by a word that announces a name."""
    for pattern in (words.addressed, words.announced):
        for match in pattern.finditer(plain):
            start, end = match.span("who")
            yield (start, end, words.names[0][: end - start])


def _places(plain: str, words: StandIns) -> Iterator[Edit]:
    for match in words.place.finditer(plain):
        yield (*match.span(), words.place_instead)


def _doubts(
    rest: str, known: Known, words: StandIns, kept: Sequence[tuple[int, int]]
) -> Iterator[str]:
    """What is left of the text, its edits masked, and may still be personal."""
    if any(not _inside(match.span(), kept) for match in _FIGURE.finditer(rest)):
        yield "number"
    names = (*known.people, *known.companies)
    if any(run in rest for name in names for run in _runs(name, known, words)):
        yield "name"
    if any(word.group() not in words.latin for word in _LATIN.finditer(rest)):
        yield "latin"
    if words.perhaps_name.search(rest):
        yield "announced"
    if words.tells.search(rest):
        yield "address"
