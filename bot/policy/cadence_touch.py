"""One touch of a cadence file: day pattern, hours, channels, conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from bot.domain.cadence.definition import (
    AfterEntry,
    Behaviour,
    Conditions,
    DueDays,
    Pattern,
    Shift,
    Touch,
    Window,
    WorkingDaysBefore,
)
from bot.domain.vocabulary import Channel, Purpose
from bot.policy.marked import Marked

Span = tuple[int | None, int | None]

_TOUCH_KEYS = ("touch", "purpose", "script", "windows", "channels", "source")
_PATTERNS = ("days", "every", "working_days_before", "after_entry")
_TOUCH_MORE = (*_PATTERNS, "at_most", "when", "working_days", "catch_up_days", "guarantor")
_WINDOW = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")

#: No DPD a file names lies before this.
_FAR = -366

#: No contact rule of any jurisdiction we hold allows more than these hours (Taiwan's 07–22 is the
#: widest); a window beyond them is a slip of the pen. They also keep clear of clock changes.
EARLIEST, LATEST = time(7), time(22)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file says once for all its touches."""

    windows: Mapping[str, Window]
    shift: Shift
    catch_up_days: int


def read_windows(node: Marked) -> Mapping[str, Window]:
    """Named windows, `morning: 10:00-11:30`."""
    return {name: _window(value) for name, value in node.entries().items()}


def _window(node: Marked) -> Window:
    match = _WINDOW.fullmatch(node.text())
    if match is None:
        node.fail(f"expected hours like 10:00-11:30, found {node.text()!r}")
    hours = [int(part) for part in match.groups()]
    try:
        window = Window(time(hours[0], hours[1]), time(hours[2], hours[3]))
    except ValueError:
        node.fail(f"{node.text()!r} holds no time of day")
    if window.opens >= window.closes:
        node.fail(f"the window {node.text()} closes before it opens")
    if window.opens < EARLIEST or window.closes > LATEST:
        node.fail(f"the window {node.text()} leaves 07:00-22:00; nobody may be contacted then")
    return window


def read_channels(node: Marked) -> tuple[Channel, ...]:
    """Channels in the order they are tried."""
    channels = tuple(each.choice(Channel) for each in node.items())
    if not channels or len(set(channels)) != len(channels):
        node.fail("name each channel once, the first choice first")
    return channels


def read_touch(node: Marked, defaults: Defaults, span: Span) -> Touch:
    """One touch rule of the tier that spans `span` (DPD, both ends included)."""
    entries = node.fields(_TOUCH_KEYS, _TOUCH_MORE)
    key = entries["touch"].text()
    if ":" in key or key.startswith("promise."):
        entries["touch"].fail("a touch's key may hold no colon and not begin with `promise.`")
    catch_up, guarantor = entries.get("catch_up_days"), entries.get("guarantor")
    return Touch(
        key=key,
        purpose=entries["purpose"].choice(Purpose),
        script=entries["script"].text(),
        pattern=_pattern(node, entries, span),
        windows=_windows(entries["windows"], defaults.windows),
        channels=read_channels(entries["channels"]),
        when=_conditions(entries["when"]) if "when" in entries else Conditions(),
        shift=_shift(entries, defaults),
        catch_up_days=defaults.catch_up_days if catch_up is None else catch_up.integer(0),
        guarantor=guarantor is not None and guarantor.flag(),
        source=entries["source"].text(),
    )


def _shift(entries: Mapping[str, Marked], defaults: Defaults) -> Shift:
    named = entries.get("working_days")
    return defaults.shift if named is None else named.choice(Shift)


def _windows(node: Marked, windows: Mapping[str, Window]) -> tuple[Window, ...]:
    names = node.items()
    for name in names:
        if name.text() not in windows:
            name.fail(f"unknown window {name.text()!r}; known: {', '.join(sorted(windows))}")
    if not names:
        node.fail("name at least one window")
    return tuple(windows[name.text()] for name in names)


def _pattern(node: Marked, entries: Mapping[str, Marked], span: Span) -> Pattern:
    named = [name for name in _PATTERNS if name in entries]
    if len(named) != 1:
        node.fail(f"a touch has exactly one day pattern: {', '.join(_PATTERNS)}")
    given = entries[named[0]]
    if named[0] in ("days", "every"):
        days = _days(given) if named[0] == "days" else _every(given, span)
        return DueDays(_limited(days, entries.get("at_most"), given, span))
    if "at_most" in entries:
        entries["at_most"].fail(f"`{named[0]}` happens once; `at_most` has no meaning here")
    if named[0] == "after_entry":
        return AfterEntry(given.integer(0))
    if span[0] is not None and span[0] >= 0:
        given.fail("working days before the due date lie outside this tier")
    return _working_days_before(given)


def _limited(
    days: tuple[int, ...], at_most: Marked | None, node: Marked, span: Span
) -> tuple[int, ...]:
    kept = days if at_most is None else days[: at_most.integer(1)]
    first, last = span
    for day in kept:
        if (first is not None and day < first) or (last is not None and day > last):
            node.fail(f"D{day} lies outside its tier")
    return kept


def _days(node: Marked) -> tuple[int, ...]:
    days = tuple(each.integer(_FAR) for each in node.items())
    if not days or list(days) != sorted(set(days)):
        node.fail("list days past due once each, in ascending order")
    return days


def _every(node: Marked, span: Span) -> tuple[int, ...]:
    entries = node.fields(("days",), ("from", "to"))
    first = entries["from"].integer(_FAR) if "from" in entries else span[0]
    last = entries["to"].integer(_FAR) if "to" in entries else span[1]
    if first is None or last is None:
        node.fail("`every` in an open tier needs both `from` and `to`")
    if first > last:
        node.fail(f"`every` ends (D{last}) before it begins (D{first})")
    return tuple(range(first, last + 1, entries["days"].integer(1)))


def _working_days_before(node: Marked) -> Pattern:
    entries = node.fields(("first", "last"))
    first, last = entries["first"].integer(1), entries["last"].integer(1)
    if first < last:
        node.fail("`first` is the earlier day, so the larger number of working days before")
    return WorkingDaysBefore(first, last)


def _conditions(node: Marked) -> Conditions:
    entries = node.fields((), ("behaviour", "first_instalment", "days_since_entry"))
    behaviour, first = entries.get("behaviour"), entries.get("first_instalment")
    entered_from, entered_to = _since_entry(entries.get("days_since_entry"))
    return Conditions(
        behaviour=frozenset(each.choice(Behaviour) for each in behaviour.items())
        if behaviour
        else frozenset(),
        first_instalment=None if first is None else first.flag(),
        entered_from=entered_from,
        entered_to=entered_to,
    )


def _since_entry(node: Marked | None) -> tuple[int | None, int | None]:
    if node is None:
        return None, None
    entries = node.fields((), ("from", "to"))
    first, last = (entries[name].integer(0) if name in entries else None for name in ("from", "to"))
    if first is not None and last is not None and first > last:
        node.fail("`days_since_entry` ends before it begins")
    return first, last
