"""Which channel and which contact point a touch takes."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.vocabulary import Channel, Owner

Reached = tuple[Channel, ContactPointFacts]

_DEBTOR, _GUARANTOR = Owner.DEBTOR, Owner.GUARANTOR


def usable(point: ContactPointFacts, channel: Channel) -> bool:
    """Not given up, not opted out of `channel`, and able to carry it."""
    return point.disabled is None and channel not in point.suppressed and point.can_carry(channel)


def reach(facts: CaseFacts, channels: Collection[Channel], *, guarantor: bool) -> Reached | None:
    """The first channel in the file's order that is offered and has a usable contact point.

    The debtor's own points come before a guarantor's on any channel.
    """
    own = _reach(facts, channels, _DEBTOR)
    return _reach(facts, channels, _GUARANTOR) if own is None and guarantor else own


def _reach(facts: CaseFacts, channels: Collection[Channel], owner: Owner) -> Reached | None:
    offered = facts.portfolio.offered
    for channel in channels:
        if channel not in offered:
            continue
        for point in facts.debtor.contact_points:
            if point.owner is owner and usable(point, channel):
                return channel, point
    return None


def reachable(facts: CaseFacts) -> bool:
    """Whether the debtor has any contact point that an offered channel can use."""
    return _reach(facts, facts.portfolio.offered, _DEBTOR) is not None


def all_given_up(facts: CaseFacts) -> bool:
    """Whether every number of the debtor is disabled, or there is none."""
    points = facts.debtor.contact_points
    return all(point.disabled is not None for point in points if point.owner is _DEBTOR)
