"""Everything read-only that deciding needs: cadences, calendars, rules, scripts, urgencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.domain.cadence import BusinessCalendar, Cadence
from bot.domain.facts import Account, PortfolioFacts
from bot.domain.gate import RuleSet
from bot.policy.handoffs import HandoffPolicy
from bot.scripts.calls.library import CallLibrary
from bot.scripts.library import ScriptLibrary


@dataclass(frozen=True)
class Playbook:
    """Loaded once per process; a change of policy is a restart."""

    cadences: Mapping[str, Cadence]
    calendar: Callable[[str], BusinessCalendar]  #: by ISO 3166 region
    rules: Callable[[PortfolioFacts], RuleSet]
    scripts: ScriptLibrary
    handoffs: HandoffPolicy
    calls: CallLibrary
    link_sample: str  #: a link of the true host and length that opens nothing

    def cadence_of(self, facts: Account) -> Cadence:
        """The cadence of the case's portfolio."""
        return self.cadences[facts.portfolio.cadence]

    def calendar_of(self, facts: Account) -> BusinessCalendar:
        """Working days where the portfolio is."""
        return self.calendar(facts.portfolio.region)


@cache
def zone_of(name: str) -> ZoneInfo:
    """A zone by its IANA name."""
    return ZoneInfo(name)


def today_of(facts: Account, now: datetime) -> date:
    """The day in the portfolio's zone."""
    return _day_in(facts.portfolio.zone, now)


@lru_cache(maxsize=64)
def _day_in(zone: str, now: datetime) -> date:
    """A run asks for the same instant again and again."""
    return now.astimezone(zone_of(zone)).date()
