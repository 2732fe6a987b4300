"""Reductions (减免): asked by a collector, at once within the limit, else by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import CaseFacts
from bot.domain.rights import Right, Role
from bot.flows.playbook import today_of
from bot.flows.ports.concessions import ConcessionStore, NewReduction, ReductionFacts
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.promise_money import fulfil_reductions, post_reduction
from bot.flows.settle import Settler
from bot.policy.rights import holds

#: Who may approve what a collector may not grant alone.
MAY_APPROVE = frozenset(role for role in Role if holds(role, Right.APPROVE_REDUCTION))

#: Why something is waived: a closed set, so that no personal data ends in the trail.
REASONS = ("hardship", "goodwill", "dispute_settled", "settlement", "fee_error", "other")

_LIMIT = 500


class ReductionError(ValueError):
    """Nothing was changed.

    `code`: unknown_case, not_positive, more_than_owed, bad_reason, condition_missing, bad_date,
    condition_too_large, moved_on, same_person, may_not.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request: its id, and the state it is in now."""

    reduction_id: int
    state: str


@dataclass(frozen=True)
class Reductions:
    """One method per button, and the sweep of those whose day has passed."""

    transactions: Transactions[ConcessionStore]
    settler: Settler
    clock: Clock

    def ask(self, collector_id: int, asked: NewReduction) -> Asked:
        """Ask; within the limit it is granted at once. Raises ReductionError."""
        with self.transactions() as store:
            facts, now = self._facts(store, asked.case_id)
            self._check(asked, facts, now)
            limits = store.limits(facts.portfolio.portfolio_id)
            at_once = limits.may_waive(asked.amount_minor, facts.outstanding_minor)
            reduction_id = store.add_reduction(
                asked, facts.currency, by=collector_id, by_rule=at_once, at=now
            )
            data = {"reduction": reduction_id, "amount_minor": asked.amount_minor}
            store.audit(collector_id, "reduction_asked", asked.case_id, data, at=now)
            self._tell(store, asked.case_id, "reduction_asked", collector_id, data, now)
            if not at_once:
                return Asked(reduction_id, "asked")
            return Asked(reduction_id, self._grant(store, reduction_id, now))

    def approve(self, reduction_id: int, collector_id: int) -> str:
        """The second person agrees; returns the state it is in now. Raises ReductionError."""
        with self.transactions() as store:
            found, now = self._asked(store, reduction_id, collector_id)
            facts = store.facts([found.case_id], now)[0]
            if found.amount_minor > facts.outstanding_minor:
                raise ReductionError("more_than_owed")
            if found.pay_by is not None and found.pay_by < today_of(facts, now):
                raise ReductionError("bad_date")
            store.decide_reduction(reduction_id, "granted", by=collector_id, at=now)
            data = {"reduction": reduction_id, "amount_minor": found.amount_minor}
            store.audit(collector_id, "reduction_approved", found.case_id, data, at=now)
            self._tell(store, found.case_id, "reduction_approved", collector_id, data, now)
            return self._grant(store, reduction_id, now)

    def decline(self, reduction_id: int, collector_id: int) -> None:
        """The second person disagrees. Raises ReductionError."""
        with self.transactions() as store:
            found, now = self._asked(store, reduction_id, collector_id)
            store.decide_reduction(reduction_id, "declined", by=collector_id, at=now)
            data = {"reduction": reduction_id, "amount_minor": found.amount_minor}
            store.audit(collector_id, "reduction_declined", found.case_id, data, at=now)
            self._tell(store, found.case_id, "reduction_declined", collector_id, data, now)

    def sweep(self, *, livemode: bool) -> int:
        """Conditional reductions whose day has passed without the money are void; how many."""
        now, ended = self.clock.now(livemode=livemode), 0
        while True:
            with self.transactions() as store:
                over = store.reductions_over(livemode=livemode, now=now, limit=_LIMIT)
                for found in over:
                    self._end(store, found)
                ended += len(over)
                if len(over) < _LIMIT:
                    return ended

    def _end(self, store: ConcessionStore, found: ReductionFacts) -> None:
        now = self.clock.now(livemode=found.livemode)
        store.end_reduction(found.reduction_id, "void", at=now)
        data = {"reduction": found.reduction_id, "amount_minor": found.amount_minor}
        store.save_remark(found.case_id, "reduction_void", at=now, actor="calendar", data=data)

    def _grant(self, store: ConcessionStore, reduction_id: int, now: datetime) -> str:
        """Post it, or let it wait for its condition."""
        found = store.reduction(reduction_id)
        assert found is not None
        if found.pay_by is not None:
            fulfil_reductions(store, found.case_id, now)
            again = store.reduction(reduction_id)
            assert again is not None
            return again.state
        post_reduction(store, found.case_id, reduction_id, found.amount_minor, at=now)
        store.end_reduction(reduction_id, "applied", at=now)
        state = store.facts([found.case_id], now)[0].state
        self.settler.owes_less(store, found.case_id, state, now, reason="reduction")
        return "applied"

    def _check(self, asked: NewReduction, facts: CaseFacts, now: datetime) -> None:
        if asked.amount_minor <= 0:
            raise ReductionError("not_positive")
        if asked.amount_minor > facts.outstanding_minor:
            raise ReductionError("more_than_owed")
        if asked.reason not in REASONS:
            raise ReductionError("bad_reason")
        if (asked.pay_by is None) != (asked.condition_minor == 0):
            raise ReductionError("condition_missing")
        if asked.pay_by is not None and asked.pay_by < today_of(facts, now):
            raise ReductionError("bad_date")
        if not 0 <= asked.condition_minor <= facts.outstanding_minor - asked.amount_minor:
            raise ReductionError("condition_too_large")

    def _asked(
        self, store: ConcessionStore, reduction_id: int, collector_id: int
    ) -> tuple[ReductionFacts, datetime]:
        """A request that waits, its lane taken, and somebody who may decide it."""
        found = store.reduction(reduction_id)
        if found is None:
            raise ReductionError("moved_on")
        store.lock_debtors([found.debtor_id])
        found = store.reduction(reduction_id)
        if found is None or found.state != "asked":
            raise ReductionError("moved_on")
        if found.asked_by == collector_id:
            raise ReductionError("same_person")
        person = store.person(collector_id)
        if person is None or person.disabled or person.role not in MAY_APPROVE:
            raise ReductionError("may_not")
        return found, self.clock.now(livemode=found.livemode)

    def _tell(
        self,
        store: ConcessionStore,
        case_id: int,
        what: str,
        who: int,
        data: dict[str, int],
        now: datetime,
    ) -> None:
        store.save_remark(case_id, what, at=now, actor=f"collector:{who}", data=data)

    def _facts(self, store: ConcessionStore, case_id: int) -> tuple[CaseFacts, datetime]:
        head = store.case_head(case_id)
        if head is None:
            raise ReductionError("unknown_case")
        store.lock_debtors([head.debtor_id])
        now = self.clock.now(livemode=head.livemode)
        return store.facts([case_id], now)[0], now
