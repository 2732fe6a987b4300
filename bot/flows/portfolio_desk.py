"""Portfolios through the console: opened stopped and in test mode, changed, and switched live.

A new portfolio sends nothing, not even to the sandbox, until it is switched on: a ledger can be
brought in and looked at in the dry run first. Live mode needs a second person, and a book that nothing
was sent from in test mode, so that promises and replies of a trial never become real ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.instalments.limits import Limits
from bot.flows.page_looks import LookStore, NewLook, set_look
from bot.flows.ports.approvals import ApprovalStore
from bot.flows.ports.halting import HaltKind, HaltStore
from bot.flows.ports.paying import Look
from bot.flows.ports.portfolios import NewPortfolio, PortfolioStore, SenderLine
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.set_up import Offered, change_portfolio, open_portfolio

_NEW = "new portfolio"


@dataclass(frozen=True, slots=True)
class Traces:
    """What happened in a portfolio so far, as far as going live asks."""

    cases: int
    attempts: int
    replies: int
    promises: int


@dataclass(frozen=True, slots=True)
class LiveAsked:
    """Somebody wants a portfolio live, by a sender."""

    approval_id: int
    portfolio_id: int
    code: str
    sender: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime


class SwitchStore(HaltStore, LookStore, ApprovalStore, Protocol):
    """Stops, limits, looks, and what going live touches."""

    def limits(self, portfolio_id: int) -> Limits:
        """The portfolio's terms; those that grant nothing when it has none."""
        ...

    def save_limits(self, portfolio_id: int, limits: Limits) -> None:
        """Set the portfolio's terms."""
        ...

    def traces(self, code: str) -> Traces:
        """What happened in the portfolio."""
        ...

    def ask_live(self, code: str, sender: str, by: int, *, at: datetime) -> bool:
        """Wait for a second person; False when the portfolio waits already."""
        ...

    def live_asked(self, code: str | None) -> Sequence[LiveAsked]:
        """What waits, of one portfolio or of all."""
        ...

    def make_live(self, code: str, sender_id: int, *, at: datetime) -> None:
        """Live mode, by this sender; every case is looked at anew on the real clock."""
        ...


class PortfolioUnit(Protocol):
    """One transaction: portfolios and senders, stops and cases."""

    @property
    def books(self) -> PortfolioStore:
        """Portfolios and senders."""
        ...

    @property
    def rows(self) -> SwitchStore:
        """Stops and cases."""
        ...


