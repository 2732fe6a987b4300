"""What can be known of a pattern before it is tried: how a match may begin, what it must contain.

A text of twenty characters is read against hundreds of patterns; these facts let nearly all of
them be passed over without a search. The walk uses the parse tree of the standard library's own
regular expressions; a node it does not know means "anything", which is slow but never wrong.
"""

from __future__ import annotations

import re
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_DIGITS = frozenset("0123456789")
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)


def first_chars(pattern: str) -> frozenset[str] | None:
    """The characters a match may begin with; None when it could be any (or the match empty)."""
    chars, empty = _first(_parser.parse(pattern))
    return None if empty or chars is None else chars


def _first(nodes: Any) -> tuple[frozenset[str] | None, bool]:
    chars: frozenset[str] = frozenset()
    for node in nodes:
        found, empty = _first_of(node)
        if found is None:
            return None, False
        chars |= found
        if not empty:
            return chars, False
    return chars, True


def _first_of(node: Any) -> tuple[frozenset[str] | None, bool]:  # noqa: PLR0911  (one return per shape)
    code, value = node
    if code is op.LITERAL:
        return frozenset(chr(value)), False
    if code is op.IN:
        return _class(value), False
    if code in _ZERO_WIDTH:
        return frozenset(), True
    if code is op.SUBPATTERN:
        return _first(value[-1])
    if code is op.BRANCH:
        each = [_first(branch) for branch in value[1]]
        if any(chars is None for chars, _ in each):
            return None, False
        return frozenset().union(*(c for c, _ in each if c)), any(e for _, e in each)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        chars, empty = _first(value[2])
        return chars, empty or value[0] == 0
    return None, False


def _class(items: Any) -> frozenset[str] | None:
    chars: set[str] = set()
    for code, value in items:
        if code is op.LITERAL:
            chars.add(chr(value))
        elif code is op.RANGE and value[1] - value[0] < 128:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        elif code is op.CATEGORY and value is op.CATEGORY_DIGIT:
            chars |= _DIGITS
        else:
            return None
    return frozenset(chars)


def must_contain(pattern: str) -> tuple[frozenset[str], ...]:
    """Sets of characters; a text that lacks all of any one set cannot match."""
    return tuple(sorted(set(_needs(_parser.parse(pattern))), key=lambda s: (len(s), sorted(s))))


def _needs(nodes: Any) -> list[frozenset[str]]:
    out: list[frozenset[str]] = []
    for code, value in nodes:
        if code is op.LITERAL:
            out.append(frozenset(chr(value)))
        elif code is op.IN:
            chars = _class(value)
            if chars is not None and len(chars) < 16 and value[0][0] is not op.NEGATE:
                out.append(chars)
        elif code is op.SUBPATTERN:
            out.extend(_needs(value[-1]))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
            out.extend(_needs(value[2]))
        elif code is op.BRANCH:
            each = [_needs(branch) for branch in value[1]]
            if all(each):
                out.append(frozenset().union(*(min(n, key=len) for n in each)))
    return out


def branches(pattern: str) -> list[str]:
    """The alternatives of a pattern's outermost level: a|b(c|d) -> a, b(c|d)."""
    out, depth, start, at = [], 0, 0, 0
    in_class = False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            out.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*out, pattern[start:]]


def compiled(pattern: str) -> re.Pattern[str]:
    """re.compile with the pattern named in the error."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"lexicon pattern {pattern!r}: {error}") from error


def headed(pattern: str) -> re.Pattern[str]:
    """The same matches, found faster: a place whose character none of them begins with is passed over
    before the alternatives are tried one by one."""
    heads = first_chars(pattern)
    if not heads:
        return compiled(pattern)
    chars = "".join(re.escape(char) for char in sorted(heads))
    return compiled(f"(?=[{chars}])(?:{pattern})")
