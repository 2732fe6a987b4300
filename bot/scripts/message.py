"""What a collector may write in their own words: the scripts' refused wording, and no way round
the desk: no link, number or account of their own, no second signature.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.scripts.rulebook import Rulebook

#: The script that carries a collector's own words.
SCRIPT = "desk.message"

#: Characters; with signature, telephone and the opt-out it makes three segments at most.
LONGEST = 140

_LINK = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|vip|xyz|cc|me|io)(?![a-z0-9])", re.I
)
_NUMBER = re.compile(r"\d(?:[\d\s-]{5,}\d)")
_HANDLE = re.compile(r"微信|威信|薇信|vx|wechat|qq|支付宝账号|支付寶帳號|私人", re.I)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a message cannot be sent as it is. `words` stand in it at `start`.

    `code`: empty, too_long, brackets, link, number, private, forbidden (then `practice` says
    which of `forbidden.yaml`).
    """

    code: str
    words: str = ""
    start: int = 0
    practice: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class MessageCheck:
    """Checks by the same book as the scripts."""

    book: Rulebook

    def objections(self, text: str, own_numbers: Collection[str] = ()) -> list[Objection]:
        """Everything against `text`; `own_numbers` are the desk's and the case's, digits only."""
        if not text.strip():
            return [Objection("empty")]
        found = [Objection("too_long")] if len(text) > LONGEST else []
        found += _matches("brackets", re.compile("[【】]"), text)
        found += _matches("link", _LINK, text)
        found += [hit for hit in _matches("number", _NUMBER, text) if not _own(hit, own_numbers)]
        found += _matches("private", _HANDLE, text)
        found += [
            Objection("forbidden", hit.words, hit.start, hit.practice.title, hit.practice.remedy)
            for hit in self.book.forbidden.hits(text)
        ]
        return found


def digits(text: str) -> str:
    """Only the digits of a telephone, an account or a contract."""
    return "".join(char for char in text if char.isdigit())


def _matches(code: str, pattern: re.Pattern[str], text: str) -> list[Objection]:
    return [Objection(code, match.group(), match.start()) for match in pattern.finditer(text)]


def _own(hit: Objection, own_numbers: Collection[str]) -> bool:
    return digits(hit.words) in own_numbers
