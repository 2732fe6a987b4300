"""The dispatcher: claims what is due for one sender, asks the gate once more, commits every
attempt as `sending`, and only then calls the carrier.

A crash before the commit leaves touches planned; after it, attempts whose outcome is unknown,
which `settle_attempts` settles and nobody repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.facts import CaseFacts, ContactPointFacts
from bot.domain.gate import FAULT, RuleSet, judge, open_until
from bot.domain.proposal import Content, Proposal
from bot.domain.verdict import Outcome, Verdict
from bot.domain.vocabulary import AttemptState, TouchState
from bot.flows.considering import Tally
from bot.flows.playbook import Playbook
from bot.flows.ports.carrier import (
    Accepted,
    Ambiguous,
    Carrier,
    Order,
    Refusal,
    Refused,
    Sent,
)
from bot.flows.ports.dispatching import (
    Decided,
    DispatchStore,
    DueTouch,
    NewAttempt,
    NewLink,
    SenderFacts,
    Settled,
)
from bot.flows.ports.halting import SendBarrier
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.trades import LinkMaker, Texts, Trade, Written, as_to_debtor

#: Touches per batch: one commit before the calls and one after them.
BATCH = 100

#: Carriers take a validity of 1–36000 s (Twilio, Messages resource, ValidityPeriod).
_VALIDITY = (1, 36000)

#: What the gate is told of a text that cannot be written, so that it can name a better reason.
_UNWRITTEN = Content()

#: Refusals that would meet every further message as well.
_CLOSING = frozenset({Refusal.THROTTLED, Refusal.ACCOUNT})

_BACK_OFF = timedelta(seconds=30)
_TRY_LATER = timedelta(minutes=10)


@dataclass
class _Batch:
    """What one transaction decided."""

    sender: SenderFacts
    carrier: Carrier[Any]
    orders: list[Order] = field(default_factory=list)
    attempts: list[NewAttempt] = field(default_factory=list)
    links: list[NewLink] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    verdicts: list[tuple[DueTouch, Verdict]] = field(default_factory=list)


class _Line:
    """One run's line to the carrier: once it refuses them all, nobody calls any more."""

    def __init__(self) -> None:
        self._closed: Refused | None = None

    def send(self, carrier: Carrier[Any], order: Order) -> Sent:
        """One call, or the answer the carrier gave to all."""
        if self._closed is not None:
            return self._closed
        result = carrier.send(order)
        if isinstance(result, Refused) and result.kind in _CLOSING:
            self._closed = result
        return result


@dataclass(frozen=True)
class _Flight:
    """A batch whose calls are under way; `barrier` is held until the carrier has answered them."""

    batch: _Batch
    calls: Sequence[Future[Sent]]
    barrier: ExitStack


