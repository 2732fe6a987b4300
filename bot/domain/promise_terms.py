"""What a promise comes to: its amount when only a part was named, and its outcome."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.vocabulary import Portion, PromiseState


def promised_minor(owed_minor: int, named_minor: int | None, portion: Portion | None) -> int:
    """The promised sum: the figure named (never more than is owed), the half, or all of it."""
    if named_minor is not None and named_minor > 0:
        return min(named_minor, owed_minor)
    if portion is Portion.HALF:
        return -(-owed_minor // 2)
    return owed_minor


def is_over(due_on: date, grace_days: int, today: date) -> bool:
    """True once the date and its grace have passed (`today` in the portfolio's zone)."""
    return today > due_on + timedelta(days=grace_days)


def outcome(promised: int, paid: int, *, over: bool) -> PromiseState:
    """Kept as soon as it is paid; otherwise open until it is over, then partial or broken."""
    if paid >= promised:
        return PromiseState.KEPT
    if not over:
        return PromiseState.OPEN
    return PromiseState.PARTIAL if paid else PromiseState.BROKEN
