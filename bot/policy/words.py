"""A rule's condition in a few words, for tables."""

from __future__ import annotations

from bot.domain.gate.rules import (
    Cap,
    Count,
    EnforcedBy,
    ForbidWhen,
    Hours,
    InconvenientHours,
    Kind,
    RequireContent,
    Rule,
    Window,
    WindowKind,
)


def condition_words(rule: Rule) -> str:
    """What the rule demands; `-` when the gate does not enforce it."""
    match rule.condition:
        case Hours() as hours:
            return _hours(hours)
        case InconvenientHours():
            return "outside the debtor's inconvenient hours"
        case Cap() as cap:
            return _cap(cap)
        case ForbidWhen() as when:
            return f"never when {_fact(when)}"
        case RequireContent() as required:
            asked = " and ".join(required.qualities)
            return f"text must have {asked}" + (
                " when it holds a link" if required.when_link else ""
            )
        case None:
            return "-"


def window_words(window: Window) -> str:
    """`1 calendar day`, `7 days`, `24 hours`, `1 minute`."""
    if window.kind is WindowKind.CALENDAR:
        return _counted(window.span, "calendar day")
    for unit, seconds in (("day", 86400), ("hour", 3600)):
        if window.span % seconds == 0 and window.span > seconds:
            return _counted(window.span // seconds, unit)
    return _counted(window.span // 60, "minute")


def known_words(rule: Rule) -> str:
    """How well the rule's text is known; our own choices have no text to know."""
    return "own choice" if rule.kind == (Kind.PRODUCT_CHOICE,) else str(rule.confidence)


def enforced_words(rule: Rule) -> str:
    """Which parts enforce the rule; a rule that nothing enforces says so loudly."""
    return ", ".join(
        "NOT ENFORCED" if each is EnforcedBy.NOT_ENFORCED else each for each in rule.enforced_by
    )


def _cap(cap: Cap) -> str:
    span = window_words(cap.window)
    if cap.limit == 1 and cap.count is Count.CONNECTED:
        either = " either side began" if cap.inbound else ""
        return f"none for {span} after a conversation{either}, per {cap.scope}"
    return f"≤ {cap.limit} {cap.count} in {span} per {cap.scope}"


def _hours(hours: Hours) -> str:
    text = f"{_clock(hours.opens)}–{_clock(hours.closes)} local"
    if hours.agreed_widens:
        text += ", or as agreed"
    return text + (
        f"; answers within {hours.answer_minutes} min any time" * bool(hours.answer_minutes)
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == 1 else "s")


def _fact(when: ForbidWhen) -> str:
    text = when.fact.replace("_", " ")
    if when.states:
        text += " is " + " or ".join(sorted(when.states))
    if when.minutes:
        text += f" ({when.minutes} min)"
    return text + (f" ({when.days} days)" if when.days else "")
