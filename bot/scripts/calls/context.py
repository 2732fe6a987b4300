"""A turn's context from the facts of the moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.call.context import CallContext, Desk, Duties, IdentityFact
from bot.domain.facts import CaseFacts, DebtFacts, PortfolioFacts
from bot.domain.understanding import Context, Understanding
from bot.scripts.calls.spoken import spoken_in, values_spoken
from bot.scripts.calls.words import LanguageWords
from bot.scripts.names import clean, is_company
from bot.scripts.values import amount_due_minor
from bot.scripts.wording import day_text, wording

Understand = Callable[[str, Context], Understanding]

_DIGITS = re.compile(r"\d")
_INSTALMENT = re.compile(r"[-_/#第]\s*\d{1,3}\D*$")


def context_of(
    facts: CaseFacts,
    now: datetime,
    words: LanguageWords,
    understand: Understand,
    *,
    furthest: date,
    choices: tuple[date, date],
    duties: Duties,
    desk: Desk,
    id_tail: str = "",
    contact_name: str = "",
    link: bool = True,
    queue: str = "desk",
    workday: Callable[[date], bool] | None = None,
) -> CallContext:
    """The context of a call about one case.

    furthest, choices: as `bot.domain.response.Situation` has them. id_tail: the last four of the
    identity document on file, else the contract number is asked for. contact_name: whom a message
    left on a machine may name; without one none is left.
    """
    zone = ZoneInfo(facts.portfolio.zone)
    today = now.astimezone(zone).date()
    values = values_spoken(facts, today, words)
    values["contact_name"] = contact_name
    values["date_a"], values["date_b"] = (day_text(day, today, words.locale) for day in choices)
    return CallContext(
        now=now,
        zone=zone,
        values=values,
        spoken=spoken_in(words, today, facts.currency),
        understand=understand,
        owed_minor=facts.outstanding_minor,
        due_minor=amount_due_minor(facts, today),
        furthest=furthest,
        currency=facts.currency,
        identity=identity_of(facts, id_tail),
        duties=duties,
        desk=desk,
        queue=queue,
        link=link,
        payday=facts.debtor.payday,
        workday=workday,
    )


def lobby_of(
    portfolio: PortfolioFacts,
    now: datetime,
    words: LanguageWords,
    understand: Understand,
    *,
    duties: Duties,
    desk: Desk,
    queue: str = "desk",
) -> CallContext:
    """The context of an incoming call before it is known whose it is."""
    zone = ZoneInfo(portfolio.zone)
    today = now.astimezone(zone).date()
    texts = wording().of(words.locale)
    spelt = {
        "phone": portfolio.phone,
        "complaint_phone": portfolio.complaint_phone,
        "help_line": texts.help_line,
        "emergency_line": texts.emergency_line,
    }
    values = {name: words.phone(text) for name, text in spelt.items()}
    return CallContext(
        now=now,
        zone=zone,
        values={**values, "creditor": clean(portfolio.creditor), "asked_for": words.unnamed},
        spoken=spoken_in(words, today, portfolio.currency),
        understand=understand,
        owed_minor=0,
        due_minor=0,
        furthest=today,
        currency=portfolio.currency,
        known=False,
        duties=duties,
        desk=desk,
        queue=queue,
        link=False,
    )


def identity_of(facts: CaseFacts, id_tail: str) -> tuple[IdentityFact, ...]:
    """What can be asked to know the debtor by: a person's document, else the contract number."""
    company = is_company(clean(facts.debtor.name), wording())
    if id_tail and not company:
        return (IdentityFact("id_last4", frozenset({id_tail.upper()})),)
    tails = {tail for debt in facts.open_debts for tail in _contract_tails(debt)}
    return (IdentityFact("contract_last4", frozenset(tails)),) if tails else ()


def _contract_tails(debt: DebtFacts) -> set[str]:
    """The last four digits, with and without the instalment's number behind them."""
    whole, bare = debt.ref, _INSTALMENT.sub("", debt.ref)
    found = ("".join(_DIGITS.findall(text)) for text in (whole, bare))
    return {digits[-4:] for digits in found if len(digits) >= 4}
