"""Instalment plans: proposed by the debtor or a collector, accepted by rule or by a collector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.instalments import Limits, Part, Wish, monthly, objections
from bot.domain.instalments.limits import impossible
from bot.domain.vocabulary import CaseState
from bot.flows.life import take
from bot.flows.playbook import today_of
from bot.flows.ports.collectors import Role
from bot.flows.ports.concessions import CaseHead, ConcessionStore, NewPlan, PlanAsking, PlanFacts
from bot.flows.ports.transactions import Clock, Transactions

#: Who may grant what the portfolio's limits do not.
MAY_EXCEED = frozenset({Role.LEAD, Role.ADMIN})

#: A case in one of these is for a human first; a rule grants nothing on it.
_BY_RULE = frozenset({CaseState.ACTIVE, CaseState.PROMISED})

_NEVER = frozenset({CaseState.DISPUTED, CaseState.CLOSED})


class PlanError(ValueError):
    """Nothing was changed; `codes` say why.

    Of the case: unknown_case, nothing_owed, has_plan, held; of the plan: moved_on, owed_changed
    and the codes of `bot.domain.instalments.limits`.
    """

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a debtor's proposal; `active` when the portfolio's rule accepted it."""

    plan_id: int
    parts: tuple[Part, ...]
    active: bool


@dataclass(frozen=True)
class Instalments:
    """One method per step."""

    transactions: Transactions[ConcessionStore]
    clock: Clock

    def offer(self, case_id: int) -> tuple[Limits, tuple[Part, ...]]:
        """The portfolio's limits and the longest plan they allow; no parts when none is.

        Only read, for a page: whoever works on the case is not waited for. Raises PlanError.
        """
        with self.transactions() as store:
            now = self.clock.now(livemode=self._head(store, case_id).livemode)
            facts = store.facts([case_id], now)[0]
            limits = store.limits(facts.portfolio.portfolio_id)
            return limits, limits.widest(facts.outstanding_minor, today_of(facts, now))

    def ask(self, case_id: int, wish: Wish, *, source: str, reply_id: int | None) -> Proposed:
        """A debtor's proposal, in a transaction of its own. Raises PlanError."""
        with self.transactions() as store:
            facts, now = self._facts(store, case_id)
            return asked_by_debtor(store, facts, wish, source=source, reply_id=reply_id, at=now)

    def agree(self, case_id: int, collector_id: int, parts: Sequence[Part]) -> int:
        """A collector agreed a plan with the debtor: it is active at once. Raises PlanError.

        Beyond the portfolio's limits only a lead or an admin may.
        """
        with self.transactions() as store:
            facts, now = self._facts(store, case_id)
            limits = store.limits(facts.portfolio.portfolio_id)
            today = today_of(facts, now)
            self._check(store, collector_id, parts, facts, limits, today)
            plan = NewPlan(
                case_id,
                facts.currency,
                tuple(parts),
                limits.broken_after,
                "collector",
                by=collector_id,
            )
            plan_id = _added(store, plan, now)
            _activate(store, facts, plan_id, plan.parts, by=collector_id, at=now)
            store.audit(collector_id, "plan_agreed", case_id, {"plan": plan_id}, at=now)
            return plan_id

    def accept(self, plan_id: int, collector_id: int) -> None:
        """A collector accepts what the debtor proposed. Raises PlanError."""
        with self.transactions() as store:
            plan = self._plan(store, plan_id, "proposed")
            facts, now = self._facts(store, plan.case_id)
            if facts.outstanding_minor != sum(part.amount_minor for part in plan.parts):
                raise PlanError("owed_changed")
            limits = store.limits(facts.portfolio.portfolio_id)
            self._check(store, collector_id, plan.parts, facts, limits, today_of(facts, now))
            _activate(store, facts, plan_id, plan.parts, by=collector_id, at=now)
            store.audit(collector_id, "plan_accepted", plan.case_id, {"plan": plan_id}, at=now)

    def decline(self, plan_id: int, collector_id: int) -> None:
        """A collector declines a proposal. Raises PlanError."""
        with self.transactions() as store:
            plan = self._plan(store, plan_id, "proposed")
            now = self.clock.now(livemode=plan.livemode)
            store.decide_plan(plan_id, "declined", by=collector_id, at=now)
            self._tell(store, plan, "plan_declined", collector_id, now)

    def withdraw(self, plan_id: int, collector_id: int) -> None:
        """End an active plan: the whole debt is due again as its dates say. Raises PlanError."""
        with self.transactions() as store:
            plan = self._plan(store, plan_id, "active")
            facts, now = self._facts(store, plan.case_id)
            store.end_plan(plan_id, "withdrawn", at=now)
            actor, data = f"collector:{collector_id}", {"plan": plan_id}
            event = Event.PROMISE_WITHDRAWN
            take(store, facts.case_id, facts.state, event, at=now, actor=actor, data=data)
            self._tell(store, plan, "plan_withdrawn", collector_id, now)

    def _tell(
        self, store: ConcessionStore, plan: PlanFacts, what: str, who: int, now: datetime
    ) -> None:
        data = {"plan": plan.plan_id}
        store.save_remark(plan.case_id, what, at=now, actor=f"collector:{who}", data=data)
        store.audit(who, what, plan.case_id, data, at=now)

    def _check(
        self,
        store: ConcessionStore,
        collector_id: int,
        parts: Sequence[Part],
        facts: CaseFacts,
        limits: Limits,
        today: date,
    ) -> None:
        owed = facts.outstanding_minor
        if not owed:
            raise PlanError("nothing_owed")
        if facts.state in _NEVER:
            raise PlanError("held")
        person = store.person(collector_id)
        free = person is not None and person.role in MAY_EXCEED
        codes = impossible(parts, owed, today) if free else objections(parts, owed, limits, today)
        if codes:
            raise PlanError(*codes)

    def _plan(self, store: ConcessionStore, plan_id: int, state: str) -> PlanFacts:
        plan = store.plan(plan_id)
        if plan is None or plan.state != state:
            raise PlanError("moved_on")
        return plan

    def _facts(self, store: ConcessionStore, case_id: int) -> tuple[CaseFacts, datetime]:
        """The case with its lane taken."""
        head = self._head(store, case_id)
        store.lock_debtors([head.debtor_id])
        now = self.clock.now(livemode=head.livemode)
        return store.facts([case_id], now)[0], now

    def _head(self, store: ConcessionStore, case_id: int) -> CaseHead:
        head = store.case_head(case_id)
        if head is None:
            raise PlanError("unknown_case")
        return head


