"""Reads the typed conditions and scopes of a pack's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as fields_of
from typing import Any

from bot.domain.gate.refusals import FACTS
from bot.domain.gate.rules import (
    COLLECTOR_KINDS,
    Cap,
    CapScope,
    Condition,
    Count,
    ForbidWhen,
    Hours,
    InconvenientHours,
    RequireContent,
    Scope,
    Window,
    WindowKind,
)
from bot.domain.proposal import Content
from bot.domain.vocabulary import INITIATED, CaseState, Channel, Purpose
from bot.policy.marked import DataError, Marked

#: Contacts are known for eight days, so no window may look further back than seven.
LONGEST_DAYS = 7

_UNITS = {"minutes": 60, "hours": 3600, "days": 86400}

#: Words that stand for several purposes.
_GROUPS: dict[str, frozenset[Purpose]] = {
    "initiated": INITIATED,
    "automated": INITIATED - {Purpose.COLLECTOR},
    "all": frozenset(Purpose),
}


def read_condition(marked: Marked) -> Condition:
    """One condition, `{kind: {…}}`. Raises DataError."""
    kind, body = marked.only(_READERS)
    return _READERS[kind](body)


def read_scope(marked: Marked | None, condition: Condition | None) -> Scope:
    """Whom a rule binds; caps bind contacts the desk starts unless the scope says otherwise."""
    keys = ("channels", "purposes", "collector_kinds", "us_states")
    found = marked.fields((), keys) if marked else {}
    scope: dict[str, Any] = {}
    if "channels" in found:
        scope["channels"] = frozenset(each.choice(Channel) for each in found["channels"].items())
    if "purposes" in found:
        scope["purposes"] = _purposes(found["purposes"])
    elif isinstance(condition, Cap):
        scope["purposes"] = INITIATED
    if "collector_kinds" in found:
        scope["collector_kinds"] = collector_kinds(found["collector_kinds"])
    if "us_states" in found:
        scope["us_states"] = frozenset(each.text() for each in found["us_states"].items())
    return Scope(**scope)


def collector_kinds(marked: Marked) -> frozenset[str]:
    """A list of `first_party`, `third_party`."""
    kinds = frozenset(each.text() for each in marked.items())
    if not kinds <= COLLECTOR_KINDS:
        marked.fail(f"expected some of: {', '.join(sorted(COLLECTOR_KINDS))}")
    return kinds


def _purposes(marked: Marked) -> frozenset[Purpose]:
    """Purposes and group words; a leading minus takes one away again."""
    chosen: frozenset[Purpose] = frozenset()
    for each in marked.items():
        word = each.text()
        name = word.removeprefix("-")
        if name not in _GROUPS and name not in list(Purpose):
            each.fail(f"expected one of: {', '.join([*_GROUPS, *Purpose])}")
        group = _GROUPS.get(name) or frozenset({Purpose(name)})
        chosen = chosen - group if word.startswith("-") else chosen | group
    return chosen


def clock_minute(marked: Marked) -> int:
    """`"08:00"` as minutes after midnight."""
    hour, colon, minute = marked.text().partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(minute) < 60):
        marked.fail('expected a local time like "08:00"')
    return int(hour) * 60 + int(minute)


def _hours(marked: Marked) -> Hours:
    found = marked.fields(("from", "to"), ("inclusive", "agreed_widens", "answer_minutes"))
    opens, closes = clock_minute(found["from"]), clock_minute(found["to"])
    if not 0 <= opens < closes < 24 * 60:
        marked.fail("hours must open before they close, both on one day")
    return Hours(
        opens,
        closes,
        closes_inclusive="inclusive" in found and found["inclusive"].flag(),
        agreed_widens="agreed_widens" in found and found["agreed_widens"].flag(),
        answer_minutes=_number(found, "answer_minutes"),
    )


def _inconvenient(marked: Marked) -> InconvenientHours:
    return InconvenientHours(_number(marked.fields((), ("answer_minutes",)), "answer_minutes"))


def _cap(marked: Marked) -> Cap:
    found = marked.fields(("at_most", "count", "window", "scope"), ("inbound",))
    return Cap(
        limit=found["at_most"].integer(1),
        count=found["count"].choice(Count),
        window=_window(found["window"]),
        scope=found["scope"].choice(CapScope),
        inbound="inbound" in found and found["inbound"].flag(),
    )


def _cooldown(marked: Marked) -> Cap:
    """None at all after a counted contact: a cap of one, whose window the contact opens."""
    found = marked.fields(("after", "window", "scope"), ("inbound",))
    return Cap(
        limit=1,
        count=found["after"].choice(Count),
        window=_window(found["window"]),
        scope=found["scope"].choice(CapScope),
        inbound="inbound" in found and found["inbound"].flag(),
    )


def _window(marked: Marked) -> Window:
    """`{calendar_days: n}` counts local days; `{days|hours|minutes: n}` rolls."""
    unit, value = marked.only(["calendar_days", *_UNITS])
    if unit == "calendar_days":
        window, longest = Window(WindowKind.CALENDAR, value.integer(1)), LONGEST_DAYS
    else:
        span = value.integer(1) * _UNITS[unit]
        window, longest = Window(WindowKind.ROLLING, span), LONGEST_DAYS * 86400
    if window.span > longest:
        value.fail(f"contacts are known for {LONGEST_DAYS} days; use a window of at most that")
    return window


def _forbid_when(marked: Marked) -> ForbidWhen:
    found = marked.fields(("fact",), ("states", "minutes", "days"))
    fact = found["fact"].text()
    if fact not in FACTS:
        found["fact"].fail(f"unknown fact; known: {', '.join(FACTS)}")
    states = found["states"].items() if "states" in found else []
    if (fact == "case_state") != bool(states):
        marked.fail("the fact case_state, and only that, names its states")
    return ForbidWhen(
        fact,
        frozenset(each.choice(CaseState) for each in states),
        _number(found, "minutes"),
        _number(found, "days"),
    )


def _require_content(marked: Marked) -> RequireContent:
    found = marked.fields(("qualities",), ("when_link",))
    known = [each.name for each in fields_of(Content) if each.type == "bool"]
    qualities = tuple(each.text() for each in found["qualities"].items())
    if not qualities or not set(qualities) <= set(known):
        found["qualities"].fail(f"expected some of: {', '.join(known)}")
    return RequireContent(qualities, "when_link" in found and found["when_link"].flag())


def _number(found: dict[str, Marked], key: str) -> int:
    return found[key].integer() if key in found else 0


_READERS: dict[str, Callable[[Marked], Condition]] = {
    "hours": _hours,
    "inconvenient_hours": _inconvenient,
    "cap": _cap,
    "cooldown": _cooldown,
    "forbid_when": _forbid_when,
    "require_content": _require_content,
}

__all__ = ["DataError", "clock_minute", "collector_kinds", "read_condition", "read_scope"]
