"""Where a case stands: what it owes, since when, and in which tier. Nothing is counted up."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import NamedTuple

from bot.domain.cadence.definition import Cadence, Tier
from bot.domain.cadence.hours import plus
from bot.domain.facts import Account

_BY_DUE_DATE = attrgetter("due_on")


class Standing(NamedTuple):
    """The date tiers count from, days past due, and the tier."""

    anchor: date
    dpd: int
    tier: Tier


def anchor_of(facts: Account, cadence: Cadence) -> date | None:
    """The earliest due date by which more than the tolerance is owed; None when none is.

    A few cents left on an old instalment therefore neither chase anybody nor make the next
    instalment look months late.
    """
    tolerance = cadence.tolerance_minor.get(facts.currency, 0)
    left = [debt for debt in facts.debts if debt.paid_minor < debt.amount_minor]
    if len(left) > 1:
        left.sort(key=_BY_DUE_DATE)
    owed = 0
    for debt in left:
        owed += debt.outstanding_minor
        if owed > tolerance:
            return debt.due_on
    return None


def standing_of(facts: Account, cadence: Cadence, today: date) -> Standing | None:
    """Anchor, DPD and tier on `today` (portfolio's zone); None when nothing is to be chased."""
    anchor = anchor_of(facts, cadence)
    if anchor is None:
        return None
    dpd = (today - anchor).days
    return Standing(anchor, dpd, cadence.tier_at(dpd))


def tier_of(facts: Account, cadence: Cadence, today: date) -> Tier | None:
    """The tier on `today`, from facts alone; None when nothing above the tolerance is owed."""
    standing = standing_of(facts, cadence, today)
    return None if standing is None else standing.tier


def furthest_promise(facts: Account, cadence: Cadence, today: date) -> date:
    """The latest promise date the tier accepts.

    Counted from today, or from the due date while that lies ahead; `today` when nothing is owed.
    """
    standing = standing_of(facts, cadence, today)
    if standing is None:
        return today
    return plus(max(today, standing.anchor), standing.tier.furthest_promise_days)
