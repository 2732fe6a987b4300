"""The debtor's page behind `/p/<token>`: what is owed, paying all or a part, coming back.

Works without script and cookies; the token in the address is the only key. Every sentence is in
`scripts_zh/pages/pay.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.facts import CaseFacts, DebtFacts
from bot.domain.vocabulary import CaseState
from bot.flows.pay import AmountError, LinkError, PayPage, Wanted
from bot.scripts.names import clean, masked
from bot.scripts.page_words import PageWords
from bot.scripts.wording import DEFAULT_LOCALE, money_text
from webhooks.pay_form import typed_sum
from webhooks.visitors import is_person

_GONE = {"unknown": 404, "expired": 410, "revoked": 410}


@dataclass(frozen=True)
class PayParts:
    """What the page is handed. `provider_origins`: where a form's answer may lead."""

    flow: PayPage
    words: PageWords
    public_url: str
    provider_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shown:
    """One page before it is drawn; `kind` is a branch of the template."""

    kind: str
    locale: str = DEFAULT_LOCALE
    status: int = 200
    facts: CaseFacts | None = None
    error: str = ""
    typed: str = ""
    phone: str = ""
    amount_minor: int = 0


def pay_pages(parts: PayParts) -> Blueprint:
    """The blueprint."""
    pages = Blueprint(
        "pay",
        __name__,
        url_prefix="/p",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    draw = partial(_draw, parts)

    @pages.get("/<token>")
    def show(token: str) -> AnyResponse:
        opened = is_person(request.method, request.headers)
        try:
            facts = parts.flow.show(token, opened=opened).facts
        except LinkError as gone:
            return draw(_refused(gone), token)
        return draw(_standing(facts), token)

    @pages.post("/<token>")
    def begin(token: str) -> AnyResponse:
        try:
            facts = parts.flow.show(token, opened=False).facts
            shown = _standing(facts)
            if shown.kind != "owed":
                return draw(shown, token)
            return _begin(parts, token, shown)
        except LinkError as gone:
            return draw(_refused(gone), token)

    @pages.get("/<token>/back")
    def back(token: str) -> AnyResponse:
        try:
            returned = parts.flow.returned(token)
        except LinkError as gone:
            return draw(_refused(gone), token)
        shown, checkout = _standing(returned.owed.facts), returned.checkout
        told = request.args.get("result", "")
        if shown.kind == "paid":
            return draw(shown, token)
        kind = "thanks" if checkout and checkout.state == "paid" else _untold.get(told)
        if checkout is None or kind is None:
            return redirect(url_for("pay.show", token=token), 303)
        return draw(replace(shown, kind=kind, amount_minor=checkout.amount_minor), token)

    return pages


#: The provider's word, as long as its notification has not come. It proves nothing.
_untold = {"success": "wait", "failed": "failed"}


def _begin(parts: PayParts, token: str, shown: _Shown) -> AnyResponse:
    """To the provider; or the page again, with what was typed and what is wrong with it."""
    facts, form = shown.facts, request.form
    assert facts is not None
    typed = form.get("amount", "")[:40]
    back = f"{parts.public_url}/p/{token}/back"
    try:
        amount = facts.outstanding_minor
        if "all" not in form:
            amount = typed_sum(typed, facts.currency)
        elif form["all"] != str(amount):
            raise AmountError("changed")
        return redirect(parts.flow.begin(token, Wanted(amount), back).url, 303)
    except AmountError as wrong:
        return _draw(parts, replace(shown, error=wrong.code, typed=typed, status=422), token)
    except OSError:
        return _draw(parts, replace(shown, error="provider", typed=typed, status=503), token)


def _standing(facts: CaseFacts) -> _Shown:
    """Owed, paid, or closed by the desk with something left."""
    kind = "owed" if facts.outstanding_minor else "paid"
    if kind == "owed" and facts.state is CaseState.CLOSED:
        kind = "ended"
    return _Shown(kind, facts.debtor.locale, facts=facts, phone=facts.portfolio.phone)


def _refused(gone: LinkError) -> _Shown:
    locale = gone.locale or _reader()
    return _Shown(gone.code, locale, _GONE[gone.code], phone=gone.phone)


def _reader() -> str:
    """A stranger's locale, as their browser says."""
    wanted = request.accept_languages.best_match(
        ["zh-CN", "zh-Hans", "zh-TW", "zh-Hant", "zh-HK", "zh-MO"], DEFAULT_LOCALE
    )
    return {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "zh-MO": "zh-HK"}.get(wanted, wanted)


def _draw(parts: PayParts, shown: _Shown, token: str) -> AnyResponse:
    say = partial(parts.words.say, shown.locale)
    page = render_template("pay/page.html", **_values(parts, shown, say), token=token, say=say)
    return _secured(make_response(page, shown.status), parts.provider_origins)


def _values(parts: PayParts, shown: _Shown, say: Any) -> dict[str, Any]:
    facts, locale = shown.facts, shown.locale
    phone = shown.phone or say("no_phone")
    if facts is None:
        return {"shown": shown, "phone": phone, "dial": shown.phone}
    money = partial(money_text, currency=facts.currency, locale=locale)
    owed = facts.outstanding_minor
    return {
        "shown": shown,
        "phone": phone,
        "dial": shown.phone,
        "desk": facts.portfolio,
        "creditor": clean(facts.portfolio.creditor),
        "name": masked(facts.debtor.name),
        "debts": [_debt(debt, money, say) for debt in facts.open_debts],
        "owed_minor": owed,
        "owed": money(owed),
        "unit": money(0).removeprefix("0"),
        "smallest": money(1),
        "paid_now": money(shown.amount_minor),
        "online": bool(parts.flow.providers),
    }


def _debt(debt: DebtFacts, money: Any, say: Any) -> dict[str, str]:
    on = debt.due_on
    day = say("day", year=on.year, month=on.month, day=on.day)
    paid = debt.amount_minor - debt.outstanding_minor
    part = say("left_of", amount=money(debt.amount_minor), paid=money(paid)) if paid else ""
    return {
        "ref": clean(debt.ref),
        "due": say("due", day=day),
        "left": money(debt.outstanding_minor),
        "part": part,
    }


def _secured(answer: Response, form_targets: tuple[str, ...]) -> Response:
    """Nothing from elsewhere, no script at all, nothing kept, nothing told to the next site."""
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept-Language")
    return answer
