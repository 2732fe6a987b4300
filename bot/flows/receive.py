"""A reply, from the stored message to what it sets in motion, in one transaction.

The message was stored and answered to the carrier by the webhook; here it is understood, moves
the case and gets at most one answer, which is a touch like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.cadence import furthest_promise
from bot.domain.cadence.calling import Slot, within
from bot.domain.call.outcomes import understanding_of
from bot.domain.call.storing import outcome_from
from bot.domain.call.values import Outcome, OutcomeKind
from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.instalments import Wish, periods_named
from bot.domain.proposal import Proposal
from bot.domain.response import Answer, Asked, Response, Situation, respond
from bot.domain.understanding import Context, Understanding
from bot.domain.vocabulary import CaseState, Channel, HandoffReason, Purpose
from bot.flows.considering import consider
from bot.flows.instalments import PlanError, asked_by_debtor
from bot.flows.life import hand_off, take
from bot.flows.page_reading import reading_of
from bot.flows.playbook import Playbook, today_of, zone_of
from bot.flows.ports.receiving import Correspondent, ReceiveStore, StoredReply
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.reading import as_document, choices
from bot.flows.stopping import stop_contact

Understand = Callable[[str, Context], Understanding]

#: An answer that could not go out within this time is no answer any more.
ANSWER_WITHIN = timedelta(hours=12)

_ACTOR = "debtor"


@dataclass(frozen=True)
class Receiver:
    """Handles stored replies."""

    transactions: Transactions[ReceiveStore]
    playbook: Playbook
    clock: Clock
    understand: Understand
    opt_in_words: frozenset[str]

    def run(self, reply_id: int) -> bool:
        """Handle the reply once; False when somebody already did."""
        with self.transactions() as store:
            reply = store.take_reply(reply_id)
            if reply is None:
                return False
            who = store.correspondent(reply)
            if who is None:
                self._stranger(store, reply)
            else:
                self._handle(store, reply, who)
            return True

    def _stranger(self, store: ReceiveStore, reply: StoredReply) -> None:
        """Nobody we know: a stop still counts, everything else waits for a human's eyes."""
        if reply.outcome is not None:
            reading = understanding_of(outcome_from(dict(reply.outcome)))
            assert reading is not None  # only such outcomes are stored as replies
        else:
            context = Context(reply.received_at, zone_of("UTC"), reply.channel)
            reading = self.understand(reply.body, context)
        if reply.opt_out_type == "STOP" or "opt_out" in reading.intents:
            store.suppress(reply, all_channels=False, source="reply", at=reply.received_at)
        store.save_reading(reply.reply_id, None, as_document(reading), at=reply.received_at)

    def _handle(self, store: ReceiveStore, reply: StoredReply, who: Correspondent) -> None:
        now = self.clock.now(livemode=reply.livemode)
        store.note_reply(who.case_id, reply.reply_id, reply.received_at)
        facts = store.facts([who.case_id], now)[0]
        if reply.page is None and self._opts_in(reply, who):
            self._opt_in(store, reply, who, facts)
            return
        reading, document = self._reading(reply, who, facts)
        response = respond(reading, facts, self._situation(who, facts))
        if reply.outcome is not None:
            response = after_call(response, outcome_from(dict(reply.outcome)))
            self._by_a_human(store, reply, facts, reading, now)
        store.save_reading(reply.reply_id, who, document, at=now)
        self._effects(store, reply, who, now).carry_out(facts, response)

    def _effects(
        self, store: ReceiveStore, reply: StoredReply, who: Correspondent, now: datetime
    ) -> _Effects:
        return _Effects(store, self.playbook, now, self.clock.real(), reply, who)

    def _by_a_human(
        self,
        store: ReceiveStore,
        reply: StoredReply,
        facts: CaseFacts,
        reading: Understanding,
        now: datetime,
    ) -> None:
        """Who asked for a human, and then for a time, is called by the human at that time."""
        if facts.state is CaseState.HANDED_OFF and reading.callback is not None:
            store.open_handoff(
                facts.case_id,
                HandoffReason.CALL_BACK,
                priority=self.playbook.handoffs[HandoffReason.CALL_BACK].priority,
                due_at=max(reading.callback.start, now),
                at=now,
                reply_id=reply.reply_id,
            )

    def _reading(
        self, reply: StoredReply, who: Correspondent, facts: CaseFacts
    ) -> tuple[Understanding, dict[str, Any]]:
        """What was said, and its document; a call and a form have nothing left to be read."""
        if reply.page is not None:
            told = reading_of(reply.page)
            return told, as_document(told) | {"page": dict(reply.page)}
        if reply.outcome is None:
            reading = self._read(reply, who, facts)
            return reading, as_document(reading)
        said = understanding_of(outcome_from(dict(reply.outcome)))
        assert said is not None  # only such outcomes are stored as replies
        return said, as_document(said) | {"call": reply.call_id}

    def _read(self, reply: StoredReply, who: Correspondent, facts: CaseFacts) -> Understanding:
        context = Context(
            now=reply.received_at,
            zone=zone_of(facts.portfolio.zone),
            channel=reply.channel,
            offered=who.asked.offered,
            asked=who.asked.what,
            pending_promise=who.asked.promise,
            owed_minor=facts.outstanding_minor,
            currency=facts.currency,
            payday=facts.debtor.payday,
            workday=self.playbook.calendar_of(facts).is_working,
        )
        text = "STOP" if reply.opt_out_type == "STOP" else reply.body
        return self.understand(text, context)

    def _situation(self, who: Correspondent, facts: CaseFacts) -> Situation:
        today = today_of(facts, self.clock.now(livemode=facts.portfolio.livemode))
        furthest = furthest_promise(facts, self.playbook.cadence_of(facts), today)
        calendar = self.playbook.calendar_of(facts)
        return Situation(
            today=today,
            furthest=furthest,
            choices=choices(today, furthest, facts.debtor.payday, calendar),
            asked=who.asked,
            earlier_refusals=who.earlier_refusals,
            earlier_offers=who.earlier_offers,
        )

    def _opts_in(self, reply: StoredReply, who: Correspondent) -> bool:
        words = self.opt_in_words
        return reply.opt_out_type == "START" or reply.body.strip().upper() in words

    def _opt_in(
        self, store: ReceiveStore, reply: StoredReply, who: Correspondent, facts: CaseFacts
    ) -> None:
        now = self.clock.now(livemode=reply.livemode)
        store.save_reading(reply.reply_id, who, {"intents": ["opt_in"]}, at=now)
        if not store.lift_suppression(reply, at=now):
            return
        fresh = store.facts([who.case_id], now)[0]
        response = Response(answer=Answer("answer.opt_in"))
        self._effects(store, reply, who, now).carry_out(fresh, response)


