"""A collector's own call. The collector's telephone rings first and a key must be pressed, so that no
mailbox is ever connected; then the gate is asked once more, and the debtor's telephone rings.

`outcome` and `seconds` of such a call tell of the debtor's side. As long as that never rang, the
attempt counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.call.values import CallLanguage
from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.gate import judge
from bot.domain.proposal import Proposal
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import AttemptState, CallOutcome, Channel, Purpose
from bot.flows.after_call import remember
from bot.flows.calling import CALL_CONTENT, DESK_CALL
from bot.flows.playbook import Playbook
from bot.flows.ports.calls import CallReport, CallRow
from bot.flows.ports.delivering import DeliveryReport
from bot.flows.ports.desk_calls import DeskCallStore, DeskSpeaker, Dialable
from bot.flows.ports.transactions import Clock, Transactions
from bot.scripts.call_phrases import Phrases
from bot.scripts.calls.library import spoken_in_locale
from bot.scripts.calls.spoken import asked_for
from bot.scripts.names import clean

#: The key that says that somebody is there.
GO_ON = "1"

#: The gate is asked about this very moment, not about a later one.
_NOW = timedelta(seconds=30)

#: Phrases for how it went at the debtor's; nothing is said after a talk.
_TOLD = {
    CallOutcome.BUSY: "desk_busy",
    CallOutcome.NO_ANSWER: "desk_no_answer",
    CallOutcome.FAILED: "desk_failed",
}


@dataclass(frozen=True)
class DeskCalls:
    """The webhooks of collectors' calls; `token` names the attempt. Each returns a document."""

    transactions: Transactions[DeskCallStore]
    playbook: Playbook
    clock: Clock
    speaker: DeskSpeaker
    phrases: Phrases

    def answered(self, token: str, sid: str) -> str:
        """The collector picked up."""
        with self.transactions() as store:
            call = store.call_of(sid=None, token=token)
            if call is None or call.ended or call.dialed or call.case_id is None:
                return self.speaker.tell(None)
            store.name_call(call.call_id, sid)
            store.met(call.call_id, at=self.clock.real())
            return self._announce(store.facts([call.case_id], self._now(call))[0], token)

    def keyed(self, token: str, keys: str) -> str:
        """A key was pressed, or none."""
        with self.transactions() as store:
            debtor = store.peek_debtor(sid=None, token=token)
            store.lock_debtors([debtor] if debtor is not None else [])
            call = store.call_of(sid=None, token=token)
            if call is None or call.ended or call.case_id is None:
                return self.speaker.tell(None)
            facts = store.facts([call.case_id], self._now(call))[0]
            to = store.dialable(call.call_id)
            if not call.dialed:  # the same key once more gets the same document
                refused = self._refused(store, call, facts, to, keys)
                if refused is not None:
                    return self.speaker.tell(self.phrases.say(refused, _language(facts)))
                store.dialed(call.call_id, at=self._now(call))
            return self.speaker.dial(to.phone, call.our_number, token)

    def reported(self, report: CallReport) -> bool:
        """What the carrier tells of the debtor's side; True when it was news."""
        with self.transactions() as store:
            call = self._taken(store, report)
            return call is not None

    def ended(self, report: CallReport) -> str:
        """The debtor's side is over, the collector is still there."""
        with self.transactions() as store:
            self._taken(store, report)
            call = store.call_of(sid=None, token=report.token)
            phrase = _TOLD.get(report.outcome) if report.outcome else None
            if call is None or call.ended or call.case_id is None or phrase is None:
                return self.speaker.tell(None)
            facts = store.facts([call.case_id], self._now(call))[0]
            return self.speaker.tell(self.phrases.say(phrase, _language(facts)))

    def _announce(self, facts: CaseFacts, token: str) -> str:
        """Who is called, and for whom; nothing of a debt."""
        language = _language(facts)
        values = {
            "creditor": clean(facts.portfolio.creditor),
            "asked_for": asked_for(facts.debtor.name, self.playbook.calls.language(language)),
        }
        say = self.phrases.say("desk_connect", language, **values)
        return self.speaker.ask_key(say, self.phrases.say("desk_no_key", language), token)

    def _refused(
        self, store: DeskCallStore, call: CallRow, facts: CaseFacts, to: Dialable, keys: str
    ) -> str | None:
        """Which phrase says why it does not go on; None when it does."""
        if keys != GO_ON:
            return "desk_no_key"
        now = self._now(call)
        if store.on_the_line(facts.debtor.debtor_id, but=call.call_id, at=now):
            return "desk_on_the_line"
        if to.halted:
            return "desk_not_now"
        verdict = _verdict(facts, call, to.key, now, self.playbook)
        store.add_verdicts([(to.touch_id, facts.case_id, verdict)], stage="dial", at=now)
        return None if verdict.allowed else "desk_not_now"

    def _taken(self, store: DeskCallStore, report: CallReport) -> CallRow | None:
        """Record it; the call when it was news."""
        debtor = store.peek_debtor(sid=None, token=report.token) if report.token else None
        store.lock_debtors([debtor] if debtor is not None else [])
        call = store.call_of(sid=None, token=report.token)
        if call is None or not call.dialed:
            return None
        known = DeliveryReport(report.sid, report.status, report.state, report.token, report.code)
        if not store.report_attempt(known, real_now=self.clock.real()):
            return None
        now = self._now(call)
        if report.outcome is not None:
            self._done(store, call, report, report.outcome, now)
        elif report.status == "in-progress":
            store.debtor_answered(call.call_id, at=now)
        return call

    def _done(
        self,
        store: DeskCallStore,
        call: CallRow,
        report: CallReport,
        outcome: CallOutcome,
        now: datetime,
    ) -> None:
        store.debtor_done(call.call_id, outcome, seconds=report.seconds, at=now)
        if call.case_id is None:
            return
        if report.dead and call.contact_point_id is not None:
            store.disable_number(call.contact_point_id, reason="dead", at=now)
            store.check_at(call.case_id, now)
        if outcome is CallOutcome.ANSWERED:
            remember(store, call, store.facts([call.case_id], now)[0])

    def _now(self, call: CallRow) -> datetime:
        return self.clock.real() + call.shift


