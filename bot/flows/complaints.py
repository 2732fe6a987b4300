"""The register of complaints: received, looked into, decided, told, each with its deadline.

A deadline is met when the complainant has been told the decision by the end of its last day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from bot.flows.playbook import zone_of
from bot.flows.ports.complaining import (
    Book,
    ComplaintFacts,
    ComplaintKind,
    ComplaintStore,
    Found,
    NewComplaint,
    Outcome,
    Source,
)
from bot.flows.ports.transactions import Clock, Transactions
from bot.policy.complaints import Term, complaint_terms, term_for

#: Complaints registered in one transaction.
CHUNK = 200

#: A complaint is registered at most this long after it was received.
OLDEST = timedelta(days=366)

LONGEST_TEXT = 4000

Chosen = TypeVar("Chosen", ComplaintKind, Outcome, Source)

WriteLetter = Callable[[ComplaintFacts, Outcome, str, date], str]
"""The letter for an outcome with its explanation, dated."""


class ComplaintError(ValueError):
    """Nothing was done.

    `code`: unknown, no_summary, no_name, bad_day, unknown_book, unknown_case, other_book, decided,
    told, undecided, no_reason, no_more_time, empty, long_text, bad_choice.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Received:
    """What somebody registers by hand. `on` is a day in the portfolio's zone."""

    code: str
    case_id: int | None
    source: str
    kind: str
    on: date | None
    complainant: str
    summary: str


