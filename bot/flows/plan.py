"""The planner: every case that is due for a look gets its tier anew and at most its touches of
today, each through the gate, written with its verdict and the job that will send it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bot.domain.cadence import Decision, decide
from bot.domain.cadence.promised import MISSED_SCRIPT
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, TouchState
from bot.flows.considering import Pacer, Tally, consider
from bot.flows.life import hand_off
from bot.flows.playbook import Playbook, today_of, zone_of
from bot.flows.ports.planning import Checked, NewTouch, Param, Planned, PlanningStore
from bot.flows.ports.transactions import Clock, Transactions

#: Cases per transaction: large enough for set-based writes, small enough to hold lanes briefly.
CHUNK = 1000

#: A new day is looked at this long after local midnight, when day figures are safe to read.
_AFTER_MIDNIGHT = time(0, 5)

#: A case whose facts cannot be judged waits this long for somebody to mend them.
_NEXT_TRY = timedelta(days=1)

_HELD = frozenset({CaseState.HANDED_OFF, CaseState.DISPUTED, CaseState.CLOSED})


@dataclass(frozen=True)
class Planner:
    """Plans for all portfolios of one mode."""

    transactions: Transactions[PlanningStore]
    playbook: Playbook
    clock: Clock
    chunk: int = CHUNK

    def run(self, *, livemode: bool, portfolio_id: int | None = None) -> Planned:
        """Plan until no case is due for a look; a second planner beside it is harmless."""
        now, total, pacer, tally = self.clock.now(livemode=livemode), Planned(), Pacer(), Tally()
        while True:
            with self.transactions() as store:
                ids = store.due_cases(
                    livemode=livemode, now=now, limit=self.chunk, portfolio_id=portfolio_id
                )
                if not ids:
                    return total
                # The lanes are ours from here on: what others did to these cases is earlier.
                at = self.clock.now(livemode=livemode)
                total = _plus(total, self._plan_chunk(store, ids, at, pacer, tally))

    def _plan_chunk(
        self,
        store: PlanningStore,
        ids: Sequence[int],
        now: datetime,
        pacer: Pacer,
        tally: Tally,
    ) -> Planned:
        checks: list[Checked] = []
        touches: list[NewTouch] = []
        handed = 0
        for facts in store.facts(ids, now):
            try:
                decision = decide_case(facts, self.playbook, today_of(facts, now))
                wanted = wanted_touches(facts, decision, self.playbook, now, pacer, tally)
            except Exception as spoiled:  # one spoiled record must not stop the others
                self._set_aside(store, facts, spoiled, now)
                continue
            touches += wanted
            handed += self._hand_off(store, facts, decision, now)
            next_check = next_look(facts, decision.next_check)
            checks.append(Checked(facts.case_id, decision.tier, next_check))
        store.save_checks(checks)
        planned = store.add_touches(touches, stage="plan", at=now, behind=self.clock.real())
        denied = sum(touch.state is TouchState.DENIED for touch in touches)
        return Planned(len(checks), planned, denied, handed)

    def _set_aside(
        self, store: PlanningStore, facts: CaseFacts, spoiled: Exception, now: datetime
    ) -> None:
        because = type(spoiled).__name__
        store.raise_alarm("case_spoiled", f"case {facts.case_id}", because, at=now)
        store.check_at(facts.case_id, now + _NEXT_TRY)

    def _hand_off(
        self, store: PlanningStore, facts: CaseFacts, decision: Decision, now: datetime
    ) -> int:
        if decision.handoff is None or facts.state in _HELD:
            return 0
        policy = self.playbook.handoffs
        hand_off(store, facts, facts.state, decision.handoff, policy, at=now, actor="planner")
        return 1


def decide_case(facts: CaseFacts, playbook: Playbook, today: date) -> Decision:
    """What the case's cadence wants on `today`."""
    return decide(facts, playbook.cadence_of(facts), playbook.calendar_of(facts), today)


def wanted_touches(
    facts: CaseFacts,
    decision: Decision,
    playbook: Playbook,
    now: datetime,
    pacer: Pacer,
    tally: Tally,
) -> list[NewTouch]:
    """The decision's proposals after words, rules and pacing."""
    touches = []
    for proposal in decision.proposals:
        params = missed_promise(facts, proposal)
        touch = consider(tally.seen_by(facts), proposal, playbook, now, params=params)
        if touch is None:
            continue
        if touch.state is TouchState.PLANNED:
            touch = pacer.spread(touch)
            tally.add(facts, proposal, touch.due_at)
        touches.append(touch)
    return touches


def missed_promise(facts: CaseFacts, proposal: Proposal) -> dict[str, Param]:
    """Which promise is spoken of, where another one is open: a missed instalment of a plan."""
    if proposal.script != MISSED_SCRIPT:
        return {}
    for promise in facts.promises:
        if promise.plan_id and promise.due_on == proposal.anchor and promise.amount_minor:
            return {
                "promise_date": promise.due_on.isoformat(),
                "promise_amount_minor": promise.amount_minor,
            }
    return {}


def next_look(facts: CaseFacts, day: date) -> datetime:
    """Shortly after midnight of `day` in the portfolio's zone, UTC."""
    return _look_on(day, facts.portfolio.zone)


@lru_cache(maxsize=1024)
def _look_on(day: date, zone: str) -> datetime:
    return datetime.combine(day, _AFTER_MIDNIGHT, zone_of(zone)).astimezone(UTC)


def _plus(total: Planned, more: Planned) -> Planned:
    return Planned(
        total.checked + more.checked,
        total.planned + more.planned,
        total.denied + more.denied,
        total.handed_off + more.handed_off,
    )


def start_of(day: date, zone: str) -> datetime:
    """Local midnight of `day`, UTC."""
    return datetime.combine(day, time(), zone_of(zone)).astimezone(UTC)
