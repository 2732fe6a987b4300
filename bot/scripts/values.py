"""The placeholders' values for one case on one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.facts import CaseFacts, DebtFacts, PortfolioFacts, PromiseFacts
from bot.scripts.names import clean, masked, salutation
from bot.scripts.wording import day_text, money_text, wording

#: Not a placeholder: when set, `render` adds it to a text that does not tell how to opt out.
OPT_OUT_NOTICE = "_opt_out_notice"
#: Not a placeholder: set when the signature is an agency's and the text must name the creditor.
AGENCY = "_agency"

_NO_EXTRA: Mapping[str, str] = {}
_LINK_SHELL = "https://pay.example.com/p/"


def values_for(
    facts: CaseFacts, today: date, *, link: str = "", extra: Mapping[str, str] = _NO_EXTRA
) -> dict[str, str]:
    """All common placeholders. `today` is in the portfolio's zone.

    A value the case does not have (no due date because nothing is owed) is absent or empty;
    `render` says so when a script needs it. `extra` adds or overrides.
    """
    locale = facts.debtor.locale
    values = _desk(facts.portfolio, locale)
    values["salutation"] = salutation(facts.debtor.name, locale)
    values["name"] = masked(facts.debtor.name)
    values["today"] = day_text(today, today, locale)
    values["link"] = link
    values.update(_owed(facts, today, locale))
    values.update(_promise(facts, today, locale))
    values.update(extra)
    return values


def link_placeholder(length: int) -> str:
    """A stand-in of `length` characters, to count segments before the real link exists."""
    return (_LINK_SHELL + "x" * length)[:length]


def amount_due_minor(facts: CaseFacts, today: date) -> int:
    """What is to be paid now, minor units: all that fell due by today, else the next due day's."""
    return sum(debt.outstanding_minor for debt in _due_now(facts.open_debts, today))


def _due_now(debts: tuple[DebtFacts, ...], today: date) -> tuple[DebtFacts, ...]:
    if not debts:
        return ()
    until = max(today, debts[0].due_on)
    if debts[-1].due_on <= until:
        return debts
    return tuple([debt for debt in debts if debt.due_on <= until])


def _desk(portfolio: PortfolioFacts, locale: str) -> dict[str, str]:
    words = wording().of(locale)
    values = {
        "signature": portfolio.signature,
        "creditor": clean(portfolio.creditor),
        "phone": portfolio.phone,
        "complaint_phone": portfolio.complaint_phone,
        "payee_account": clean(portfolio.payee_account),
        "help_line": words.help_line,
        "emergency_line": words.emergency_line,
    }
    if portfolio.collector_kind == "third_party":
        values[AGENCY] = "1"
        if "us" in portfolio.packs:  # us.optout.notice, 12 CFR 1006.6(e): every message
            values[OPT_OUT_NOTICE] = words.opt_out_notice
    return values


def _owed(facts: CaseFacts, today: date, locale: str) -> dict[str, str]:
    debts = facts.open_debts
    if not debts:
        return {}
    first, now = debts[0], _due_now(debts, today)
    left = [debt.outstanding_minor for debt in debts]  # earliest first, so `now` is a prefix
    due, later = sum(left[: len(now)]), sum(left[len(now) :])
    day = day_text(first.due_on, today, locale)
    late = (today - first.due_on).days
    return {
        "total_owed": money_text(due + later, facts.currency, locale),
        "amount_due": money_text(due, facts.currency, locale),
        "earliest_amount": money_text(left[0], facts.currency, locale),
        "later_amount": money_text(later, facts.currency, locale) if later else "",
        "due_date": day,
        "due_phrase": _due_phrase(now, day, locale),
        "debt_count": str(len(debts)),
        "due_count": str(len(now)),
        "debt_ref": clean(first.ref),
        "days_past_due": str(late) if late > 0 else "",
    }


def _due_phrase(now: tuple[DebtFacts, ...], day: str, locale: str) -> str:
    words = wording().of(locale)
    several = now[-1].due_on != now[0].due_on
    return (words.due_several if several else words.due_one).format(day=day)


def _promise(facts: CaseFacts, today: date, locale: str) -> dict[str, str]:
    still_open = facts.open_promise
    promise = still_open or _latest(facts.promises)
    if promise is None:
        return {}
    amount = promise.amount_minor
    if amount is None:
        amount = amount_due_minor(facts, today)
    day = day_text(promise.due_on, today, locale)
    return {
        "promise_date": day,
        "open_promise_date": day if still_open else "",
        "promise_amount": money_text(amount, facts.currency, locale),
    }


def _latest(promises: tuple[PromiseFacts, ...]) -> PromiseFacts | None:
    return max(promises, key=lambda promise: promise.made_at, default=None)
