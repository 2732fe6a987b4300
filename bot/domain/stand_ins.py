"""The words and shapes by which personal data is told in a reply, compiled once from data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

HAN = "\u3400-\u9fff"


@dataclass(frozen=True)
class StandIns:
    """All words in simplified script. fold: character to its plain form, one for one.

    names: invented ones, six characters each. tells: words after which something personal follows.
    """

    names: tuple[str, ...]
    surnames: frozenset[str]
    compound_surnames: tuple[str, ...]
    titles: tuple[str, ...]
    nicknames: tuple[str, ...]
    after_nickname: str
    after_name: str
    announcers: tuple[str, ...]
    not_names: tuple[str, ...]
    company_words: tuple[str, ...]
    place_large: tuple[str, ...]
    place_small: tuple[str, ...]
    place_numbered: tuple[str, ...]
    place_instead: str
    number_words: tuple[str, ...]
    tells: re.Pattern[str]
    latin: frozenset[str]
    fold: Mapping[int, str]

    def plain(self, text: str) -> str:
        """Character for character: simplified, half width, small letters."""
        return text.translate(self.fold)

    def addressed_as(self, surname: str) -> re.Pattern[str]:
        """王经理, 老王, 我姓王, whatever the surname; it is the group `who`."""
        return self._addressed(re.escape(surname))

    @cached_property
    def addressed(self) -> re.Pattern[str]:
        """The same with any usual surname."""
        return self._addressed(self._surname)

    @cached_property
    def announced(self) -> re.Pattern[str]:
        """The name after a word that announces one, or that is the whole reply: group `who`."""
        name = f"(?P<who>(?!{_any(self.not_names)}){self._surname}[{HAN}]{{1,2}}?)"
        ends = f"(?=[{self.after_name}]|[^{HAN}]|$)"
        return re.compile(f"(?:^|(?:{_any(self.announcers)})[:是 ]*){name}{ends}")

    @cached_property
    def perhaps_name(self) -> re.Pattern[str]:
        """Anything after an announcing word that a surname could begin."""
        unlike = f"(?!{_any(self.not_names)})"
        return re.compile(f"(?:{_any(self.announcers)})[:是 ]*{unlike}{self._surname}")

    @cached_property
    def number(self) -> re.Pattern[str]:
        """A number after a word such as 尾号: group `number`."""
        words = _any(self.number_words)
        return re.compile(f"(?:{words})[是为: ]{{0,2}}(?P<number>[a-z\\d][a-z\\d -]+[a-z\\d])")

    @cached_property
    def place(self) -> re.Pattern[str]:
        """An address: two places in a row, or a street, an estate, a house with numbers."""
        large = f"[{HAN}]{{2,4}}?(?:{_any(self.place_large)})"
        small = f"[{HAN}]{{1,6}}?(?:{_any(self.place_small)})"
        count = "(?:[a-z]?\\d+|[一二三四五六七八九十百]+)"
        number = f"{count}(?:-\\d+)*(?:{_any(self.place_numbered)})"
        numbers = f"(?:{number})+(?:\\d{{2,4}})?"
        return re.compile(
            f"(?:{large})+(?:{small})+(?:{numbers})?|(?:{large}){{2,}}"
            f"|{small}{numbers}|{number}(?:{number}|\\d{{2,4}})+"
        )

    @cached_property
    def company_word(self) -> re.Pattern[str]:
        """What every company's name holds."""
        return re.compile(_any(self.company_words))

    @cached_property
    def _surname(self) -> str:
        return f"(?:{_any(self.compound_surnames)}|[{''.join(sorted(self.surnames))}])"

    def _addressed(self, surname: str) -> re.Pattern[str]:
        titled = f"(?={_any(self.titles)})"
        before = "|".join(f"(?<={re.escape(word)})" for word in self.nicknames)
        alone = f"(?=[{self.after_nickname}]|[^{HAN}]|$)"
        unlike = f"(?!{_any(self.not_names)})"
        return re.compile(
            f"(?P<nick>{before})?{unlike}(?P<who>{surname})(?:{titled}|(?(nick){alone}|(?!)))"
        )


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
