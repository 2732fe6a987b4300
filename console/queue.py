"""The list of hand-offs, as a collector works through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows.playbook import Playbook
from bot.flows.ports.transactions import Clock
from bot.store.views import Row
from console.showing import instant, money, span
from console.tiers import tier_label
from console.words import reason_word, word


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
    collector: str
    mine: bool
    test: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The list in four numbers."""

    shown: int
    overdue: int
    mine: int
    waiting: int


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


def lines_of(
    rows: Sequence[Row], clocks: Clocks, playbook: Playbook, collector_id: int
) -> list[Line]:
    """Lines in the order of `rows`."""
    return [_line(row, clocks.of(row), playbook, collector_id) for row in rows]


def figures_of(lines: Sequence[Line]) -> Figures:
    """What is shown, in numbers."""
    return Figures(
        len(lines),
        sum(line.overdue for line in lines),
        sum(line.mine for line in lines),
        sum(line.waiting for line in lines),
    )


def deadline_words(due: datetime, now: datetime) -> str:
    """`还剩2小时5分` or `超时1天`."""
    return f"超时{span(now - due)}" if due < now else f"还剩{span(due - now)}"


def _line(row: Row, now: datetime, playbook: Playbook, collector_id: int) -> Line:
    zone, due = row["zone"], row["due_at"]
    today = now.date()
    claimed = row["state"] == "claimed"
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
        collector=row["collector"] or "",
        mine=row["claimed_by"] == collector_id,
        test=not row["livemode"],
        disputed=row["case_state"] == "disputed",
    )
