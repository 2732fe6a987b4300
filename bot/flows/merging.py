"""Two cases of one person in one portfolio become one.

The ledger gave the same person twice: under two customer numbers, with a telephone mistyped, with
one contract written in two ways. What is alive goes over to the case that is kept: debts with their
books, money, promises, plans, links, numbers, the hand-off. What happened stays in the story of the
case it happened to, which is closed and points at the other. Whatever still arrives for it (money,
refunds, replies, a ledger's rows, a visit of an old link) finds the case that was kept.

Two debtors become one with it, so that caps and opt-outs count for the person; their cases in other
portfolios are merged, or go over, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case_life import Event
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState
from bot.flows.bookkeeping import use_credit
from bot.flows.desk import DeskError
from bot.flows.life import take
from bot.flows.ports.merging import HeldHandoff, MergeHead, MergeStore, Pair
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.settle import Settler

_QUIET = frozenset({CaseState.HANDED_OFF, CaseState.DISPUTED})
_GOING_ON = frozenset({CaseState.ACTIVE, CaseState.PROMISED})


@dataclass(frozen=True, slots=True)
class Merged:
    """What was done: pairs of cases (gone, kept), and cases that only changed their debtor."""

    pairs: tuple[tuple[int, int], ...]
    rehomed: tuple[int, ...]


@dataclass(frozen=True)
class Merging:
    """Merges cases. It cannot be undone; the trail and both stories tell what went where."""

    transactions: Transactions[MergeStore]
    clock: Clock
    settler: Settler

    def check(self, gone: int, kept: int) -> Merged:
        """What `merge` would do. Raises DeskError as it does."""
        with self.transactions() as store:
            return _told(_asked(store, gone, kept, lambda _: True))

    def merge(
        self, gone: int, kept: int, who: int, *, sees: Callable[[int], bool] = lambda _: True
    ) -> Merged:
        """Everything of `gone` goes to `kept`. `sees` tells which portfolios the person may see.

        Raises DeskError: moved_on (no such case), merge_same, merge_done (one of them was merged
        before), merge_unlike (another portfolio, currency or creditor), merge_closed (the kept one
        is closed and the other is not), merge_owes (a human closed the other, and it still owes),
        merge_elsewhere (the person has a case in a portfolio that `sees` denies), payment_waits,
        import_running, changed (somebody was faster).
        """
        with self.transactions() as store:
            asked = _asked(store, gone, kept, sees)
            first = asked.heads[0]
            if not store.hold_imports(first.creditor_key):
                raise DeskError("import_running")
            store.lock_debtors([asked.gone_debtor, asked.kept_debtor])
            if _asked(store, gone, kept, sees) != asked:
                raise DeskError("changed")
            now = self.clock.now(livemode=first.livemode)
            for pair in asked.pairs:
                self._absorb(store, pair, who, now)
            store.rehome_cases(asked.gone_debtor, asked.kept_debtor)
            store.join_debtors(asked.gone_debtor, asked.kept_debtor, at=now)
            return _told(asked)

    def _absorb(self, store: MergeStore, pair: Pair, who: int, now: datetime) -> None:
        gone, kept = (store.facts([case_id], now)[0] for case_id in (pair.gone, pair.kept))
        held, actor = store.held_handoff(pair.gone), f"collector:{who}"
        moved = store.move_case(pair, at=now)
        into = {"into": pair.kept}
        take(store, pair.gone, gone.state, Event.MERGED, at=now, actor=actor, data=into)
        store.mark_merged(pair)
        story = {"case": pair.gone, **moved}
        store.save_remark(pair.kept, "merged_in", at=now, actor=actor, data=story)
        store.cancel_touches(pair.kept, at=now, reason=Event.MERGED)
        state = _Joining(store, pair, gone, held, now, actor).state(kept.state)
        self._settle(store, pair.kept, state, now)
        store.audit(who, "merge", pair.gone, into, at=now)
        store.audit(who, "merge", pair.kept, story, at=now)

    def _settle(self, store: MergeStore, kept: int, state: CaseState, now: datetime) -> None:
        """Credit of one pays debts of the other; a case that owes nothing closes."""
        use_credit(store, kept, at=now)
        store.check_at(kept, now)
        if not store.facts([kept], now)[0].outstanding_minor and state is not CaseState.CLOSED:
            self.settler.owes_less(store, kept, state, now, reason=Event.MERGED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a merge comes to: the heads of all cases it touches, in pairs and alone."""

    heads: tuple[MergeHead, ...]
    pairs: tuple[Pair, ...]
    alone: tuple[int, ...]
    gone_debtor: int
    kept_debtor: int


