"""Everything one judgement looks at, gathered once so that each rule only reads fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.gate.routes import Route
from bot.domain.gate.zones import zone
from bot.domain.proposal import Content, Proposal
from bot.domain.vocabulary import Purpose, SenderKind

#: Purposes that answer a message of the debtor's own.
RESPONSES = frozenset({Purpose.ANSWER, Purpose.OPT_OUT_CONFIRMATION})

#: Stands in for a zone that does not exist; the gate refuses such a case before it counts days.
_NOWHERE = ZoneInfo("UTC")


class Sight:
    """A proposal, the case and the instant it is judged for.

    `at` (UTC) moves while the gate looks for the next opening; nothing else changes. `point` is
    the strictest union of the proposal's contact point and the case's current record of it, None
    when the number is not one of the debtor's. `route` is None when no row covers the destination.
    """

    __slots__ = (
        "at",
        "content",
        "day_zone",
        "facts",
        "livemode",
        "packs",
        "point",
        "proposal",
        "route",
        "sender_kind",
        "zones",
        "zones_known",
    )

    at: datetime
    route: Route | None
    livemode: bool
    packs: frozenset[str]
    sender_kind: SenderKind

    def __init__(self, proposal: Proposal, facts: CaseFacts, content: Content) -> None:
        self.proposal = proposal
        self.facts = facts
        self.content = content
        self.point = _current(proposal.contact_point, facts.debtor.contact_points)
        names = (self.point or proposal.contact_point).zones
        zones = tuple(map(zone, names))
        self.zones = tuple(each for each in zones if each is not None)
        self.zones_known = bool(zones) and len(self.zones) == len(zones)
        self.day_zone = self.zones[0] if len(zones) == 1 == len(self.zones) else self._desk_zone()

    def _desk_zone(self) -> ZoneInfo:
        """Days are the debtor's; the portfolio's when the number may lie in several zones."""
        desk = zone(self.facts.portfolio.zone)
        self.zones_known = self.zones_known and desk is not None
        return desk or _NOWHERE

    def responds_within(self, minutes: int) -> bool:
        """The touch answers a message the debtor sent at most `minutes` ago."""
        said = self.facts.last_reply_at
        if said is None or self.proposal.purpose not in RESPONSES:
            return False
        return abs(self.at - said) <= timedelta(minutes=minutes)


def _current(
    wanted: ContactPointFacts, known: tuple[ContactPointFacts, ...]
) -> ContactPointFacts | None:
    for point in known:
        if point.contact_point_id == wanted.contact_point_id:
            same = point is wanted or point == wanted
            return point if same else _strictest(point, wanted)
    return None


def _strictest(point: ContactPointFacts, wanted: ContactPointFacts) -> ContactPointFacts:
    """A proposal may be older or newer than the record: whatever forbids, in either, counts."""
    return replace(
        point,
        disabled=point.disabled or wanted.disabled,
        suppressed=point.suppressed | wanted.suppressed,
        zones=tuple(dict.fromkeys(point.zones + wanted.zones)),
        consent_voice=point.consent_voice and wanted.consent_voice,
    )
