"""How a case is spoken of on the phone: whom we ask for, figures read out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.call.context import Spoken
from bot.domain.facts import CaseFacts
from bot.scripts.calls.words import LanguageWords
from bot.scripts.names import clean, is_company, salutation, shorten, surname
from bot.scripts.values import amount_due_minor, values_for
from bot.scripts.wording import day_text, time_text, wording

#: Values that hold a sum, said in spoken units instead.
_SPELT_OUT = ("phone", "complaint_phone", "help_line", "emergency_line")


def values_spoken(facts: CaseFacts, today: date, words: LanguageWords) -> dict[str, str]:
    """The values of a call about the case, as they are said aloud. `today` in the portfolio's zone."""
    values = values_for(facts, today)
    values.update(_sums(facts, today, words))
    for name in _SPELT_OUT:
        if values.get(name):
            values[name] = words.phone(values[name])
    values["asked_for"] = asked_for(facts.debtor.name, words)
    values["company"] = "1" if is_company(clean(facts.debtor.name), wording()) else ""
    return values


def _sums(facts: CaseFacts, today: date, words: LanguageWords) -> Mapping[str, str]:
    debts, currency = facts.open_debts, facts.currency
    if not debts:
        return {}
    due = amount_due_minor(facts, today)
    promise = facts.open_promise or max(facts.promises, key=lambda p: p.made_at, default=None)
    sums = {
        "amount_due": due,
        "total_owed": facts.outstanding_minor,
        "earliest_amount": debts[0].outstanding_minor,
    }
    if promise is not None:
        sums["promise_amount"] = due if promise.amount_minor is None else promise.amount_minor
    return {name: words.amount(minor, currency) for name, minor in sums.items()}


def asked_for(name: str, words: LanguageWords) -> str:
    """`马先生或马女士`, a company's name; 机主本人 when it is neither."""
    rules, plain = wording(), clean(name)
    if is_company(plain, rules):
        return shorten(plain, rules)
    if salutation(name, words.locale) == rules.of(words.locale).unnamed:
        return words.unnamed
    return words.person.format(surname=surname(plain.replace(" ", ""), rules))


def spoken_in(words: LanguageWords, today: date, currency: str) -> Spoken:
    """Days, sums and hours in the language's words."""
    return Spoken(
        day=lambda day: day_text(day, today, words.locale),
        money=lambda minor: words.amount(minor, currency),
        time=lambda at: time_text(at, today, words.locale),
    )
