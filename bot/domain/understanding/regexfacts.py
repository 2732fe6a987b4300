"""What can be known of a pattern before it is tried: how a match may begin, what it must contain.

A text of twenty characters is read against hundreds of patterns; these facts let nearly all of
them be passed over without a search. The walk uses the parse tree of the standard library's own
regular expressions; a node it does not know means "anything", which is slow but never wrong.
"""

from __future__ import annotations

import re
from operator import add
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_DIGITS = frozenset("0123456789")
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)
_PAIR = 0.05
"""How much rarer a pair of neighbours is than a character."""
_MOST_PAIRS, _MOST_CHARS = 200, 40
"""Larger sets tell too little."""
_ANYTHING = frozenset({""})


def first_chars(pattern: str) -> frozenset[str] | None:
    """The characters a match may begin with; None when it could be any (or the match empty)."""
    chars, empty = _edge(_parser.parse(pattern), -1)
    return None if empty or chars is None else chars


_Edge = tuple[frozenset[str] | None, bool]
"""The characters at one end of a match (None = any), and whether the match may be empty."""


def _edge(nodes: Any, side: int) -> _Edge:
    """side: -1 for how the nodes may begin, 1 for how they may end."""
    chars: frozenset[str] = frozenset()
    for node in nodes if side < 0 else reversed(list(nodes)):
        found, empty = _edge_of(node, side)
        if found is None:
            return None, False
        chars |= found
        if not empty:
            return chars, False
    return chars, True


def _edge_of(node: Any, side: int) -> _Edge:  # noqa: PLR0911  (one return per shape)
    code, value = node
    if code is op.LITERAL:
        return frozenset(chr(value)), False
    if code is op.IN:
        return _class(value), False
    if code in _ZERO_WIDTH:
        return frozenset(), True
    if code is op.SUBPATTERN:
        return _edge(value[-1], side)
    if code is op.BRANCH:
        each = [_edge(branch, side) for branch in value[1]]
        if any(chars is None for chars, _ in each):
            return None, False
        return frozenset().union(*(c for c, _ in each if c)), any(e for _, e in each)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        chars, empty = _edge(value[2], side)
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
    """Sets of marks: single characters, or pairs of neighbours; a text that lacks all of any one set
    cannot match."""
    needs = set(_needs(_parser.parse(pattern)))
    return tuple(sorted(needs, key=lambda marks: (len(marks), sorted(marks))))


def marks(text: str) -> set[str]:
    """The characters of a text and its pairs of neighbours; the empty mark stands in every text."""
    return {"", *text, *map(add, text, text[1:])}


def needed(*patterns: str) -> frozenset[str]:
    """Marks of which a text must hold one for any of the patterns to match; the empty mark for a pattern
    that may match anything."""
    found = (min(must_contain(each), key=_breadth, default=_ANYTHING) for each in patterns)
    return frozenset().union(*found)


def _needs(nodes: Any) -> list[frozenset[str]]:
    out = _pairs(nodes)
    for code, value in nodes:
        if code is op.LITERAL:
            out.append(frozenset(chr(value)))
        elif code is op.IN:
            chars = _class(value)
            if chars is not None and len(chars) <= _MOST_CHARS and value[0][0] is not op.NEGATE:
                out.append(chars)
        elif code is op.SUBPATTERN:
            out.extend(_needs(value[-1]))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
            out.extend(_needs(value[2]))
        elif code is op.BRANCH:
            out.extend(_of_every_branch([_needs(branch) for branch in value[1]]))
    return out


def _of_every_branch(each: list[list[frozenset[str]]]) -> list[frozenset[str]]:
    """What one alternative or another must contain: by characters, and by the rarer pairs."""
    if not all(each):
        return []
    out = [frozenset().union(*(min(needs, key=_breadth) for needs in each))]
    single = [[need for need in needs if len(min(need)) == 1] for needs in each]
    if all(single):
        out.append(frozenset().union(*(min(needs, key=len) for needs in single)))
    return out


def _breadth(need: frozenset[str]) -> float:
    """How often a text would hold one of these, roughly: a pair stands in far fewer than a character."""
    return sum(1 if len(mark) == 1 else _PAIR for mark in need)


def _pairs(nodes: Any) -> list[frozenset[str]]:
    """Where one node ends and what follows begins, both known: the neighbours that may stand there."""
    out, nodes = [], list(nodes)
    for at, node in enumerate(nodes[:-1]):
        ends, may_lack = _edge_of(node, 1)
        if not ends or may_lack:
            continue
        begins, none = _edge(nodes[at + 1 :], -1)
        if begins and not none and len(ends) * len(begins) <= _MOST_PAIRS:
            out.append(frozenset([one + other for one in ends for other in begins]))
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
