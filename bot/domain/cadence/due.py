"""The touches of a tier that are due today, at most as many as the file allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.domain.cadence.calling import window_for
from bot.domain.cadence.definition import Behaviour, Tier, Touch
from bot.domain.cadence.hours import instants
from bot.domain.cadence.reach import Reached, reach
from bot.domain.cadence.slots import NEVER, Question, Slot, upcoming
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import Channel, Purpose


class Due(NamedTuple):
    """What a tier wants today, newest pattern day first, and the days until it can want more."""

    slots: list[Slot]
    ahead: int


@lru_cache(maxsize=1024)
def _concerning(tier: Tier, behaviour: Behaviour, offered: frozenset[Channel]) -> tuple[Touch, ...]:
    """The tier's touches for this behaviour that some offered channel can carry."""
    return tuple(
        touch
        for touch in tier.touches
        if not offered.isdisjoint(touch.channels)
        and (not touch.when.behaviour or behaviour in touch.when.behaviour)
    )


def due_touches(asked: Question) -> Due:
    """The pattern days of the tier's touches that count today."""
    facts = asked.facts
    behaviour = asked.cadence.behaviour(facts.late_count)
    slots: list[Slot] = []
    nearest = NEVER
    for touch in _concerning(asked.standing.tier, behaviour, facts.portfolio.offered):
        slot, ahead = upcoming(touch, asked)
        if slot is not None:
            slots.append(slot)
        nearest = min(nearest, ahead)
    if len(slots) > 1:
        slots.sort(key=lambda slot: slot.on, reverse=True)
    return Due(slots, nearest)


def proposals(asked: Question, slots: Iterable[Slot]) -> tuple[Proposal, ...]:
    """Proposals for the slots that reach somebody, within the file's limits per day."""
    cadence = asked.cadence
    chosen: list[Proposal] = []
    purposes: list[Purpose] = []
    for slot, reached in _reached(asked, slots):
        if purposes.count(slot.touch.purpose) < cadence.per_day_per_purpose:
            purposes.append(slot.touch.purpose)
            chosen.append(_proposal(asked, slot, reached))
        if len(chosen) >= cadence.per_day:
            break
    return tuple(chosen)


def _reached(asked: Question, slots: Iterable[Slot]) -> Iterator[tuple[Slot, Reached]]:
    for slot in slots:
        reached = reach(asked.facts, slot.touch.channels, guarantor=slot.touch.guarantor)
        if reached is not None:
            yield slot, reached


def _proposal(asked: Question, slot: Slot, reached: Reached) -> Proposal:
    channel, point = reached
    facts, touch = asked.facts, slot.touch
    hours, windows = facts.debtor.answered_hours, asked.cadence.windows
    window = window_for(channel, hours, windows, touch.windows[slot.nth % len(touch.windows)])
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
