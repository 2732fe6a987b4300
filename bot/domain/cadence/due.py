"""The touches of a tier that are due today, at most as many as the file allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.cadence.definition import Shift, Touch
from bot.domain.cadence.history import used
from bot.domain.cadence.hours import instants
from bot.domain.cadence.reach import Reached, reach
from bot.domain.cadence.slots import Question, Slot, upcoming
from bot.domain.proposal import Proposal

_DAY = timedelta(days=1)


class Due(NamedTuple):
    """What a tier wants today and the next date that could bring more (`date.max`: none)."""

    wanted: list[tuple[Touch, Slot]]
    next_on: date


def due_touches(asked: Question, served_on: date) -> Due:
    """The tier's touches whose newest pattern day counts today, newest day first.

    `served_on` is the latest day anything was planned for: a pattern day up to it is served,
    whichever rule served it, so that days missed or shared never add up.
    """
    offered = asked.facts.portfolio.offered
    wanted: list[tuple[Touch, Slot]] = []
    next_on = date.max
    for touch in asked.standing.tier.touches:
        if offered.isdisjoint(touch.channels):
            continue
        slot, following = upcoming(touch, asked)
        if following is not None and following < next_on:
            next_on = following
        if slot is None or not _alive(touch, slot, asked, served_on):
            continue
        if touch.shift is Shift.NONE or asked.calendar.is_working(asked.today):
            wanted.append((touch, slot))
        else:
            next_on = asked.today + _DAY
    if len(wanted) > 1:
        wanted.sort(key=lambda each: each[1].on, reverse=True)
    return Due(wanted, next_on)


def _alive(touch: Touch, slot: Slot, asked: Question, served_on: date) -> bool:
    return served_on < slot.on <= asked.today <= slot.until and not used(
        asked.facts, touch.key, slot.anchor, slot.day
    )


def proposals(asked: Question, wanted: list[tuple[Touch, Slot]]) -> tuple[Proposal, ...]:
    """The wanted touches that reach somebody, within the file's limits per day."""
    cadence = asked.cadence
    chosen: list[Proposal] = []
    purposes: Counter[str] = Counter()
    for touch, slot, reached in _reached(asked, wanted):
        if len(chosen) >= cadence.per_day:
            break
        if purposes[touch.purpose] < cadence.per_day_per_purpose:
            purposes[touch.purpose] += 1
            chosen.append(_proposal(asked, touch, slot, reached))
    return tuple(chosen)


def _reached(
    asked: Question, wanted: list[tuple[Touch, Slot]]
) -> Iterator[tuple[Touch, Slot, Reached]]:
    for touch, slot in wanted:
        reached = reach(asked.facts, touch.channels, guarantor=touch.guarantor)
        if reached is not None:
            yield touch, slot, reached


def _proposal(asked: Question, touch: Touch, slot: Slot, reached: Reached) -> Proposal:
    channel, point = reached
    facts = asked.facts
    window = touch.windows[slot.nth % len(touch.windows)]
    earliest, latest = instants(asked.today, window, point.zones, facts.portfolio.zone)
    return Proposal(
        key=f"{facts.case_id}:{touch.key}:{slot.anchor}:{slot.day}",
        purpose=touch.purpose,
        channel=channel,
        script=touch.script,
        contact_point=point,
        earliest=earliest,
        latest=latest,
        tier=asked.standing.tier.key,
        rule=touch.key,
        anchor=slot.anchor,
        day=slot.day,
    )
