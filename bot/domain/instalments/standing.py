"""Where a plan stands."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """The life of a plan. Only `proposed` and `active` are not ends."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  #: ended by a collector
    REPLACED = "replaced"  #: another promise or plan took its place


def is_broken(missed: int, still_open: int, broken_after: int) -> bool:
    """Whether so many instalments in arrears break a plan.

    `missed` are those beyond their grace that are not paid in full now: one that was made good
    does not count any more. A plan whose last instalment is over has no time left to make good.
    """
    return missed >= max(broken_after, 1) or (missed > 0 and not still_open)
