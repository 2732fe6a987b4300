"""What a collector records on a case: a promise, money, how a dispute ended, a rest.

Every form carries the version of the case it was made from. When the case has moved on since,
nothing is done and the collector is told, so that nobody acts on a page that was overtaken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from bot.domain.cadence import furthest_promise
from bot.domain.case_life import Event, IllegalMoveError
from bot.domain.facts import CaseFacts
from bot.domain.money import to_minor
from bot.domain.rights import Role
from bot.domain.vocabulary import CaseState
from bot.flows.desk import DeskError
from bot.flows.life import take
from bot.flows.playbook import Playbook, today_of, zone_of
from bot.flows.ports.case_work import CaseWorkStore
from bot.flows.ports.money import IncomingPayment
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.settle import Settler
from bot.policy.desk import DeskPolicy

#: Who may agree to a day beyond the stage's latest one.
MAY_EXCEED = frozenset({Role.LEAD, Role.ADMIN})

#: A case rests at most this long; a longer time is a decision about the case, not a pause.
LONGEST_PAUSE = timedelta(days=60)

#: Money somebody saw arrive elsewhere is recorded at most this long after (bank statements of the
#: last month are reconciled by then).
LONGEST_AGO = timedelta(days=60)

#: The provider of payments that a person recorded.
BY_HAND = "desk"

#: How a dispute ended: the debt stands as it is, or what was contested has been put right.
OUTCOMES = frozenset({"rejected", "corrected"})

_RESUMES = time(0, 5)


@dataclass(frozen=True, slots=True)
class Hand:
    """A collector's hand on a case: the lane is held, the version was the newest."""

    store: CaseWorkStore
    facts: CaseFacts
    now: datetime
    who: int

    @property
    def case_id(self) -> int:
        """The case."""
        return self.facts.case_id

    @property
    def actor(self) -> str:
        """As events name them."""
        return f"collector:{self.who}"


