"""A collector writes to the debtor: their own words or the payment link, as a touch like any other,
through the same gate, with a purpose of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cadence.reach import reach
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import Channel, Purpose, TouchState
from bot.flows.case_work import CaseWork, Hand
from bot.flows.considering import compose, consider
from bot.flows.desk import DeskError
from bot.flows.ports.planning import NewTouch, Param
from bot.scripts.message import SCRIPT, MessageCheck, Objection, digits

LINK_SCRIPT = "desk.link"

#: Words that could not go out by then have been overtaken.
WITHIN = timedelta(hours=24)


class ObjectionsError(ValueError):
    """The words cannot be sent as they are."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(", ".join(each.code for each in objections))
        self.objections = tuple(objections)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of a message now."""

    verdict: Verdict | None  #: None: there is no number to write to
    goes: bool  #: it would go out, at `at`
    at: datetime | None = None
    text: str = ""
    segments: int = 0


@dataclass(frozen=True)
class Writing:
    """One method per button. All raise DeskError (`CaseWork.hand`, and no_number)."""

    work: CaseWork
    check: MessageCheck

    def message(self, case_id: int, who: int, seen: str, text: str, key: str) -> Outlook:
        """Their own words; `key` makes the form count once. Raises ObjectionsError too.

        What the gate refuses is kept with its verdict and goes nowhere (`goes` is False).
        """
        with self.work.hand(case_id, who, seen) as hand:
            objections = self.objections(hand.facts, text)
            if objections:
                raise ObjectionsError(objections)
            return self._touch(hand, SCRIPT, {"message": text.strip()}, key, "write")

    def link(self, case_id: int, who: int, seen: str, key: str) -> Outlook:
        """The payment link. Codes: nothing_owed."""
        with self.work.hand(case_id, who, seen) as hand:
            if not hand.facts.outstanding_minor:
                raise DeskError("nothing_owed")
            return self._touch(hand, LINK_SCRIPT, {}, key, "send_link")

    def objections(self, facts: CaseFacts, text: str) -> list[Objection]:
        """What stands against the words; numbers that are the desk's or the case's may be told."""
        portfolio = facts.portfolio
        own = {
            digits(number)
            for number in (portfolio.phone, portfolio.complaint_phone, portfolio.payee_account)
        }
        own |= {digits(debt.ref) for debt in facts.debts}
        return self.check.objections(text, own)

    def outlook(self, facts: CaseFacts, now: datetime, text: str | None = None) -> Outlook:
        """What would become of a message now, nothing written. None stands for any words."""
        params: dict[str, Param] = {"message": text or "……"}
        proposal = _proposal(facts, SCRIPT, "outlook", now)
        if proposal is None:
            return Outlook(None, goes=False)
        touch = consider(facts, proposal, self.work.playbook, now, params=params)
        assert touch is not None  # its window has only begun
        return self._told(touch, params, now)

    def _touch(
        self, hand: Hand, script: str, params: Mapping[str, Param], key: str, what: str
    ) -> Outlook:
        proposal = _proposal(hand.facts, script, f"{hand.case_id}:desk:{hand.who}:{key}", hand.now)
        if proposal is None:
            raise DeskError("no_number")
        playbook, store = self.work.playbook, hand.store
        touch = consider(hand.facts, proposal, playbook, hand.now, params=params)
        assert touch is not None  # its window has only begun
        store.add_touches([touch], stage="plan", at=hand.now, behind=self.work.clock.real())
        goes = touch.state is TouchState.PLANNED
        data = {"script": script, "rule": touch.verdict.rule, "goes": goes}
        store.audit(hand.who, what, hand.case_id, data, at=hand.now)
        return self._told(touch, params, hand.now)

    def _told(self, touch: NewTouch, params: Mapping[str, Param], now: datetime) -> Outlook:
        goes = touch.state is TouchState.PLANNED
        script, playbook = touch.proposal.script, self.work.playbook
        rendered, _ = compose(touch.facts, script, params, playbook, now)
        at = touch.due_at if goes else None
        return Outlook(touch.verdict, goes, at, rendered.text, rendered.segments)


def _proposal(facts: CaseFacts, script: str, key: str, now: datetime) -> Proposal | None:
    """To the debtor's own first number that takes texts; None when there is none."""
    reached = reach(facts, (Channel.SMS,), guarantor=False)
    if reached is None:
        return None
    return Proposal(
        key=key,
        purpose=Purpose.COLLECTOR,
        channel=Channel.SMS,
        script=script,
        contact_point=reached[1],
        earliest=now,
        latest=now + WITHIN,
    )