class LiveError(ValueError):
    """The portfolio cannot go live. `codes` of what is missing, each with its remedy in words."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


@dataclass(frozen=True)
class PortfolioDesk:
    """What operators do with portfolios and senders. Methods raise SetUpError."""

    transactions: Transactions[PortfolioUnit]
    clock: Clock
    offered: Offered
    live_carrier: bool  #: whether this installation may reach real carriers

    def open(self, new: NewPortfolio, by: int) -> None:
        """A new portfolio: test mode, stopped until somebody switches it on."""
        now = self.clock.real()
        with self.transactions() as store:
            open_portfolio(store.books, new, self.offered, now)
            book = store.rows.book_id(new.code)
            store.rows.add_halt(book, HaltKind.NEW, _NEW, by, at=now)
            store.rows.audit(by, "portfolio_opened", None, {"portfolio": new.code}, at=now)

    def change(self, given: NewPortfolio, by: int) -> Mapping[str, list[Any]]:
        """Change what may change; returns what did, old and new."""
        now = self.clock.real()
        with self.transactions() as store:
            old = store.books.portfolio(given.code) or {}
            change_portfolio(store.books, given, self.offered)
            changed = _difference(old, asdict(given))
            if changed:
                told = {"portfolio": given.code, "changed": changed}
                store.rows.audit(by, "portfolio_changed", None, told, at=now)
            return changed

    def terms(self, code: str) -> tuple[Limits, Look]:
        """Limits of plans and reductions, and how the debtor's page looks. Raises LookupError."""
        with self.transactions() as store:
            book = store.rows.book_id(code)
            if book is None:
                raise LookupError(code)
            return store.rows.limits(book), store.rows.look(book)

    def set_limits(self, code: str, limits: Limits, by: int) -> None:
        """Change what may be granted without a second look."""
        now = self.clock.real()
        with self.transactions() as store:
            book = store.rows.book_id(code)
            assert book is not None
            changed = _difference(asdict(store.rows.limits(book)), asdict(limits))
            store.rows.save_limits(book, limits)
            told = {"portfolio": code, "changed": changed}
            store.rows.audit(by, "limits_changed", None, told, at=now)

    def set_look(self, code: str, look: NewLook, by: int) -> None:
        """Change the debtor's page."""
        now = self.clock.real()
        with self.transactions() as store:
            set_look(store.rows, code, look)
            store.rows.audit(by, "look_changed", None, {"portfolio": code}, at=now)

    def start_sender(self, code: str, by: int) -> bool:
        """Let a stopped sender send again; False when it was not stopped, or is not there."""
        now = self.clock.real()
        with self.transactions() as store:
            sender = store.books.sender(code)
            if sender is None or sender.stopped_reason is None:
                return False
            store.books.start_sender(sender.sender_id, at=now)
            store.rows.audit(by, "sender_started", None, {"sender": code}, at=now)
            return True

    def live_senders(self) -> Sequence[SenderLine]:
        """Senders that reach real people."""
        with self.transactions() as store:
            return [sender for sender in store.books.senders() if sender.livemode]

    def obstacles(self, code: str, sender: str) -> tuple[str, ...]:
        """Why the portfolio cannot go live by that sender; empty when it can."""
        with self.transactions() as store:
            return tuple(self._obstacles(store, code, sender))

    def ask_live(self, code: str, sender: str, by: int) -> None:
        """Ask a second person to switch the portfolio live. Raises LiveError."""
        now = self.clock.real()
        with self.transactions() as store:
            codes = self._obstacles(store, code, sender)
            if codes or not store.rows.ask_live(code, sender, by, at=now):
                raise LiveError(codes or ["asked_already"])
            told = {"portfolio": code, "sender": sender}
            store.rows.audit(by, "live_asked", None, told, at=now)

    def asked_live(self, code: str | None = None) -> Sequence[LiveAsked]:
        """What waits for a second person."""
        with self.transactions() as store:
            return store.rows.live_asked(code)

    def decide_live(self, approval_id: int, by: int, *, yes: bool) -> None:
        """The second person's answer; a yes is carried out at once. Raises LiveError."""
        now = self.clock.real()
        with self.transactions() as store:
            asked = {each.approval_id: each for each in store.rows.live_asked(None)}.get(
                approval_id
            )
            if asked is None:
                raise LiveError(["moved_on"])
            if yes and asked.asked_by == by:
                raise LiveError(["same_person"])
            outcome = "withdrawn" if asked.asked_by == by else "approved" if yes else "declined"
            if not store.rows.end_asked(approval_id, outcome, by, at=now):
                raise LiveError(["moved_on"])
            told = {"portfolio": asked.code, "sender": asked.sender}
            store.rows.audit(by, f"live_{outcome}", None, told, at=now)
            if yes:
                self._go_live(store, asked, by, now)

    def _go_live(self, store: PortfolioUnit, asked: LiveAsked, by: int, now: datetime) -> None:
        codes = self._obstacles(store, asked.code, asked.sender)
        if codes:
            raise LiveError(codes)
        sender = store.books.sender(asked.sender)
        assert sender is not None
        store.rows.make_live(asked.code, sender.sender_id, at=now)
        if any(h.code == asked.code and h.kind is HaltKind.NEW for h in store.rows.halts()):
            store.rows.lift_halt(asked.portfolio_id, by, at=now)

    def switch_on_test(self, code: str, by: int) -> bool:
        """Let a new portfolio work in test mode; False when it is not stopped as new."""
        now = self.clock.real()
        with self.transactions() as store:
            if not any(h.code == code and h.kind is HaltKind.NEW for h in store.rows.halts()):
                return False
            store.rows.lift_halt(store.rows.book_id(code), by, at=now)
            store.rows.audit(by, "portfolio_tried", None, {"portfolio": code}, at=now)
            return True

    def _obstacles(self, store: PortfolioUnit, code: str, sender: str) -> list[str]:
        book, found = store.books.portfolio(code), store.books.sender(sender)
        if book is None:
            return ["unknown"]
        if book["livemode"]:
            return ["live_already"]
        traces = store.rows.traces(code)
        wrong: dict[str, bool] = {
            "no_carrier": not self.live_carrier,
            "no_live_sender": found is None or not found.livemode,
            "sender_stopped": found is not None and found.stopped_reason is not None,
            "no_cases": traces.cases == 0,
            "tried_out": bool(traces.attempts or traces.replies or traces.promises),
        }
        return [each for each, holds in wrong.items() if holds]


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    changed = {}
    for name, value in new.items():
        now = list(value) if isinstance(value, Collection) and not isinstance(value, str) else value
        if name in old and old[name] != now:
            changed[name] = [old[name], now]
    return changed