def asked_by_debtor(
    store: PlanAsking,
    facts: CaseFacts,
    wish: Wish,
    *,
    source: str,
    reply_id: int | None,
    at: datetime,
) -> Proposed:
    """A debtor's proposal inside the caller's transaction, the lane held.

    What the wish leaves open is filled from the limits. Within them it is accepted by rule where
    the portfolio says so and no human holds the case; else it waits. Raises PlanError.
    """
    limits, today = store.limits(facts.portfolio.portfolio_id), today_of(facts, at)
    if not facts.outstanding_minor:
        raise PlanError("nothing_owed")
    if facts.state in _NEVER:
        raise PlanError("held")
    if limits.most_periods < 2:
        raise PlanError("not_offered")
    parts = parts_of(wish, facts.outstanding_minor, limits, today)
    if not parts:
        raise PlanError("too_many")
    beyond = objections(parts, facts.outstanding_minor, limits, today)
    wrong = impossible(parts, facts.outstanding_minor, today)
    if wrong:
        raise PlanError(*wrong)
    plan = NewPlan(facts.case_id, facts.currency, parts, limits.broken_after, source, reply_id)
    plan_id = _added(store, plan, at)
    by_rule = limits.accept_by_rule and not beyond and facts.state in _BY_RULE
    if by_rule:
        _activate(store, facts, plan_id, parts, by=None, at=at)
    else:
        data = {"plan": plan_id, "beyond": list(beyond)}
        store.save_remark(facts.case_id, "plan_proposed", at=at, actor="debtor", data=data)
    return Proposed(plan_id, parts, by_rule)


def parts_of(wish: Wish, owed_minor: int, limits: Limits, today: date) -> tuple[Part, ...]:
    """The plan a wish means; a wish that names nothing is the longest one allowed."""
    if wish.periods is None:
        return limits.widest(owed_minor, today)
    if wish.first_on is None and wish.first_minor is None:
        fitting = limits.fitting(owed_minor, wish.periods, today)
        if fitting:
            return fitting
    first_on = wish.first_on or today
    try:
        return monthly(owed_minor, wish.periods, first_on, wish.first_minor)
    except ValueError:
        return ()


def _added(store: PlanAsking, plan: NewPlan, at: datetime) -> int:
    plan_id = store.add_plan(plan, at=at)
    if plan_id is None:
        raise PlanError("has_plan")
    return plan_id


def _activate(
    store: PlanAsking,
    facts: CaseFacts,
    plan_id: int,
    parts: Sequence[Part],
    *,
    by: int | None,
    at: datetime,
) -> None:
    """The parts become promises; the case waits for the first."""
    store.supersede_promises(facts.case_id, at=at)
    store.decide_plan(plan_id, "active", by=by, at=at)
    store.add_instalments(plan_id, facts.case_id, parts, at)
    back = by is not None and facts.state is CaseState.HANDED_OFF
    event = Event.RETURNED_WITH_PROMISE if back else Event.PROMISE_MADE
    actor, data = f"collector:{by}" if by else "rule", {"plan": plan_id}
    take(store, facts.case_id, facts.state, event, at=at, actor=actor, data=data)
    store.save_remark(facts.case_id, "plan_active", at=at, actor=actor, data=data)
    store.check_at(facts.case_id, at)