@dataclass(frozen=True)
class Complaints:
    """One method per button. All raise ComplaintError."""

    transactions: Transactions[ComplaintStore]
    clock: Clock
    letter: WriteLetter

    def register(self, given: Received, by: int) -> int:
        """Register by hand; returns the complaint's number."""
        with self.transactions() as store:
            book = self._book(store, given)
            now = self.clock.now(livemode=book.livemode)
            new = _by_hand(given, book, by, now)
            complaint_id = store.add_complaint(new, at=now)
            assert complaint_id is not None
            told = {"complaint": complaint_id}
            store.audit(by, "complaint_registered", given.case_id, told, at=now)
            return complaint_id

    def sweep(self, *, livemode: bool) -> int:
        """Register every hand-off that is a complaint; returns how many."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            found = store.unregistered(livemode=livemode, limit=CHUNK)
            return sum(store.add_complaint(_of_bot(each), at=now) is not None for each in found)

    def take(self, complaint_id: int, by: int) -> None:
        """Look into it."""
        with self.transactions() as store:
            self._open(store, complaint_id, by, "complaint_taken")
            store.take_complaint(complaint_id, by)

    def note(self, complaint_id: int, by: int, text: str) -> None:
        """Write down what was found, also after it was told."""
        said = _text(text, "empty")
        with self.transactions() as store:
            facts, now = self._any(store, complaint_id)
            store.add_complaint_note(complaint_id, by, said, at=now)
            store.audit(by, "complaint_noted", facts.case_id, {"complaint": complaint_id}, at=now)

    def classify(self, complaint_id: int, by: int, kind: str) -> None:
        """Say what it is about."""
        chosen = _choice(ComplaintKind, kind)
        with self.transactions() as store:
            self._open(store, complaint_id, by, "complaint_classified")
            store.classify_complaint(complaint_id, chosen)

    def extend(self, complaint_id: int, by: int, why: str) -> None:
        """A later deadline by the next step of the term."""
        said = _text(why, "no_reason")
        with self.transactions() as store:
            facts = self._open(store, complaint_id, by, "complaint_extended")
            term = _term(facts.book)
            if facts.extended >= len(term.extend):
                raise ComplaintError("no_more_time")
            days = term.days + sum(term.extend[: facts.extended + 1])
            due = _deadline(facts.received_at, days, facts.book.zone)
            store.extend_complaint(complaint_id, due, said)

    def decide(self, complaint_id: int, by: int, outcome: str, explanation: str) -> None:
        """The decision; its letter is written now and kept as it was."""
        chosen, said = _choice(Outcome, outcome), _text(explanation, "no_reason")
        with self.transactions() as store:
            facts = self._open(store, complaint_id, by, "complaint_decided")
            now = self.clock.now(livemode=facts.book.livemode)
            letter = self.letter(facts, chosen, said, _day(now, facts.book.zone))
            store.decide_complaint(complaint_id, chosen, letter, by, at=now)

    def told(self, complaint_id: int, by: int, how: str) -> None:
        """The complainant has been told the decision; that ends it."""
        chosen = _choice(Source, how)
        with self.transactions() as store:
            facts = self._open(store, complaint_id, by, "complaint_told")
            if facts.outcome is None:
                raise ComplaintError("undecided")
            now = self.clock.now(livemode=facts.book.livemode)
            store.told_complaint(complaint_id, chosen, at=now)

    def looked(self, complaint_id: int, by: int, what: str) -> None:
        """A line of the trail: somebody opened the complaint, or its letter."""
        with self.transactions() as store:
            facts, now = self._any(store, complaint_id)
            store.audit(by, what, facts.case_id, {"complaint": complaint_id}, at=now)

    def _any(self, store: ComplaintStore, complaint_id: int) -> tuple[ComplaintFacts, datetime]:
        facts = store.complaint(complaint_id)
        if facts is None:
            raise ComplaintError("unknown")
        return facts, self.clock.now(livemode=facts.book.livemode)

    def _open(
        self, store: ComplaintStore, complaint_id: int, by: int, action: str
    ) -> ComplaintFacts:
        facts, now = self._any(store, complaint_id)
        if facts.told_at is not None:
            raise ComplaintError("told")
        store.audit(by, action, facts.case_id, {"complaint": complaint_id}, at=now)
        return facts

    def _book(self, store: ComplaintStore, given: Received) -> Book:
        if given.case_id is None:
            book = store.book(given.code)
        else:
            book = store.book_of_case(given.case_id)
            if book is None:
                raise ComplaintError("unknown_case")
            if given.code and book.code != given.code:
                raise ComplaintError("other_book")
        if book is None:
            raise ComplaintError("unknown_book")
        return book


def deadline(received: datetime, packs: list[str], zone: str) -> tuple[datetime, Term]:
    """The last instant to have told the complainant, UTC, and the term it comes from."""
    term = term_for(packs, complaint_terms())
    return _deadline(received, term.days, zone), term


def _deadline(received: datetime, days: int, zone: str) -> datetime:
    """The end of the last day in the zone; the day of receipt is not counted."""
    last = _day(received, zone) + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), zone_of(zone)).astimezone(UTC)


def _term(book: Book) -> Term:
    return term_for(list(book.packs), complaint_terms())


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(zone_of(zone)).date()


def _by_hand(given: Received, book: Book, by: int, now: datetime) -> NewComplaint:
    today = _day(now, book.zone)
    if given.on is None or not today - OLDEST <= given.on <= today:
        raise ComplaintError("bad_day")
    if not given.complainant.strip() and given.case_id is None:
        raise ComplaintError("no_name")
    noon = datetime.combine(given.on, time(12), zone_of(book.zone)).astimezone(UTC)
    received = min(noon, now)
    due, term = deadline(received, list(book.packs), book.zone)
    return NewComplaint(
        book=book,
        source=_choice(Source, given.source),
        kind=_choice(ComplaintKind, given.kind),
        received_at=received,
        due_at=due,
        rule=term.rule,
        case_id=given.case_id,
        complainant=" ".join(given.complainant.split())[:100],
        summary=_text(given.summary, "no_summary"),
        by=by,
    )


def _of_bot(found: Found) -> NewComplaint:
    due, term = deadline(found.opened_at, list(found.book.packs), found.book.zone)
    return NewComplaint(
        book=found.book,
        source=Source.BOT,
        kind=ComplaintKind.OTHER,
        received_at=found.opened_at,
        due_at=due,
        rule=term.rule,
        case_id=found.case_id,
        handoff_id=found.handoff_id,
        summary=found.summary,
    )


def _text(text: str, code: str) -> str:
    said = text.strip()
    if not said:
        raise ComplaintError(code)
    if len(said) > LONGEST_TEXT:
        raise ComplaintError("long_text")
    return said


def _choice(kinds: type[Chosen], given: str) -> Chosen:
    try:
        return kinds(given)
    except ValueError as wrong:
        raise ComplaintError("bad_choice") from wrong
