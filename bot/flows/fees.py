"""Fees of the desk's own: charged by who may, where the packs allow it, and given up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import CaseFacts, DebtFacts
from bot.domain.vocabulary import CaseState
from bot.flows.bookkeeping import Adjustment, charge_fee, waive_fee
from bot.flows.ports.collectors import Role
from bot.flows.ports.concessions import ConcessionStore
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.settle import Settler
from bot.policy.fees import refused_fees

#: Who may charge a fee, and give one up.
MAY_CHARGE = frozenset({Role.LEAD, Role.ADMIN})

#: What a fee is for: a closed set, so that no personal data ends in the trail.
FEE_REASONS = ("late_payment", "returned_payment", "court_cost", "agreed_other")

#: What is disputed, or over, gets no fee on top.
_NEVER = frozenset({CaseState.DISPUTED, CaseState.CLOSED})


class FeeError(ValueError):
    """Nothing was changed.

    `code`: unknown_case, unknown_debt, not_positive, bad_reason, may_not, pack_refuses, no_limit,
    above_limit, held, nothing_owed, no_such_fee. `rule` is the pack's rule that refuses.
    """

    def __init__(self, code: str, rule: str = "") -> None:
        super().__init__(f"{code} {rule}".strip())
        self.code = code
        self.rule = rule


@dataclass(frozen=True, slots=True)
class FeeOrder:
    """What a person asks. `key` is the form's own, so that sending it twice is one fee."""

    case_id: int
    debt_id: int
    amount_minor: int
    key: str
    reason: str = ""


@dataclass(frozen=True)
class Fees:
    """One method per button."""

    transactions: Transactions[ConcessionStore]
    settler: Settler
    clock: Clock

    def charge(self, collector_id: int, order: FeeOrder) -> bool:
        """Add the fee; False when this order was carried out before. Raises FeeError."""
        with self.transactions() as store:
            facts, now = self._facts(store, order, collector_id)
            debt = self._debt(facts, order)
            if order.reason not in FEE_REASONS:
                raise FeeError("bad_reason")
            self._check(store, facts, debt, order)
            adjusted = _adjustment(order, collector_id)
            if not charge_fee(store, adjusted, at=now):
                return False
            self._tell(store, order, "fee_charged", collector_id, now)
            store.check_at(order.case_id, now)
            return True

    def waive(self, collector_id: int, order: FeeOrder) -> bool:
        """Give up so much of a debt's fees; False when that was done before. Raises FeeError."""
        with self.transactions() as store:
            facts, now = self._facts(store, order, collector_id)
            debt = self._debt(facts, order)
            adjusted = _adjustment(order, collector_id)
            if store.known_key(order.case_id, f"waiver:{order.key}:"):
                return False
            if order.amount_minor > debt.fee_owed_minor:
                raise FeeError("no_such_fee")
            waive_fee(store, adjusted, at=now)
            self._tell(store, order, "fee_waived", collector_id, now)
            after = store.facts([order.case_id], now)[0]
            self.settler.owes_less(store, order.case_id, after.state, now, reason="waiver")
            return True

    def _check(
        self, store: ConcessionStore, facts: CaseFacts, debt: DebtFacts, order: FeeOrder
    ) -> None:
        rule = refused_fees(facts.portfolio)
        if rule is not None:
            raise FeeError("pack_refuses", rule)
        if facts.state in _NEVER:
            raise FeeError("held")
        if not debt.outstanding_minor:
            raise FeeError("nothing_owed")
        most = store.limits(facts.portfolio.portfolio_id).fee_minor
        if not most:
            raise FeeError("no_limit")
        known = store.known_key(order.case_id, f"fee:{order.key}:")
        if not known and debt.fee_minor + order.amount_minor > most:
            raise FeeError("above_limit")

    def _debt(self, facts: CaseFacts, order: FeeOrder) -> DebtFacts:
        if order.amount_minor <= 0:
            raise FeeError("not_positive")
        for debt in facts.debts:
            if debt.debt_id == order.debt_id:
                return debt
        raise FeeError("unknown_debt")

    def _tell(
        self, store: ConcessionStore, order: FeeOrder, what: str, who: int, now: datetime
    ) -> None:
        data: dict[str, int | str] = {"debt": order.debt_id, "amount_minor": order.amount_minor}
        if order.reason:
            data["reason"] = order.reason
        store.save_remark(order.case_id, what, at=now, actor=f"collector:{who}", data=data)
        store.audit(who, what, order.case_id, data, at=now)

    def _facts(
        self, store: ConcessionStore, order: FeeOrder, collector_id: int
    ) -> tuple[CaseFacts, datetime]:
        """The case with its lane taken, for somebody who may."""
        person = store.person(collector_id)
        if person is None or person.disabled or person.role not in MAY_CHARGE:
            raise FeeError("may_not")
        head = store.case_head(order.case_id)
        if head is None:
            raise FeeError("unknown_case")
        store.lock_debtors([head.debtor_id])
        now = self.clock.now(livemode=head.livemode)
        return store.facts([order.case_id], now)[0], now


def _adjustment(order: FeeOrder, collector_id: int) -> Adjustment:
    source = f"collector:{collector_id}"
    return Adjustment(order.case_id, order.debt_id, order.amount_minor, order.key, source)
