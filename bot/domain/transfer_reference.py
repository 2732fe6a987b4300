"""The reference a debtor writes into a bank transfer: `YH` and a case's number with a check letter.

31 letters without the ones people confuse (0/O, 1/I/L). The check letter is a weighted sum modulo
31, a prime, so that one wrong letter and two swapped neighbours are always noticed.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_MARK = "YH"
_SHORTEST = 4
_FOUND = re.compile(rf"{_MARK}[\s-]?([{_LETTERS}]{{{_SHORTEST + 1},14}})(?![0-9A-Z])")


def reference_of(case_id: int) -> str:
    """`YH` + at least four letters + a check letter. Raises ValueError for ids below one."""
    if case_id < 1:
        raise ValueError("a case's id is above zero")
    digits, rest = "", case_id
    while rest:
        rest, place = divmod(rest, len(_LETTERS))
        digits = _LETTERS[place] + digits
    digits = digits.rjust(_SHORTEST, _LETTERS[0])
    return _MARK + digits + _check(digits)


def references_in(text: str) -> list[int]:
    """Ids of the cases that a remark names with a whole reference, in order, each once."""
    tidy = unicodedata.normalize("NFKC", text).upper()
    found = (_case_of(match.group(1)) for match in _FOUND.finditer(tidy))
    return list(dict.fromkeys(case_id for case_id in found if case_id))


def _case_of(letters: str) -> int | None:
    digits, check = letters[:-1], letters[-1]
    if _check(digits) != check:
        return None
    number = 0
    for letter in digits:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number or None


def _check(digits: str) -> str:
    weighted = sum((place + 2) * _LETTERS.index(letter) for place, letter in enumerate(digits))
    return _LETTERS[weighted % len(_LETTERS)]