@dataclass(frozen=True)
class CaseWork:
    """One method per form. All raise DeskError, after which nothing has changed.

    Codes of all: moved_on (no such case, or closed), changed (the page was overtaken), unclaimed
    and not_yours (the case waits for a human, or another one has it).
    """

    transactions: Transactions[CaseWorkStore]
    clock: Clock
    playbook: Playbook
    settler: Settler
    policy: DeskPolicy

    def promise(
        self, case_id: int, who: int, seen: str, due_on: date, amount_minor: int | None
    ) -> None:
        """What the debtor promised; None is all that is owed.

        Codes: nothing_owed, not_positive, more_than_owed, date_past, date_far.
        """
        with self.hand(case_id, who, seen) as hand:
            amount = self._promised(hand, due_on, amount_minor)
            hand.store.supersede_promises(case_id, at=hand.now)
            hand.store.add_promise(
                case_id, due_on, amount, made_at=hand.now, source="collector", reply_id=None
            )
            self._move(hand, Event.PROMISE_MADE, {"source": "collector"})
            self._trail(hand, "promise", {"due_on": due_on.isoformat(), "amount_minor": amount})

    def _promised(self, hand: Hand, due_on: date, amount_minor: int | None) -> int:
        facts, today = hand.facts, today_of(hand.facts, hand.now)
        owed = facts.outstanding_minor
        amount = owed if amount_minor is None else amount_minor
        if not owed:
            raise DeskError("nothing_owed")
        if amount <= 0:
            raise DeskError("not_positive")
        if amount > owed:
            raise DeskError("more_than_owed")
        if due_on < today:
            raise DeskError("date_past")
        furthest = furthest_promise(facts, self.playbook.cadence_of(facts), today)
        if due_on > furthest and not self._may_exceed(hand):
            raise DeskError("date_far")
        return amount

    def _may_exceed(self, hand: Hand) -> bool:
        person = hand.store.person(hand.who)
        return person is not None and person.role in MAY_EXCEED

    def payment(
        self, case_id: int, who: int, seen: str, amount_minor: int, paid_on: date, key: str
    ) -> bool:
        """Money that came by a way we do not hear of; `key` makes the form count once.

        Returns False when it waits for a second person, as larger sums do. Codes: not_positive,
        more_than_owed, date_ahead, date_past, payment_waits (one of the case is asked already).
        """
        with self.hand(case_id, who, seen) as hand:
            _possible(hand, amount_minor, paid_on)
            if self._needs_second(hand, amount_minor):
                self._ask(hand, amount_minor, paid_on, key)
                return False
            self._book(hand, hand.who, amount_minor, paid_on, key)
            return True

    def confirm_payment(self, case_id: int, who: int, approve: bool) -> str:
        """A second person decides on money somebody recorded; who asked may withdraw it.

        Returns approved, declined or withdrawn. Codes: moved_on (nothing waits, or the case is
        closed), same_person, more_than_owed.
        """
        with self.transactions() as store:
            head = store.desk_case(case_id)
            if head is None:
                raise DeskError("moved_on")
            store.lock_debtors([head.debtor_id])
            asked, now = store.asked_payment(case_id), self.clock.now(livemode=head.livemode)
            if asked is None:
                raise DeskError("moved_on")
            if asked.asked_by == who and approve:
                raise DeskError("same_person")
            outcome = "withdrawn" if asked.asked_by == who else "declined"
            if approve:
                outcome = "approved"
                hand = Hand(store, store.facts([case_id], now)[0], now, who)
                if asked.amount_minor > hand.facts.outstanding_minor:
                    raise DeskError("more_than_owed")
                self._book(hand, asked.asked_by, asked.amount_minor, asked.paid_on, asked.key)
            store.end_asked(asked.approval_id, outcome, who, at=self.clock.real())
            store.audit(who, f"payment_{outcome}", case_id, {"asked_by": asked.asked_by}, at=now)
            return outcome

    def _needs_second(self, hand: Hand, amount_minor: int) -> bool:
        alone = Decimal(self.policy.payment_alone)
        return amount_minor > to_minor(alone, hand.facts.currency)

    def _ask(self, hand: Hand, amount_minor: int, paid_on: date, key: str) -> None:
        at = self.clock.real()
        if not hand.store.ask_payment(hand.case_id, hand.who, amount_minor, paid_on, key, at=at):
            raise DeskError("payment_waits")
        self._trail(hand, "payment_asked", {"amount_minor": amount_minor})

    def _book(self, hand: Hand, by: int, amount_minor: int, paid_on: date, key: str) -> None:
        """In the books, once for each form."""
        facts = hand.facts
        noon = datetime.combine(paid_on, time(12), zone_of(facts.portfolio.zone))
        payment = IncomingPayment(
            hand.case_id,
            amount_minor,
            facts.currency,
            BY_HAND,
            f"{by}:{key}",
            min(noon.astimezone(UTC), hand.now),
        )
        if self.settler.apply(hand.store, payment, livemode=facts.portfolio.livemode):
            told: dict[str, str | int] = {"amount_minor": amount_minor}
            self._trail(hand, "payment_recorded", {**told, "paid_on": paid_on.isoformat()})

    def dispute_over(self, case_id: int, who: int, seen: str, outcome: str) -> None:
        """How a dispute ended; the bot has the case again. What is owed is changed elsewhere
        (the ledger, a reduction), before.

        Codes: bad_outcome, no_dispute.
        """
        if outcome not in OUTCOMES:
            raise DeskError("bad_outcome")
        with self.hand(case_id, who, seen) as hand:
            if hand.facts.state is not CaseState.DISPUTED:
                raise DeskError("no_dispute")
            self._move(hand, Event.DISPUTE_RESOLVED, {"outcome": outcome})
            if hand.store.has_open_promise(case_id):
                self._promised_still(hand)
            self._trail(hand, "dispute_over", {"outcome": outcome})

    def pause(self, case_id: int, who: int, seen: str, until: date) -> None:
        """The bot leaves the case alone until that day, and so does the list.

        Codes: date_past, pause_long, not_now (disputed, closed or paused already).
        """
        with self.hand(case_id, who, seen) as hand:
            today = today_of(hand.facts, hand.now)
            if until <= today:
                raise DeskError("date_past")
            if until > today + LONGEST_PAUSE:
                raise DeskError("pause_long")
            self._move(hand, Event.PAUSED, {"until": until.isoformat()})
            zone = zone_of(hand.facts.portfolio.zone)
            resume_at = datetime.combine(until, _RESUMES, zone).astimezone(UTC)
            hand.store.begin_pause(case_id, who, until, resume_at=resume_at, at=hand.now)
            self._trail(hand, "pause", {"until": until.isoformat()})

    def resume(self, case_id: int, who: int, seen: str) -> None:
        """A paused case goes on at once. Codes: not_now."""
        with self.hand(case_id, who, seen) as hand:
            if hand.facts.state is not CaseState.PAUSED:
                raise DeskError("not_now")
            wake(hand.store, hand.facts, hand.now, actor=hand.actor)
            self._trail(hand, "resume", {})

    @contextmanager
    def hand(self, case_id: int, who: int, seen: str) -> Iterator[Hand]:
        """The case with its lane taken, in a transaction. Raises DeskError."""
        with self.transactions() as store:
            head = store.desk_case(case_id)
            if head is None:
                raise DeskError("moved_on")
            store.lock_debtors([head.debtor_id])
            held = store.holder(case_id)
            if held is not None and held != who:
                raise DeskError("not_yours" if held else "unclaimed")
            if store.case_version(case_id) != seen:
                raise DeskError("changed")
            now = self.clock.now(livemode=head.livemode)
            facts = store.facts([case_id], now)[0]
            if facts.state is CaseState.CLOSED:
                raise DeskError("moved_on")
            yield Hand(store, facts, now, who)
            store.worked(case_id, who, at=now)

    def _move(self, hand: Hand, event: Event, data: dict[str, str]) -> None:
        store, facts = hand.store, hand.facts
        try:
            take(store, hand.case_id, facts.state, event, at=hand.now, actor=hand.actor, data=data)
        except IllegalMoveError as stale:
            raise DeskError("not_now") from stale

    def _promised_still(self, hand: Hand) -> None:
        """What was promised while the case was disputed keeps it quiet until its date."""
        event, at, actor = Event.PROMISE_MADE, hand.now, hand.actor
        take(hand.store, hand.case_id, CaseState.ACTIVE, event, at=at, actor=actor)

    def _trail(self, hand: Hand, what: str, data: dict[str, str | int]) -> None:
        hand.store.audit(hand.who, what, hand.case_id, data, at=hand.now)


