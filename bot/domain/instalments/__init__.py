"""Instalment plans: schedules, a portfolio's limits, and when a plan is broken."""

from bot.domain.instalments.limits import Limits, objections
from bot.domain.instalments.schedule import Part, monthly
from bot.domain.instalments.standing import PlanState, is_broken
from bot.domain.instalments.wish import Wish, periods_named

__all__ = [
    "Limits",
    "Part",
    "PlanState",
    "Wish",
    "is_broken",
    "monthly",
    "objections",
    "periods_named",
]