def collector_side(
    store: DeskCallStore, call: CallRow, report: CallReport, *, at: datetime, real_now: datetime
) -> bool:
    """What the carrier tells of the collector's side; True when it was news. Lane held at its end."""
    code = None if call.dialed else report.code
    known = DeliveryReport(
        report.sid, report.status, AttemptState.ACCEPTED, call.attempt_token, code
    )
    if not store.report_attempt(known, real_now=real_now) or call.ended:
        return False
    if report.outcome is None:
        store.name_call(call.call_id, report.sid)
        return True
    store.end_call(call.call_id, report.sid, _supposed(call), seconds=None, at=at)
    if not call.dialed:
        store.never_dialed(call.call_id, at=at)
    store.wake_sender(call.sender_id, at=None)
    return True


def _supposed(call: CallRow) -> CallOutcome:
    """How it went at the debtor's, as long as the carrier has not said."""
    if not call.dialed:
        return CallOutcome.NOT_PUT_THROUGH
    return CallOutcome.ANSWERED if call.connected else CallOutcome.NO_ANSWER


def _verdict(
    facts: CaseFacts, call: CallRow, key: str, now: datetime, playbook: Playbook
) -> Verdict:
    """The gate's answer at this moment; the attempt that is being made is not counted twice."""
    point = next(
        p for p in facts.debtor.contact_points if p.contact_point_id == call.contact_point_id
    )
    others = tuple(
        each
        for each in facts.contacts
        if (each.at, each.contact_point_id, each.channel)
        != (call.placed_at, point.contact_point_id, Channel.VOICE)
    )
    facts = replace(facts, contacts=others)
    proposal = proposal_to(point, key, now, now + _NOW)
    return judge(proposal, facts, CALL_CONTENT, now, playbook.rules(facts.portfolio))


def proposal_to(
    point: ContactPointFacts, key: str, earliest: datetime, latest: datetime
) -> Proposal:
    """A collector's call to one number of the debtor's."""
    return Proposal(
        key=key,
        purpose=Purpose.COLLECTOR,
        channel=Channel.VOICE,
        script=DESK_CALL,
        contact_point=point,
        earliest=earliest,
        latest=latest,
    )


def _language(facts: CaseFacts) -> CallLanguage:
    """The desk speaks with its debtors in their language, so it is spoken to in it."""
    return spoken_in_locale(facts.debtor.locale)
