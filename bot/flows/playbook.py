"""Everything read-only that deciding needs: cadences, calendars, rules, scripts, urgencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.domain.cadence import BusinessCalendar, Cadence
from bot.domain.facts import Account, CaseFacts, PortfolioFacts
from bot.domain.gate import RuleSet
from bot.flows.own_scripts import OwnScripts
from bot.policy.handoffs import HandoffPolicy
from bot.scripts.calls.library import CallLibrary
from bot.scripts.library import ScriptLibrary
from bot.scripts.script import Script


@dataclass(frozen=True)
class Playbook:
    """Loaded once per process; a change of policy is a restart, one of a portfolio's words is not."""

    cadences: Mapping[str, Cadence]
    calendar: Callable[[str], BusinessCalendar]  #: by ISO 3166 region
    rules: Callable[[PortfolioFacts], RuleSet]
    scripts: ScriptLibrary
    handoffs: HandoffPolicy
    calls: CallLibrary
    link_sample: str  #: a link of the true host and length that opens nothing
    own: OwnScripts | None = None  #: portfolios' own wording; without it all use the product's

    def script(self, script_id: str, facts: CaseFacts) -> Script:
        """The script in the debtor's locale, in the portfolio's own words where it has some.

        Raises UnknownScriptError.
        """
        locale = facts.debtor.locale
        own = self.own.pick(facts.portfolio, script_id, locale) if self.own else None
        return own or self.scripts.pick(script_id, locale)

    def ready(self, portfolios: Iterable[PortfolioFacts]) -> None:
        """Read their own wording now, so that writing a text later needs no database."""
        if self.own is not None:
            for portfolio in portfolios:
                self.own.ready(portfolio)

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