def _possible(hand: Hand, amount_minor: int, paid_on: date) -> None:
    """Raises DeskError for money that cannot have come."""
    today = today_of(hand.facts, hand.now)
    if amount_minor <= 0:
        raise DeskError("not_positive")
    if amount_minor > hand.facts.outstanding_minor:
        raise DeskError("more_than_owed")
    if paid_on > today:
        raise DeskError("date_ahead")
    if paid_on < today - LONGEST_AGO:
        raise DeskError("date_past")


def wake(store: CaseWorkStore, facts: CaseFacts, now: datetime, *, actor: str) -> None:
    """A paused case goes on; an open promise keeps it quiet until its date. Lane held."""
    store.end_pause(facts.case_id, at=now)
    state = take(store, facts.case_id, facts.state, Event.RESUMED, at=now, actor=actor)
    if store.has_open_promise(facts.case_id):
        take(store, facts.case_id, state, Event.PROMISE_MADE, at=now, actor=actor)


@dataclass(frozen=True)
class PauseSweeper:
    """Pauses whose day has come end by themselves."""

    transactions: Transactions[CaseWorkStore]
    clock: Clock

    def run(self, *, livemode: bool, limit: int = 500) -> int:
        """End them; returns how many."""
        now, ended = self.clock.now(livemode=livemode), 0
        while True:
            with self.transactions() as store:
                over = store.pauses_over(livemode=livemode, now=now, limit=limit)
                for facts in store.facts([case_id for _, case_id in over], now):
                    self._end(store, facts, now)
            ended += len(over)
            if len(over) < limit:
                return ended

    def _end(self, store: CaseWorkStore, facts: CaseFacts, now: datetime) -> None:
        if facts.state is CaseState.PAUSED:
            wake(store, facts, now, actor="calendar")
        else:  # money or a hand-off was quicker
            store.end_pause(facts.case_id, at=now)
