"""Where a case stands: what it owes, since when, and in which tier. Nothing is counted up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from bot.domain.cadence.definition import Cadence, Tier
from bot.domain.facts import CaseFacts

_BY_DUE_DATE = attrgetter("due_on")


@dataclass(frozen=True, slots=True)
class Standing:
    """The date tiers count from, days past due, and the tier."""

    anchor: date
    dpd: int
    tier: Tier

    @property
    def ends_on(self) -> date:
        """The tier's last day for this anchor."""
        to_day = self.tier.to_day
        return date.max if to_day is None else self.anchor + timedelta(days=to_day)

    @property
    def begins_on(self) -> date:
        """The tier's first day for this anchor."""
        from_day = self.tier.from_day
        return date.min if from_day is None else self.anchor + timedelta(days=from_day)


def anchor_of(facts: CaseFacts, cadence: Cadence) -> date | None:
    """The earliest due date by which more than the tolerance is owed; None when none is.

    A few cents left on an old instalment therefore neither chase anybody nor make the next
    instalment look months late.
    """
    debts = facts.debts if len(facts.debts) < 2 else sorted(facts.debts, key=_BY_DUE_DATE)
    tolerance = cadence.tolerance_minor.get(facts.currency, 0)
    owed = 0
    for debt in debts:
        owed += debt.outstanding_minor
        if owed > tolerance:
            return debt.due_on
    return None


def standing_of(facts: CaseFacts, cadence: Cadence, today: date) -> Standing | None:
    """Anchor, DPD and tier on `today` (portfolio's zone); None when nothing is to be chased."""
    anchor = anchor_of(facts, cadence)
    if anchor is None:
        return None
    dpd = (today - anchor).days
    return Standing(anchor, dpd, cadence.tier_at(dpd))


def tier_of(facts: CaseFacts, cadence: Cadence, today: date) -> Tier | None:
    """The tier on `today`, from facts alone; None when nothing above the tolerance is owed."""
    standing = standing_of(facts, cadence, today)
    return None if standing is None else standing.tier


def furthest_promise(facts: CaseFacts, cadence: Cadence, today: date) -> date:
    """The latest promise date the tier accepts.

    Counted from today, or from the due date while that lies ahead; `today` when nothing is owed.
    """
    standing = standing_of(facts, cadence, today)
    if standing is None:
        return today
    days = timedelta(days=standing.tier.furthest_promise_days)
    return max(today, standing.anchor) + days