@dataclass(frozen=True)
class Dispatcher:
    """Sends what is due in one trade: texts, or calls. `token` gives attempts unguessable names."""

    transactions: Transactions[DispatchStore]
    playbook: Playbook
    clock: Clock
    carrier_for: Callable[[SenderFacts], Carrier[Any]]
    links: LinkMaker
    token: Callable[[], str]
    executor: Executor
    barrier: SendBarrier
    batch: int = BATCH
    trade: Trade = field(default_factory=Texts)

    def run(self, sender_id: int) -> int:
        """Send until nothing is due or the rate is used up; returns how many went out.

        While one batch is called the next one is decided, so that the carrier never waits for us.
        """
        line, sent, held = _Line(), 0, False
        flight = self._take_off(sender_id, line)
        while flight is not None:
            following = None
            try:
                following = None if held else self._take_off(sender_id, line)
            finally:  # what was called is recorded, whatever became of the next batch
                held = self._land(flight) or held
            sent += len(flight.calls)
            flight = following
        return sent

    def _take_off(self, sender_id: int, line: _Line) -> _Flight | None:
        """Commit a batch and call it; None when there is nothing to send, or all is being stopped."""
        with ExitStack() as barrier:
            batch = self._prepare(sender_id) if barrier.enter_context(self.barrier()) else None
            if batch is None:
                return None
            submit, carrier = self.executor.submit, batch.carrier
            calls = [submit(line.send, carrier, order) for order in batch.orders]
            return _Flight(batch, calls, barrier.pop_all())

    def _land(self, flight: _Flight) -> bool:
        """Record a batch as soon as it is through; True when the sender must wait or stop."""
        with flight.barrier:
            results = [call.result() for call in flight.calls]
        return bool(results) and self._record(flight.batch, results)

    def _prepare(self, sender_id: int) -> _Batch | None:
        """Decide one batch and commit its attempts; None when there is nothing to do now."""
        with self.transactions() as store:
            sender = store.sender(sender_id)
            if sender is None or sender.stopped:
                return None
            # Found before anything is committed: a missing carrier must not strand attempts.
            carrier = self.carrier_for(sender)
            now, real_now = self.clock.now(livemode=sender.livemode), self.clock.real()
            due = store.claim_due(sender_id, channel=self.trade.channel, now=now, limit=self.batch)
            turns, again = self.trade.turns(store, sender_id, len(due), real_now)
            if again:
                store.wake_sender(sender_id, at=real_now + timedelta(seconds=1))
            if not turns:
                return None
            batch = self._decide(store, _Batch(sender, carrier), due[:turns], now)
            store.save_verdicts(batch.verdicts, stage="send", at=now)
            store.save_decided(batch.decided, at=now)
            store.add_links(batch.links)
            store.add_attempts(batch.attempts, sender_id=sender_id, at=now, called_at=real_now)
            return batch

    def _decide(
        self, store: DispatchStore, batch: _Batch, due: Sequence[DueTouch], now: datetime
    ) -> _Batch:
        tally = Tally()
        facts = {f.case_id: f for f in store.facts(list({t.case_id for t in due}), now)}
        self.playbook.ready(case.portfolio for case in facts.values())
        phones = store.phones([touch.contact_point_id for touch in due])
        for touch in due:
            case = tally.seen_by(facts[touch.case_id])
            self._decide_one(store, batch, touch, case, phones, now, tally)
        return batch

    def _decide_one(
        self,
        store: DispatchStore,
        batch: _Batch,
        touch: DueTouch,
        facts: CaseFacts,
        phones: dict[int, str],
        now: datetime,
        tally: Tally,
    ) -> None:
        if now >= touch.latest_at:
            batch.decided.append(Decided(touch, TouchState.EXPIRED, None, "window over"))
            return
        if gaps := self.trade.gaps(facts.portfolio, touch):
            self._wait_for_words(store, batch, touch, facts.portfolio.code, gaps, now)
            return
        proposal = proposal_of(touch, facts)
        rules = self.playbook.rules(facts.portfolio)
        text = self._written(facts, touch, now)
        content = text.content if text else _UNWRITTEN
        verdict = judge(proposal, facts, content, now, rules)
        if not verdict.allowed:
            batch.verdicts.append((touch, verdict))
            batch.decided.append(_held_back(touch, verdict))
            return
        if text is None:
            batch.decided.append(Decided(touch, TouchState.DENIED, None, FAULT))
            store.raise_alarm("touch_spoiled", touch.script, f"case {touch.case_id}", at=now)
            return
        to = self._telephone(store, text, phones[touch.contact_point_id])
        if to is None:
            batch.decided.append(Decided(touch, TouchState.DENIED, None, "no telephone"))
            return
        tally.add(facts, proposal, now)
        seconds = _validity(proposal, facts, content, now, rules)
        self._add(batch, touch, text, to, seconds)

    def _telephone(self, store: DispatchStore, text: Written, phone: str) -> str | None:
        """The debtor's, or that of the collector who is called first."""
        caller = text.call.collector_id if text.call else None
        return phone if caller is None else store.collector_phone(caller)

    def _wait_for_words(
        self,
        store: DispatchStore,
        batch: _Batch,
        touch: DueTouch,
        portfolio: str,
        gaps: Sequence[str],
        now: datetime,
    ) -> None:
        """Nothing goes out half said; it is tried again in case somebody fills the gaps."""
        later = Decided(touch, TouchState.PLANNED, now + _TRY_LATER, "portfolio incomplete")
        batch.decided.append(later)
        store.raise_alarm("portfolio_incomplete", portfolio, "; ".join(gaps), at=now)

    def _written(self, facts: CaseFacts, touch: DueTouch, now: datetime) -> Written | None:
        """Written from the facts of this moment, not from those of planning."""
        try:
            return self.trade.write(self.playbook, self.links, facts, touch, now)
        except Exception:  # one text that cannot be written must not stop the others
            return None

    def _add(self, batch: _Batch, touch: DueTouch, text: Written, phone: str, seconds: int) -> None:
        token = self.token()
        batch.attempts.append(
            NewAttempt(touch, token, text.body, text.segments, text.version, text.call)
        )
        batch.orders.append(self.trade.order(token, phone, batch.sender.address, text, seconds))
        if text.link is not None:
            batch.links.append(text.link)

    def _record(self, batch: _Batch, results: Sequence[Sent]) -> bool:
        """Write what the carrier said. True when the sender must wait or stop."""
        pairs = list(zip(batch.orders, results, strict=True))
        refused = [(o.token, as_to_debtor(o, r)) for o, r in pairs if isinstance(r, Refused)]
        now = self.clock.now(livemode=batch.sender.livemode)
        with self.transactions() as store:
            store.settle([_settled(order.token, result) for order, result in pairs], at=now)
            return self._react(store, batch.sender, refused, now)

    def _react(
        self,
        store: DispatchStore,
        sender: SenderFacts,
        refused: Sequence[tuple[str, Refused]],
        now: datetime,
    ) -> bool:
        by_kind = {kind: [t for t, r in refused if r.kind is kind] for kind in Refusal}
        store.disable_numbers(by_kind[Refusal.NUMBER], reason="dead", at=now)
        store.suppress_numbers(by_kind[Refusal.OPTED_OUT], at=now)
        store.put_back(by_kind[Refusal.TEMPORARY], due_at=now + _TRY_LATER, at=now)
        store.put_back(by_kind[Refusal.ACCOUNT], due_at=now, at=now)
        for _, refusal in refused:
            if refusal.kind is Refusal.CONTENT:
                store.raise_alarm("content_refused", sender.address, refusal.code, at=now)
        if by_kind[Refusal.ACCOUNT]:
            code = next(r.code for _, r in refused if r.kind is Refusal.ACCOUNT)
            store.stop_sender(sender.sender_id, reason=f"carrier refused: {code}", at=now)
            return True
        return self._throttled(store, sender, by_kind[Refusal.THROTTLED], refused, now)

    def _throttled(
        self,
        store: DispatchStore,
        sender: SenderFacts,
        tokens: Sequence[str],
        refused: Sequence[tuple[str, Refused]],
        now: datetime,
    ) -> bool:
        if not tokens:
            return False
        asked = max((r.retry_after or 0 for _, r in refused), default=0)
        until = self.clock.real() + max(_BACK_OFF, timedelta(seconds=asked))
        store.hold_sender(sender.sender_id, until=until)
        store.put_back(tokens, due_at=now, at=now)
        store.wake_sender(sender.sender_id, at=until)
        return True


