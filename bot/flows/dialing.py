"""A collector calls the debtor from the case page: a touch like any other, through the same gate. It
goes out now or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cadence.reach import reach
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import Channel, TouchState
from bot.flows.case_work import CaseWork, Hand
from bot.flows.considering import consider
from bot.flows.desk import DeskError
from bot.flows.desk_calls import proposal_to
from bot.flows.trades import CALLER

#: The collector waits at the telephone; what could not begin by then is given up.
WITHIN = timedelta(minutes=2)

#: What a collector says came of their call, and whether the debtor was spoken to in person.
RESULTS = {"reached": True, "other": False, "no_talk": False}


@dataclass(frozen=True)
class Dialing:
    """Both raise DeskError (`CaseWork.hand`)."""

    work: CaseWork

    def call(self, case_id: int, who: int, seen: str, key: str) -> Verdict | None:
        """Ring the collector, then the debtor; `key` makes the form count once.

        What the gate refuses is kept with its verdict and goes nowhere; it is returned, else None.
        Codes: no_call_number, no_own_phone, you_talk, on_the_line.
        """
        with self.work.hand(case_id, who, seen) as hand:
            store, now = hand.store, hand.now
            proposal = _proposal(hand.facts, f"{case_id}:call:{who}:{key}", now)
            if proposal is None:
                raise DeskError("no_call_number")
            if store.touch_known(proposal.key):
                return None
            self._lines_free(hand)
            touch = consider(hand.facts, proposal, self.work.playbook, now, params={CALLER: who})
            assert touch is not None  # its window has only begun
            store.add_touches([touch], stage="plan", at=now, behind=self.work.clock.real())
            goes = touch.state is TouchState.PLANNED
            data = {"rule": touch.verdict.rule, "goes": goes}
            store.audit(who, "call", case_id, data, at=now)
            return None if goes else touch.verdict

    def _lines_free(self, hand: Hand) -> None:
        store, person = hand.store, hand.store.person(hand.who)
        if person is None or not person.reachable:
            raise DeskError("no_own_phone")
        if store.talking(hand.who, at=hand.now):
            raise DeskError("you_talk")
        if store.on_the_line(hand.facts.debtor.debtor_id, but=None, at=hand.now):
            raise DeskError("on_the_line")

    def outlook(self, facts: CaseFacts, now: datetime) -> Verdict | None:
        """What the gate would say now, nothing written; None when there is no number to call."""
        proposal = _proposal(facts, "outlook", now)
        if proposal is None:
            return None
        touch = consider(facts, proposal, self.work.playbook, now)
        assert touch is not None  # its window has only begun
        return touch.verdict

    def result(self, case_id: int, who: int, seen: str, call_id: int, result: str) -> None:
        """What came of one's own call. Codes: bad_result, not_your_call."""
        if result not in RESULTS:
            raise DeskError("bad_result")
        with self.work.hand(case_id, who, seen) as hand:
            if not hand.store.keep_result(call_id, case_id, who, result, known=RESULTS[result]):
                raise DeskError("not_your_call")
            data = {"call": call_id, "result": result}
            hand.store.audit(who, "call_result", case_id, data, at=hand.now)


def _proposal(facts: CaseFacts, key: str, now: datetime) -> Proposal | None:
    """To the debtor's own first number that can be called; None when there is none."""
    reached = reach(facts, (Channel.VOICE,), guarantor=False)
    return None if reached is None else proposal_to(reached[1], key, now, now + WITHIN)
