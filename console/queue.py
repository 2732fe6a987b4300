"""The list of hand-offs, as a collector works through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.flows.playbook import Playbook
from bot.flows.ports.transactions import Clock
from bot.store.queue_views import VIEWS, Asked
from bot.store.views import Row
from console.showing import instant, money, span
from console.tiers import tier_label
from console.words import reason_word, t, word

#: What a filter is made of; everything else in an address is left alone.
FILTER = ("show", "reason", "portfolio", "priority")


@dataclass(frozen=True, slots=True)
class Line:
    """One hand-off of the list."""

    handoff_id: int
    case_id: int
    priority: int
    priority_label: str
    reason: str
    debtor: str
    owed: str
    portfolio: str
    tier: str
    overdue: bool
    deadline: str
    deadline_at: str
    waiting: bool
    live: bool
    collector: str
    meant_for: str  #: whom it waits for, when that is somebody else
    for_me: bool
    aside: str  #: until when it is put aside
    mine: bool
    open: bool
    test: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The list in numbers: what is shown, and the whole desk."""

    shown: int
    overdue: int
    mine: int
    waiting: int
    everything: int


@dataclass(frozen=True)
class Clocks:
    """Now, for live and for test-mode rows; read once per page."""

    live: datetime
    test: datetime

    @classmethod
    def read(cls, clock: Clock) -> Clocks:
        """Ask the clock twice."""
        return cls(clock.now(livemode=True), clock.now(livemode=False))

    def of(self, row: Row) -> datetime:
        """The clock that `row`'s portfolio lives by."""
        return self.live if row["livemode"] else self.test


def asked_of(args: Mapping[str, str], me: int, books: tuple[int, ...] | None) -> Asked:
    """What an address asks for; what it cannot mean is left out."""
    shown = "mine" if args.get("mine") else args.get("show", "")
    priority = args.get("priority", "")
    return Asked(
        me,
        shown if shown in VIEWS else VIEWS[0],
        args.get("reason") or None,
        args.get("portfolio") or None,
        int(priority) if priority in {"1", "2", "3", "4"} else None,
        books,
    )


def filter_of(args: Mapping[str, Any]) -> dict[str, str]:
    """The parts of an address that make a filter."""
    return {name: str(args[name]) for name in FILTER if args.get(name)}


def lines_of(rows: Sequence[Row], clocks: Clocks, playbook: Playbook, me: int) -> list[Line]:
    """Lines in the order of `rows`."""
    return [_line(row, clocks.of(row), playbook, me) for row in rows]


def figures_of(lines: Sequence[Line], counts: Row) -> Figures:
    """What is shown, in numbers."""
    return Figures(
        len(lines),
        counts["late"],
        counts["mine"],
        sum(line.waiting for line in lines),
        counts["everything"],
    )


def deadline_words(due: datetime, now: datetime) -> str:
    """`还剩2小时5分` or `超时1天`."""
    if due < now:
        return t("queue.late_by", span=span(now - due))
    return t("queue.left", span=span(due - now))


def _line(row: Row, now: datetime, playbook: Playbook, me: int) -> Line:
    zone, due, today = row["zone"], row["due_at"], now.date()
    claimed, aside = row["state"] == "claimed", row["aside_until"]
    meant = row["assigned_to"]
    return Line(
        handoff_id=row["id"],
        case_id=row["case_id"],
        priority=row["priority"],
        priority_label=word("priority", row["priority"]),
        reason=reason_word(row["reason"]),
        debtor=row["debtor"],
        owed=money(row["owed_minor"], row["currency"]),
        portfolio=row["portfolio_name"],
        tier=tier_label(playbook, row["cadence"], row["tier"]),
        overdue=not claimed and due < now,
        deadline="" if claimed else deadline_words(due, now),
        deadline_at=instant(due, zone, today),
        waiting=row["reply_waiting"],
        live=row["live"],
        collector=row["collector"] or "",
        meant_for=row["meant_for"] if meant and meant != me else "",
        for_me=meant == me,
        aside=instant(aside, zone, today) if aside else "",
        mine=row["claimed_by"] == me,
        open=not claimed,
        test=not row["livemode"],
        disputed=row["case_state"] == "disputed",
    )
