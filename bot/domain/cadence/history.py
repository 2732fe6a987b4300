"""What was already planned for a case, read from its last touches."""

from __future__ import annotations

from datetime import date

from bot.domain.cadence.hours import plus
from bot.domain.facts import CaseFacts, LastTouch


def planned_on(touch: LastTouch) -> date:
    """The day a touch was planned for; its pattern day where the store does not say."""
    return touch.planned_on or plus(touch.anchor, touch.day)


def latest_day(facts: CaseFacts) -> date:
    """The latest day any touch was planned for; `date.min` when there was none."""
    latest = date.min
    for touch in facts.last_touches:
        latest = max(latest, touch.planned_on or planned_on(touch))
    return latest


def used(facts: CaseFacts, rule: str, anchor: date, day: int) -> bool:
    """Whether `rule` already produced a touch for this or a newer pattern day of `anchor`."""
    for touch in facts.last_touches:
        if touch.rule == rule and touch.anchor == anchor and touch.day >= day:
            return True
    return False
