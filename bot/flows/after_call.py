"""What follows a call nobody answered: another try at another time of day, then a text that offers
a time; and what is remembered of one that was answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.cadence import tier_of
from bot.domain.cadence.calling import another_time
from bot.domain.cadence.definition import Tier
from bot.domain.cadence.reach import reach, usable
from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, Channel, TouchState
from bot.flows.considering import consider
from bot.flows.playbook import Playbook, today_of, zone_of
from bot.flows.ports.calls import CalledTouch, CallRow, CallStore
from bot.flows.ports.planning import NewTouch

#: A text that offers a time is of use for so long.
_OFFER_WITHIN = timedelta(hours=24)

_OPEN = frozenset({CaseState.ACTIVE, CaseState.PROMISED})

#: Which of a touch's tries a call was; kept in its parameters.
TRY = "try"


def remember(store: CallStore, call: CallRow, facts: CaseFacts) -> None:
    """The local hour at which the debtor picked up."""
    if call.answered_at is None or call.debtor_id is None:
        return
    zones = next(
        (
            p.zones
            for p in facts.debtor.contact_points
            if p.contact_point_id == call.contact_point_id
        ),
        (),
    )
    zone = zones[0] if len(zones) == 1 else facts.portfolio.zone
    store.remember_hour(call.debtor_id, call.answered_at.astimezone(zone_of(zone)).hour)


@dataclass(frozen=True)
class Following:
    """One unanswered call's follow-up, in the transaction that records its end."""

    store: CallStore
    playbook: Playbook
    now: datetime
    behind: datetime  #: the real instant `now` stands for

    def follow(self, call: CallRow, touch: CalledTouch, facts: CaseFacts) -> None:
        """Plan the next try, or the text; nothing when the case wants none."""
        cadence = self.playbook.cadence_of(facts)
        tier = tier_of(facts, cadence, today_of(facts, self.now))
        if facts.state not in _OPEN or tier is None or tier.hand_off.human is not None:
            return
        again = self._again(call, touch, facts, tier)
        if again is not None:
            self._write(again)
            if again.state is TouchState.PLANNED:
                return
        offer = self._offer(touch, facts, tier)
        if offer is not None:
            self._write(offer)

    def _again(
        self, call: CallRow, touch: CalledTouch, facts: CaseFacts, tier: Tier
    ) -> NewTouch | None:
        tries = int(touch.params.get(TRY, 1))
        point = _point(facts, call.contact_point_id)
        if tries >= tier.calls.tries or point is None or not usable(point, Channel.VOICE):
            return None
        windows = self.playbook.cadence_of(facts).windows
        slot = another_time(call.placed_at, windows, point.zones, facts.portfolio.zone, tier.calls)
        if slot is None:
            return None
        proposal = self._proposal(touch, point, Channel.VOICE, "", f"try{tries + 1}")
        proposal = replace(proposal, earliest=slot.earliest, latest=slot.latest)
        params = {**touch.params, TRY: tries + 1}
        return consider(facts, proposal, self.playbook, self.now, params=params)

    def _offer(self, touch: CalledTouch, facts: CaseFacts, tier: Tier) -> NewTouch | None:
        reached = reach(facts, (Channel.SMS,), guarantor=False)
        if tier.calls.then is None or reached is None:
            return None
        script = self.playbook.script(tier.calls.then, facts)
        proposal = self._proposal(touch, reached[1], Channel.SMS, script.id, "then")
        proposal = replace(proposal, purpose=script.purpose)
        return consider(facts, proposal, self.playbook, self.now)

    def _proposal(
        self,
        touch: CalledTouch,
        point: ContactPointFacts,
        channel: Channel,
        script: str,
        suffix: str,
    ) -> Proposal:
        return Proposal(
            key=f"{touch.key.partition(':try')[0]}:{suffix}",
            purpose=touch.purpose,
            channel=channel,
            script=script,
            contact_point=point,
            earliest=self.now,
            latest=self.now + _OFFER_WITHIN,
            tier=touch.tier,
            rule=touch.rule,
            anchor=touch.anchor,
            day=touch.day,
        )

    def _write(self, touch: NewTouch) -> None:
        self.store.add_touches([touch], stage="plan", at=self.now, behind=self.behind)


def _point(facts: CaseFacts, contact_point_id: int | None) -> ContactPointFacts | None:
    points = facts.debtor.contact_points
    return next((p for p in points if p.contact_point_id == contact_point_id), None)
