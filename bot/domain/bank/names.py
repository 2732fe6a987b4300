"""Comparing a payer's name with a debtor's: script, company suffixes, masks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

#: What banks print in place of characters of a name, once the width is folded.
MASKS = "*×"

#: A name found within another text has at least this many characters.
SHORTEST = 2

#: A company's name without its suffix that is found within another is at least this long.
SHORTEST_CORE = 4

#: The longest name looked for within a remark.
LONGEST = 16


class NameMatch(StrEnum):
    """How alike two names are."""

    EQUAL = "equal"
    SIMILAR = "similar"  #: one company's name stands within the other
    MASKED = "masked"  #: equal as far as the mask lets it be seen
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Names:
    """How names are written; `fold` is traditional → simplified by code point."""

    fold: Mapping[int, str]
    suffixes: tuple[str, ...]  #: folded, longest first: 股份有限公司, 有限公司, co.,ltd …

    def plain(self, name: str) -> str:
        """Half width, small, simplified, without spaces and punctuation; masks are `*`."""
        text = unicodedata.normalize("NFKC", name).casefold().translate(self.fold)
        kept = ("*" if character in MASKS else character for character in text)
        return "".join(character for character in kept if character.isalnum() or character == "*")

    def core(self, plain: str) -> str:
        """A company's name without its legal form; other names as they are."""
        for suffix in self.suffixes:
            if plain.endswith(suffix) and len(plain) > len(suffix) + 1:
                return plain.removesuffix(suffix)
        return plain


def compare(payer: str, debtor: str, names: Names) -> NameMatch:
    """Both as `Names.plain` gives them. Symmetric, but for masks in the payer's."""
    if not payer or not debtor:
        return NameMatch.NONE
    if "*" in payer:
        return NameMatch.MASKED if _fits(payer, debtor) else NameMatch.NONE
    mine, theirs = names.core(payer), names.core(debtor)
    if mine == theirs:
        return NameMatch.EQUAL
    short, long = sorted((mine, theirs), key=len)
    if len(short) >= SHORTEST_CORE and short in long:
        return NameMatch.SIMILAR
    return NameMatch.NONE


def _fits(masked: str, name: str) -> bool:
    """Whether the name could stand behind the mask, one mark for one character or for several."""
    if masked.strip("*") == "":
        return False
    head, tail = masked[: masked.index("*")], masked[masked.rindex("*") + 1 :]
    if len(head) + len(tail) >= len(name):
        return False
    return name.startswith(head) and name.endswith(tail)


def within(text: str) -> Iterator[str]:
    """Every stretch of a plain text that could be a name, for looking up."""
    for start in range(len(text)):
        for end in range(start + SHORTEST, min(start + LONGEST, len(text)) + 1):
            yield text[start:end]
