"""A visit of the debtor's page: proving who one is, and answering what an SMS could answer too."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cadence import furthest_promise
from bot.domain.facts import PageFacts
from bot.domain.instalments import Limits, Wish
from bot.domain.page_answers import BEFORE_VERIFYING, AnswerKind, PageAnswer
from bot.domain.vocabulary import CaseState
from bot.flows.instalments import Instalments, PlanError
from bot.flows.page_reading import as_page
from bot.flows.pay import Owed, PayPage
from bot.flows.playbook import Playbook, today_of
from bot.flows.ports.transactions import Transactions
from bot.flows.ports.visiting import Identity, NewPageReply, VisitStore

#: Wrong tries before the page says nothing more (product choice; 1 in 2,000 guesses right by luck).
MOST_TRIES = 5

#: How long wrong tries count, and so how long the page stays locked.
TRIES_WITHIN = timedelta(hours=24)

#: Nobody is promised a call further away than this.
CALL_WITHIN = timedelta(days=7)

_TAIL = 4


class AnswerError(ValueError):
    """The form cannot be taken; `code` names the sentence, `value` what it mentions."""

    def __init__(self, code: str, value: object = None) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Door:
    """Before anything is told: `by_document` says which four digits are asked for."""

    owed: Owed
    by_document: bool
    tries_left: int

    @property
    def locked(self) -> bool:
        """Only the desk's telephone helps now."""
        return self.tries_left <= 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the forms accept today. Days are the portfolio's."""

    now: datetime
    first_day: str  #: ISO, for the date field
    last_day: str
    plan: Limits
    plan_last: str  #: of the first instalment
    least_first: int  #: of the first instalment, minor units

    @property
    def offers_plan(self) -> bool:
        """Whether the portfolio has terms to fill in; else a person is asked."""
        return self.plan.most_periods >= 2


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands after an answer; `granted`: instalments that hold at once."""

    owed: Owed
    granted: bool = False


@dataclass(frozen=True)
class Visits:
    """One method per thing a visitor does. `receive` handles a stored reply, as the worker would.

    What is only read goes through `statements`, each a transaction of its own.
    """

    transactions: Transactions[VisitStore]
    statements: Transactions[VisitStore]
    page: PayPage
    playbook: Playbook
    receive: Callable[[int], bool]
    instalments: Instalments

    def door(self, owed: Owed) -> Door:
        """What stands before the details."""
        with self.statements() as store:
            identity = store.identity(owed.link.case_id)
            wrong = store.wrong_tries(owed.link.case_id, owed.at - TRIES_WITHIN)
        known = identity.id_tail or identity.phone_tails
        left = MOST_TRIES - wrong if known else 0
        return Door(owed, identity.id_tail is not None, left)

    def logo(self, token: str) -> tuple[bytes, str] | None:
        """The creditor's logo and its media type. Raises LinkError."""
        owed = self.page.show(token, opened=False)
        with self.statements() as store:
            logo = store.logo(owed.facts.portfolio.portfolio_id)
        kind = owed.link.look.logo_type
        return (logo, kind) if logo and kind else None

    def verify(self, token: str, typed: str) -> bool:
        """Whether these are the four digits; a wrong try counts. Raises LinkError, AnswerError."""
        owed = self.page.show(token, opened=False)
        given = _tidy(typed)
        if len(given) != _TAIL:
            raise AnswerError("four")
        now = owed.at
        with self.transactions() as store:
            store.hold_tries(owed.link.case_id)
            wrong = store.wrong_tries(owed.link.case_id, now - TRIES_WITHIN)
            if wrong >= MOST_TRIES:
                raise AnswerError("locked")
            passed = _is(given, store.identity(owed.link.case_id))
            store.add_try(owed.link, passed=passed, at=now)
            if passed:
                store.mark_verified(owed.link, at=now)
            elif wrong + 1 == MOST_TRIES:
                store.note(owed.link, "link_locked", {}, at=now)
        return passed

    def bounds(self, owed: Owed) -> Bounds:
        """What the forms accept."""
        facts, now = owed.facts, owed.at
        today = today_of(facts, now)
        furthest = furthest_promise(facts, self.playbook.cadence_of(facts), today)
        with self.statements() as store:
            plan = store.limits(facts.portfolio.portfolio_id)
        share = -(-facts.outstanding_minor * plan.first_percent // 100)
        return Bounds(
            now,
            today.isoformat(),
            max(furthest, today).isoformat(),
            plan,
            (today + timedelta(days=plan.first_within_days)).isoformat(),
            max(plan.least_minor, share, 1),
        )

    def answer(self, token: str, answer: PageAnswer, *, verified: bool) -> Taken:
        """Take a form: stored with its job, then handled at once. The same form is taken once.

        Raises LinkError, AnswerError.
        """
        owed = self.page.show(token, opened=False)
        if not verified and answer.kind not in BEFORE_VERIFYING:
            raise AnswerError("unverified")
        self._check(owed, answer)
        sid = f"page:{owed.link.link_id}:{answer.nonce}"
        granted = self._granted(owed, answer, sid)
        reply = NewPageReply(
            sid, owed.link, answer.words, as_page(answer), answer.files, settled=granted
        )
        with self.transactions() as store:
            reply_id = store.store_page_reply(reply, owed.at)
        if reply_id is not None and not granted:
            self.receive(reply_id)
        return Taken(self.page.show(token, opened=False), granted)

    def _granted(self, owed: Owed, answer: PageAnswer, sid: str) -> bool:
        """Proposes the plan a form asks for; whether the portfolio's rule accepted it."""
        if answer.kind is not AnswerKind.INSTALMENTS or not answer.periods:
            return False
        with self.statements() as store:
            if store.knows_reply(sid):
                return False
        wish = Wish(answer.periods, answer.day, answer.first_minor)
        try:
            asked = self.instalments.ask(owed.link.case_id, wish, source="page", reply_id=None)
        except PlanError:  # a human decides: the reply hands the case over
            return False
        return asked.active

    def _check(self, owed: Owed, answer: PageAnswer) -> None:
        facts, bounds = owed.facts, self.bounds(owed)
        if facts.state is CaseState.CLOSED and answer.kind is not AnswerKind.STOP:
            raise AnswerError("closed")
        match answer.kind:
            case AnswerKind.PROMISE:
                check_day(answer, bounds.first_day, bounds.last_day)
                _check_sum(answer.amount_minor, facts)
            case AnswerKind.INSTALMENTS:
                _check_plan(answer, facts, bounds)
            case AnswerKind.CALL:
                _check_call(answer, bounds.now)
            case AnswerKind.DISPUTE:
                if answer.dispute_kind is None:
                    raise AnswerError("dispute_kind")
            case _:
                return


def check_day(answer: PageAnswer, first: str, last: str) -> None:
    """Raises AnswerError for a day that is missing, over, or beyond what is accepted."""
    if answer.day is None:
        raise AnswerError("day_missing")
    if answer.day.isoformat() < first:
        raise AnswerError("day_over")
    if answer.day.isoformat() > last:
        raise AnswerError("day_too_far", last)


def _check_sum(amount_minor: int | None, facts: PageFacts) -> None:
    if amount_minor is not None and amount_minor <= 0:
        raise AnswerError("not_positive")
    if amount_minor is not None and amount_minor > facts.outstanding_minor:
        raise AnswerError("more_than_owed")


def _check_plan(answer: PageAnswer, facts: PageFacts, bounds: Bounds) -> None:
    limits, owed = bounds.plan, facts.outstanding_minor
    if not bounds.offers_plan:
        return
    if not 2 <= answer.periods <= limits.most_periods:
        raise AnswerError("periods")
    check_day(answer, bounds.first_day, bounds.plan_last)
    if answer.first_minor >= owed:
        raise AnswerError("more_than_owed")
    if answer.first_minor < bounds.least_first:
        raise AnswerError("first_too_small", bounds.least_first)
    if (owed - answer.first_minor) // (answer.periods - 1) < max(limits.least_minor, 1):
        raise AnswerError("rest_too_small", limits.least_minor)


def _check_call(answer: PageAnswer, now: datetime) -> None:
    if answer.call_at is None:
        raise AnswerError("call_missing")
    if answer.call_at <= now:
        raise AnswerError("call_over")
    if answer.call_at > now + CALL_WITHIN:
        raise AnswerError("call_too_far")


def _tidy(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def _is(given: str, identity: Identity) -> bool:
    """The document's end, or any of the debtor's telephones' where none is on file."""
    tails = (identity.id_tail,) if identity.id_tail else identity.phone_tails
    return any(hmac.compare_digest(given.encode(), tail.encode()) for tail in tails)