def proposal_of(touch: DueTouch, facts: CaseFacts) -> Proposal:
    """The claimed touch as the gate wants to see it."""
    point = next(
        p for p in facts.debtor.contact_points if p.contact_point_id == touch.contact_point_id
    )
    return _proposal(touch, point)


def _proposal(touch: DueTouch, point: ContactPointFacts) -> Proposal:
    return Proposal(
        key=touch.key,
        purpose=touch.purpose,
        channel=touch.channel,
        script=touch.script,
        contact_point=point,
        earliest=touch.due_at,
        latest=touch.latest_at,
        tier=touch.tier,
        rule=touch.rule,
    )


def _held_back(touch: DueTouch, verdict: Verdict) -> Decided:
    if verdict.outcome is Outcome.DEFER and verdict.until and verdict.until < touch.latest_at:
        return Decided(touch, TouchState.PLANNED, verdict.until, verdict.rule)
    return Decided(touch, TouchState.DENIED, None, verdict.rule)


def _validity(
    proposal: Proposal, facts: CaseFacts, content: Content, now: datetime, rules: RuleSet
) -> int:
    """Seconds until the carrier must drop it: never into quiet hours nor past the window."""
    end = min(open_until(proposal, facts, content, now, rules), proposal.latest)
    low, high = _VALIDITY
    return max(low, min(high, int((end - now).total_seconds())))


def _settled(token: str, result: Sent) -> Settled:
    match result:
        case Accepted(sid, state):
            return Settled(token, state, sid)
        case Refused(_, code):
            return Settled(token, AttemptState.REFUSED, code=code)
        case Ambiguous(cause):
            return Settled(token, AttemptState.UNKNOWN, code=cause)
