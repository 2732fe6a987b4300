"""Numbers in a remark: contracts, invoices, references, phones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: A contract's or invoice's number counts when it has so many characters, and so many digits.
SHORTEST_NUMBER, FEWEST_DIGITS = 5, 4

#: Words after which four digits are the tail of a phone.
_TAIL_WORDS = ("尾号", "尾號", "手机", "手機", "电话", "電話", "tel", "phone")
_TAIL = 4
_PHONE = range(8, 16)

#: Digits of a masked phone that have to agree with a whole one.
SHOWN_DIGITS = 7


def compact(text: str) -> str:
    """Letters and digits alone, half width and small: how numbers are compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def counts(number: str) -> bool:
    """Whether a compact number is long enough to mean one contract and not many."""
    return len(number) >= SHORTEST_NUMBER and sum(map(str.isdigit, number)) >= FEWEST_DIGITS


def numbers_in(text: str) -> set[str]:
    """Every compact number the text may name: whole runs, their parts, and parts side by side."""
    found: set[str] = set()
    for run in _runs(unicodedata.normalize("NFKC", text).casefold()):
        parts = [part for piece in run for part in _split(piece)]
        for start in range(len(parts)):
            for end in range(start + 1, len(parts) + 1):
                found.add("".join(parts[start:end]))
    return {number for number in found if counts(number)}


def _runs(text: str) -> Iterator[list[str]]:
    """Runs of letters and digits; pieces joined by a dash, a slash or the like stay together."""
    run: list[str] = [""]
    for character in [*text, " "]:
        if character.isascii() and character.isalnum():
            run[-1] += character
        elif character in "-_/.#" and run[-1]:
            run.append("")
        else:
            if run[0]:
                yield [piece for piece in run if piece]
            run = [""]


def _split(piece: str) -> Iterator[str]:
    """A piece where digits end and letters begin: `123ht456` → `123`, `ht456`."""
    start = 0
    for place in range(1, len(piece)):
        if piece[place - 1].isdigit() and piece[place].isalpha():
            yield piece[start:place]
            start = place
    yield piece[start:]


def phones_in(text: str) -> tuple[set[str], set[str]]:
    """Whole phone numbers (digits), and the tails that stand behind a word for it."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    whole: set[str] = set()
    tails: set[str] = set()
    for start, run in _digit_runs(plain):
        if len(run) in _PHONE:
            whole.add(run)
        elif len(run) == _TAIL and plain[:start].rstrip(" :").endswith(_TAIL_WORDS):
            tails.add(run)
    return whole, tails


def _digit_runs(text: str) -> Iterator[tuple[int, str]]:
    start = None
    for place, character in enumerate([*text, " "]):
        if character.isdecimal() and character.isascii():
            start = place if start is None else start
        elif start is not None:
            yield start, text[start:place]
            start = None


def is_phone(number: str, masked: str) -> bool:
    """Whether `number` (digits) is the phone shown as `138****5678` or `+1 202****0100`.

    A mask that shows fewer than seven digits of it says too little.
    """
    shown = masked.rpartition(" ")[2].partition("****")
    head, tail = ("".join(filter(str.isdigit, part)) for part in (shown[0], shown[2]))
    enough = len(head) + len(tail) >= SHOWN_DIGITS
    country = "".join(filter(str.isdigit, masked.partition(" ")[0])) if " " in masked else "86"
    national = number.removeprefix(country) if len(number) > len(head + tail) else number
    fits = any(written.startswith(head) for written in (number, national))
    return enough and fits and number.endswith(tail)


def tail_of(masked: str) -> str:
    """The last four digits a mask shows; empty when it shows fewer."""
    tail = masked.rpartition("*")[2]
    return tail if len(tail) == _TAIL and tail.isdecimal() else ""
