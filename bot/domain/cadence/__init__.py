"""The cadence: which touch a case wants on a day, computed from facts alone."""

from bot.domain.cadence.calendar import BusinessCalendar
from bot.domain.cadence.decision import Decision, Quiet, decide
from bot.domain.cadence.definition import Cadence, Tier, Touch, Window
from bot.domain.cadence.standing import anchor_of, furthest_promise, tier_of

__all__ = [
    "BusinessCalendar",
    "Cadence",
    "Decision",
    "Quiet",
    "Tier",
    "Touch",
    "Window",
    "anchor_of",
    "decide",
    "furthest_promise",
    "tier_of",
]