def after_call(response: Response, outcome: Outcome) -> Response:
    """What was said on the telephone was answered there; written is only what must be.

    That a plan stands is news: the call spoke of the day that was named.
    """
    asks_time = outcome.kind is OutcomeKind.CALL_LATER and outcome.start is None
    written = outcome.wants_sms or asks_time or response.announced is not None
    return response if written else replace(response, answer=None)


@dataclass(frozen=True)
class _Effects:
    """Carries a response out."""

    store: ReceiveStore
    playbook: Playbook
    now: datetime
    real_now: datetime
    reply: StoredReply
    who: Correspondent

    def carry_out(self, facts: CaseFacts, response: Response) -> None:
        """Everything the response asks for, harm first, the answer last."""
        stop_contact(self.store, self.reply, self.who, response, source="reply", at=self.now)
        state = self._move(facts, response)
        self._hand_off(facts, state, response)
        count = facts.unclear_replies + 1 if response.unclear else 0
        self.store.set_unclear(facts.case_id, count)
        fresh = self.store.facts([facts.case_id], self.now)[0]
        if HandoffReason.INSTALLMENT in response.handoffs:
            self._propose_plan(fresh)
        if response.call_back_at is not None:
            self._call_back(fresh, response)
        if response.answer is not None:
            self._answer(fresh, response.answer)

    def _move(self, facts: CaseFacts, response: Response) -> CaseState:
        state, store = facts.state, self.store
        if response.dispute_kind is not None:
            store.set_dispute(facts.case_id, response.dispute_kind, whole=response.dispute_whole)
        if response.promises:
            store.supersede_promises(facts.case_id, at=self.now)
        for due_on, amount in response.promises:
            store.add_promise(
                facts.case_id,
                due_on,
                amount,
                made_at=self.now,
                source="reply",
                reply_id=self.reply.reply_id,
            )
        if response.offer is not None:
            data = {"date": response.offer.isoformat(), "reply": self.reply.reply_id}
            store.save_remark(
                facts.case_id, "promise_offered", at=self.now, actor=_ACTOR, data=data
            )
        if response.announced is not None:
            day, amount = response.announced
            told = {
                "date": day.isoformat(),
                "amount_minor": amount,
                "reply": self.reply.reply_id,
            }
            store.save_remark(facts.case_id, "plan_noted", at=self.now, actor=_ACTOR, data=told)
        for event in response.events:
            data = {"reply": self.reply.reply_id}
            state = take(store, facts.case_id, state, event, at=self.now, actor=_ACTOR, data=data)
        return state

    def _hand_off(self, facts: CaseFacts, state: CaseState, response: Response) -> None:
        for reason in response.handoffs:
            state = hand_off(
                self.store,
                facts,
                state,
                reason,
                self.playbook.handoffs,
                at=self.now,
                actor=_ACTOR,
                reply_id=self.reply.reply_id,
            )
        if not response.handoffs and state is CaseState.HANDED_OFF:
            self.store.touch_handoff(facts.case_id, self.reply.reply_id)

    def _propose_plan(self, facts: CaseFacts) -> None:
        """The plan the debtor asks for, or the longest allowed, for the human to accept."""
        wish = Wish(periods_named(self.reply.body))
        try:
            asked_by_debtor(
                self.store,
                facts,
                wish,
                source="reply",
                reply_id=self.reply.reply_id,
                at=self.now,
            )
        except PlanError:
            return  # nothing the portfolio offers; the human has the request all the same

    def _call_back(self, facts: CaseFacts, response: Response) -> None:
        assert response.call_back_at is not None
        begins = max(response.call_back_at, self.now)
        wish = Slot(begins, max(response.call_back_until or begins, begins))
        channel = self._same_way(facts)
        at = self._best_within(facts, wish).earliest if channel is Channel.VOICE else begins
        self.store.cancel_touches(facts.case_id, at=self.now, reason="call_later")
        proposal = self._proposal(
            facts,
            "callback.reminder",
            key=f"{facts.case_id}:callback:{self.reply.reply_id}",
            purpose=Purpose.CALL_BACK,
        )
        self._add(
            facts,
            replace(
                proposal,
                channel=channel,
                earliest=at,
                latest=at + timedelta(hours=24),
            ),
            {},
        )

    def _best_within(self, facts: CaseFacts, wish: Slot) -> Slot:
        """The debtor's words hold; where they leave the hour open, it is one that was answered."""
        windows = self.playbook.cadence_of(facts).windows
        hours, zone = facts.debtor.answered_hours, facts.portfolio.zone
        return within(wish, hours, windows, self._point(facts).zones, zone)

    def _same_way(self, facts: CaseFacts) -> Channel:
        """Who asked on the telephone to be called is called."""
        wanted = Channel(self.reply.channel)
        return wanted if wanted in facts.portfolio.offered else Channel.SMS

    def _answer(self, facts: CaseFacts, answer: Answer) -> None:
        script = self.playbook.script(answer.script, facts)
        proposal = self._proposal(
            facts, answer.script, key=f"reply:{self.reply.reply_id}", purpose=script.purpose
        )
        self._add(facts, proposal, dict(answer.params))
        asked = Asked(answer.script, script.asks, dict(script.offers or {}), answer.promise)
        self.store.set_asked(facts.case_id, asked)

    def _proposal(self, facts: CaseFacts, script: str, *, key: str, purpose: Purpose) -> Proposal:
        return Proposal(
            key=key,
            purpose=purpose,
            channel=Channel.SMS,
            script=script,
            contact_point=self._point(facts),
            earliest=self.now,
            latest=self.now + ANSWER_WITHIN,
        )

    def _point(self, facts: CaseFacts) -> ContactPointFacts:
        """Answers go to the number that wrote."""
        wanted = self.who.contact_point_id
        return next(p for p in facts.debtor.contact_points if p.contact_point_id == wanted)

    def _add(self, facts: CaseFacts, proposal: Proposal, params: dict[str, str | int]) -> None:
        touch = consider(
            facts,
            proposal,
            self.playbook,
            self.now,
            params=params,
            reply_id=self.reply.reply_id,
        )
        if touch is not None:
            self.store.add_touches([touch], stage="plan", at=self.now, behind=self.real_now)