def _told(asked: _Asked) -> Merged:
    return Merged(tuple((pair.gone, pair.kept) for pair in asked.pairs), asked.alone)


def _asked(store: MergeStore, gone: int, kept: int, sees: Callable[[int], bool]) -> _Asked:
    """All that has to be merged with these two. Raises DeskError when any of it may not be."""
    one, other = _two(store, gone, kept)
    theirs = store.merge_heads(store.cases_of_debtor(one.debtor_id))
    ours = store.merge_heads(store.cases_of_debtor(other.debtor_id))
    twins = {(head.portfolio_id, head.currency): head for head in ours}
    found = [(head, twins.get((head.portfolio_id, head.currency))) for head in theirs]
    for head, twin in found:
        if not sees(head.portfolio_id):
            raise DeskError("merge_elsewhere")
        if twin is not None:
            _may_join(head, twin)
    pairs = [
        Pair(head.case_id, twin.case_id, one.debtor_id, other.debtor_id)
        for head, twin in found
        if twin is not None
    ]
    alone = tuple(head.case_id for head, twin in found if twin is None)
    return _Asked((*theirs, *ours), tuple(pairs), alone, one.debtor_id, other.debtor_id)


def _two(store: MergeStore, gone: int, kept: int) -> tuple[MergeHead, MergeHead]:
    """The two that were named. Raises DeskError."""
    if gone == kept:
        raise DeskError("merge_same")
    heads: Mapping[int, MergeHead] = {
        head.case_id: head for head in store.merge_heads([gone, kept])
    }
    if len(heads) < 2:
        raise DeskError("moved_on")
    one, other = heads[gone], heads[kept]
    if one.merged_into is not None or other.merged_into is not None:
        raise DeskError("merge_done")
    place, wanted = _place(one), _place(other)
    if place != wanted or one.debtor_id == other.debtor_id:
        raise DeskError("merge_unlike")
    return one, other


def _place(head: MergeHead) -> tuple[object, ...]:
    return head.portfolio_id, head.currency, head.creditor_key, head.livemode


def _may_join(gone: MergeHead, kept: MergeHead) -> None:
    if gone.payment_waits or kept.payment_waits:
        raise DeskError("payment_waits")
    if kept.state is CaseState.CLOSED and gone.state is not CaseState.CLOSED:
        raise DeskError("merge_closed")
    if gone.state is CaseState.CLOSED and gone.closed_by_human and gone.owed_minor:
        raise DeskError("merge_owes")


@dataclass(frozen=True, slots=True)
class _Joining:
    """Where the kept case stands afterwards: of two states the quieter one."""

    store: MergeStore
    pair: Pair
    gone: CaseFacts
    held: HeldHandoff | None
    now: datetime
    actor: str

    def state(self, state: CaseState) -> CaseState:
        """From the kept case's state before."""
        state = self._disputed(state)
        state = self._held(state)
        state = self._paused(state)
        if state is CaseState.ACTIVE and self.store.has_open_promise(self.pair.kept):
            return self._take(state, Event.PROMISE_MADE, {})
        return state

    def _disputed(self, state: CaseState) -> CaseState:
        if self.gone.state is not CaseState.DISPUTED:
            return state
        self.store.join_dispute(self.pair)
        if state is CaseState.DISPUTED:
            return state
        return self._take(state, Event.DISPUTE_RAISED, {"case": self.pair.gone})

    def _held(self, state: CaseState) -> CaseState:
        if self.held is None:
            return state
        self.store.join_handoff(self.pair, self.held, at=self.now)
        if state in _QUIET:
            return state
        return self._take(state, Event.HANDED_OFF, {"reason": self.held.reason})

    def _paused(self, state: CaseState) -> CaseState:
        if self.gone.state is not CaseState.PAUSED:
            return state
        if state not in _GOING_ON:
            self.store.end_pause(self.pair.gone, at=self.now)
            return state
        self.store.move_pause(self.pair)
        return self._take(state, Event.PAUSED, {"case": self.pair.gone})

    def _take(self, state: CaseState, event: Event, data: Mapping[str, object]) -> CaseState:
        store, kept = self.store, self.pair.kept
        return take(store, kept, state, event, at=self.now, actor=self.actor, data=data)
