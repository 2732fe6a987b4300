"""What differs between two texts, word by word: a Chinese character, a number and a tag are words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORD = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|[A-Za-z]+|[0-9]+(?:[.,:-][0-9]+)*|\s+|.", re.S)


class Piece(NamedTuple):
    """A stretch of text: the same in both, only in the old one, or only in the new one."""

    kind: Literal["same", "old", "new"]
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """`old` and `new` as one text; all but the old pieces are `new`, all but the new ones `old`."""
    return [piece for piece in _pieces(_WORD.findall(old), _WORD.findall(new)) if piece.text]


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for same, a, b, c, d in matcher.get_opcodes():
        if same == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield Piece("old", "".join(old[a:b]))
            yield Piece("new", "".join(new[c:d]))
