"""What the debtor's page says: one page before it is drawn, and the values its template needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import request, url_for

from bot.domain.facts import DebtFacts, PageFacts
from bot.domain.money import plain
from bot.domain.transfer_reference import reference_of
from bot.domain.vocabulary import CaseState
from bot.flows.pay import LinkError, Owed, PayPage
from bot.flows.ports.paying import Look
from bot.flows.visit import Visits
from bot.scripts.names import clean, masked
from bot.scripts.page_words import PAGE_LOCALES, PageWords
from bot.scripts.wording import DEFAULT_LOCALE, money_text
from webhooks.buckets import Buckets
from webhooks.pass_cookie import Passes

_GONE = {"unknown": 404, "expired": 410, "revoked": 410}
_READERS = {
    "zh-Hans": "zh-CN",
    "zh-SG": "zh-CN",
    "zh-Hant": "zh-TW",
    "zh-MO": "zh-HK",
    "zh": "zh-CN",
}


@dataclass(frozen=True)
class PayParts:
    """What the page is handed. `provider_origins`: where a form's answer may lead."""

    flow: PayPage
    visits: Visits
    words: PageWords
    public_url: str
    passes: Passes
    links: Buckets
    addresses: Buckets
    provider_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One page before it is drawn; `kind` is a template, or a branch of the one that tells."""

    kind: str
    locale: str = DEFAULT_LOCALE
    status: int = 200
    owed: Owed | None = None
    error: str = ""
    error_value: object = None
    typed: Mapping[str, str] | None = None
    phone: str = ""
    amount_minor: int = 0
    more: Mapping[str, Any] | None = None

    @property
    def facts(self) -> PageFacts | None:
        """Of the case, where there is one."""
        return self.owed.facts if self.owed else None


def standing(owed: Owed) -> Shown:
    """Owed, paid, or closed by the desk with something left."""
    facts = owed.facts
    kind = "owed" if facts.outstanding_minor else "paid"
    if kind == "owed" and facts.state is CaseState.CLOSED:
        kind = "ended"
    return Shown(kind, locale_of(facts.locale), owed=owed, phone=facts.portfolio.phone)


def refused(gone: LinkError) -> Shown:
    """A link that cannot be used."""
    locale = chosen_locale() or gone.locale or _reader()
    return Shown(gone.code, locale, _GONE[gone.code], phone=gone.phone)


def too_fast() -> Shown:
    """Asked too often."""
    return Shown("too_fast", chosen_locale() or _reader(), 429)


def chosen_locale() -> str:
    """What the visitor chose on the page; empty when they chose nothing."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in PAGE_LOCALES else ""


def locale_of(debtors: str) -> str:
    """What the visitor chose, else the debtor's."""
    return chosen_locale() or debtors


def _reader() -> str:
    """A stranger's locale, as their browser says."""
    known = [*PAGE_LOCALES, *_READERS]
    wanted = request.accept_languages.best_match(known, DEFAULT_LOCALE) or DEFAULT_LOCALE
    return _READERS.get(wanted, wanted)


def page_money(minor: int, currency: str, locale: str) -> str:
    """`2047.50元`; in English `CNY 2,047.50`."""
    if locale != "en":
        return money_text(minor, currency, locale)
    whole, dot, part = plain(minor, currency).partition(".")
    return f"{currency} {int(whole):,}{dot}{part}"


def address(name: str, token: str, **more: Any) -> str:
    """The address of one of the link's pages, in the language that was chosen."""
    return addresses(token)(name, **more)


def addresses(token: str) -> Callable[..., str]:
    """`address` for one page: the language is looked up once."""
    lang = chosen_locale() or None  # Flask leaves out what is None

    def to(name: str, **more: Any) -> str:
        return url_for(f"pay.{name}", token=token, lang=lang, **more)

    return to


def values(parts: PayParts, shown: Shown, token: str) -> dict[str, Any]:
    """Everything the template may use."""
    say = partial(parts.words.say, shown.locale)
    every = {
        "shown": shown,
        "say": say,
        "to": addresses(token),
        "token": token,
        "languages": _languages(parts, shown.locale),
        "phone": shown.phone or say("no_phone"),
        "dial": shown.phone,
        "look": shown.owed.link.look if shown.owed else Look(),
        "typed": shown.typed or {},
        "wrong": "",
        "day": partial(day_words, say=say),
        **(shown.more or {}),
    }
    if shown.owed is None:
        return every
    money = partial(page_money, currency=shown.owed.facts.currency, locale=shown.locale)
    every |= _of_case(parts, shown.owed, shown.amount_minor, money, say)
    if shown.error:
        every["wrong"] = _wrong(shown, every, money, say)
    return every


def _languages(parts: PayParts, current: str) -> list[tuple[str, str]]:
    """Locale and its own name, of those one can change to."""
    return [
        (locale, parts.words.say(locale, "language"))
        for locale in PAGE_LOCALES
        if locale != current
    ]


def _of_case(parts: PayParts, owed: Owed, paid_now: int, money: Any, say: Any) -> dict[str, Any]:
    facts = owed.facts
    sum_minor = facts.outstanding_minor
    return {
        "desk": facts.portfolio,
        "creditor": clean(facts.portfolio.creditor),
        "name": masked(facts.name),
        "debts": [_debt(debt, money, say) for debt in facts.open_debts],
        "plan": [
            {"day": day_words(on.isoformat(), say), "left": money(left)}
            for on, left in facts.instalments
        ],
        "next_minor": facts.next_instalment_minor,
        "next": money(facts.next_instalment_minor),
        "owed_minor": sum_minor,
        "owed": money(sum_minor),
        "money": money,
        "unit": facts.currency if money.keywords["locale"] == "en" else money(0).lstrip("0"),
        "smallest": money(1),
        "paid_now": money(paid_now),
        "providers": parts.flow.takes(owed),
        "reference": reference_of(facts.case_id),
    }


def day_words(iso: str, say: Any) -> str:
    """`2026年3月9日` of an ISO day."""
    on = date.fromisoformat(iso)
    return str(say("day", year=on.year, month=on.month, day=on.day))


def _wrong(shown: Shown, every: Mapping[str, Any], money: Any, say: Any) -> str:
    told = shown.error_value
    if shown.error.endswith("small"):
        told = money(told)
    elif shown.error == "day_too_far":
        told = day_words(str(told), say)
    return str(
        say(
            f"error_{shown.error}",
            amount=every["owed"],
            smallest=every["smallest"],
            phone=every["phone"],
            value=told,
        )
    )


def _debt(debt: DebtFacts, money: Any, say: Any) -> dict[str, Any]:
    on = debt.due_on
    day = say("day", year=on.year, month=on.month, day=on.day)
    paid = debt.amount_minor - debt.outstanding_minor
    notes = []
    if paid:
        notes.append(say("left_of", amount=money(debt.amount_minor), paid=money(paid)))
    if fee := getattr(debt, "fee_minor", 0):
        notes.append(say("with_fee", amount=money(fee)))
    if waived := getattr(debt, "waived_minor", 0):
        notes.append(say("waived", amount=money(waived)))
    return {
        "id": debt.debt_id,
        "minor": debt.outstanding_minor,
        "ref": clean(debt.ref),
        "due": say("due", day=day),
        "left": money(debt.outstanding_minor),
        "notes": notes,
    }
