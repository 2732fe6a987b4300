"""The debtor's page behind `/p/<token>`: proving who one is, what is owed, paying, coming back.

Works without script. Nothing of the debt is told, and no cookie set, before the last four digits
were right. Every sentence is in `scripts_zh/pages/pay.yaml`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.flows.pay import AmountError, LinkError, Owed, Wanted
from bot.flows.ports.paying import Started
from bot.flows.visit import AnswerError
from bot.payments.qr import svg_of
from webhooks.page_headers import secured
from webhooks.page_look import sheet
from webhooks.pass_cookie import COOKIE, LIFETIME
from webhooks.pay_form import typed_sum
from webhooks.pay_view import PayParts, Shown, address, refused, standing, too_fast, values
from webhooks.visitors import is_person

#: The provider's word, as long as its notification has not come. It proves nothing.
_UNTOLD = {"success": "wait", "failed": "failed"}

#: Kinds that tell what is owed or paid, and so only to who verified.
_DETAILS = frozenset({"owed", "wait", "thanks", "failed", "code", "answer"})

#: Template of each kind; the others are told in one.
_TEMPLATES = {
    "owed": "owed",
    "door": "door",
    "code": "code",
    "answer": "answer",
    "quiet": "answer",
    "done": "done",
}


class Pages:
    """Draws pages and knows who verified."""

    def __init__(
        self, parts: PayParts, now: Callable[[], datetime], nonce: Callable[[], str]
    ) -> None:
        self.parts = parts
        self.nonce = nonce
        self._now = now

    def verified(self, token: str) -> bool:
        """Whether this browser proved who it is for this link, not long ago."""
        return self.parts.passes.holds(request.cookies.get(COOKIE, ""), token, self._now())

    def draw(self, shown: Shown, token: str) -> AnyResponse:
        """The page, or the door in front of it."""
        if shown.kind in _DETAILS and not self.verified(token):
            assert shown.owed is not None
            return self.door(shown.owed, token)
        name = _TEMPLATES.get(shown.kind, "told")
        page = render_template(f"pay/{name}.html", **values(self.parts, shown, token))
        return secured(make_response(page, shown.status), self.parts.provider_origins)

    def door(self, owed: Owed, token: str, error: AnswerError | None = None) -> AnyResponse:
        """Asks for the last four digits; says no more than the creditor and a masked name."""
        door = self.parts.visits.door(owed)
        wrong = "" if door.locked or error is None else error.code
        shown = replace(
            standing(owed),
            kind="door",
            error=wrong,
            error_value=door.tries_left,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            more={"door": door, "next": request.path},
        )
        return self.draw(shown, token)

    def admit(self, token: str) -> AnyResponse:
        """On to the details, with the pass."""
        answer = redirect(address("show", token), HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            COOKIE,
            self.parts.passes.make(token, self._now()),
            max_age=LIFETIME,
            path=f"/p/{token}",
            secure=self.parts.public_url.startswith("https:"),
            httponly=True,
            samesite="Lax",  # coming back from the provider is a visit from elsewhere
        )
        return answer

    def guarded(self, view: Callable[..., AnyResponse]) -> Callable[..., AnyResponse]:
        """Refuses who asks too often; tells what became of a link that cannot be used."""

        @wraps(view)
        def guard(token: str, **more: Any) -> AnyResponse:
            key = hashlib.sha256(token.encode()).hexdigest()
            if not (
                self.parts.addresses.take(request.remote_addr or "") and self.parts.links.take(key)
            ):
                answer = self.draw(too_fast(), token)
                answer.headers["Retry-After"] = "30"
                return answer
            try:
                return view(token, **more)
            except LinkError as gone:
                return self.draw(refused(gone), token)

        return guard


def add_pay_pages(pages: Blueprint, site: Pages) -> None:
    """`/p/<token>`, its check, its provider's way back and its look."""
    parts = site.parts

    @pages.get("/<token>")
    @site.guarded
    def show(token: str) -> AnyResponse:
        opened = is_person(request.method, request.headers)
        return site.draw(standing(parts.flow.show(token, opened=opened)), token)

    @pages.post("/<token>")
    @site.guarded
    def begin(token: str) -> AnyResponse:
        shown = standing(parts.flow.show(token, opened=False))
        if shown.kind != "owed" or not site.verified(token):
            return site.draw(shown, token)
        return _begin(site, token, shown)

    @pages.post("/<token>/verify")
    @site.guarded
    def verify(token: str) -> AnyResponse:
        owed = parts.flow.show(token, opened=False)
        try:
            if parts.visits.verify(token, request.form.get("digits", "")[:20]):
                return site.admit(token)
            return site.door(owed, token, AnswerError("not_these"))
        except AnswerError as wrong:
            return site.door(owed, token, wrong)

    @pages.get("/<token>/back")
    @site.guarded
    def back(token: str) -> AnyResponse:
        return _back(site, token)

    _add_look(pages, site)


def _add_look(pages: Blueprint, site: Pages) -> None:
    parts = site.parts

    @pages.get("/<token>/look.css")
    @site.guarded
    def look(token: str) -> AnyResponse:
        found = parts.flow.show(token, opened=False)
        return _kept(Response(sheet(found.link.look.colour), mimetype="text/css"))

    @pages.get("/<token>/logo")
    @site.guarded
    def logo(token: str) -> AnyResponse:
        found = parts.visits.logo(token)
        if found is None:
            abort(404)
        return _kept(Response(found[0], mimetype=found[1]))


def _kept(answer: Response) -> Response:
    answer = secured(answer, ())
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _back(site: Pages, token: str) -> AnyResponse:
    returned = site.parts.flow.returned(token)
    shown, checkout = standing(returned.owed), returned.checkout
    if shown.kind == "paid":
        return site.draw(shown, token)
    told = _UNTOLD.get(request.args.get("result", ""))
    kind = "thanks" if checkout and checkout.state == "paid" else told
    if checkout is None or kind is None:
        return redirect(address("show", token), HTTPStatus.SEE_OTHER)
    return site.draw(replace(shown, kind=kind, amount_minor=checkout.amount_minor), token)


def _begin(site: Pages, token: str, shown: Shown) -> AnyResponse:
    """To the provider; or the page again, with what was typed and what is wrong with it."""
    form = request.form
    typed = {name: form.get(name, "")[:40] for name in ("amount", "provider")}
    shown = replace(shown, typed=typed)
    try:
        amount, debt_id = _wanted_sum(shown, typed["amount"])
        visitor = request.remote_addr or ""
        wanted = Wanted(amount, typed["provider"], visitor, _on_phone(), debt_id)
        back = f"{site.parts.public_url}{address('back', token)}"
        started = site.parts.flow.begin(token, wanted, back.partition("?")[0])
    except AmountError as wrong:
        return site.draw(replace(shown, error=wrong.code, status=422), token)
    except OSError:
        return site.draw(replace(shown, error="provider", status=503), token)
    if started.qr:
        return site.draw(_code(site, shown, started, wanted), token)
    return redirect(started.url, HTTPStatus.SEE_OTHER)


def _code(site: Pages, shown: Shown, started: Started, wanted: Wanted) -> Shown:
    label = site.parts.words.say(shown.locale, "code_label")
    drawn = svg_of(started.qr, label=label)
    more = {"code": drawn, "provider": wanted.provider or site.parts.flow.takes(_owed(shown))[0]}
    return replace(shown, kind="code", amount_minor=wanted.amount_minor, more=more)


def _owed(shown: Shown) -> Owed:
    assert shown.owed is not None
    return shown.owed


def _wanted_sum(shown: Shown, typed: str) -> tuple[int, int | None]:
    """All, the instalment or the debt as it was shown, or what was typed; and that debt.

    Raises AmountError.
    """
    facts, form = _owed(shown).facts, request.form
    if "all" in form:
        if form["all"] != str(facts.outstanding_minor):
            raise AmountError("changed")
        return facts.outstanding_minor, None
    if "plan" in form:
        if form["plan"] != str(facts.next_instalment_minor) or not facts.instalments:
            raise AmountError("changed")
        return facts.next_instalment_minor, None
    if "debt" in form:
        left = {f"{d.debt_id}:{d.outstanding_minor}": d for d in facts.open_debts}
        if form["debt"] not in left:
            raise AmountError("changed")
        return left[form["debt"]].outstanding_minor, left[form["debt"]].debt_id
    return typed_sum(typed, facts.currency), None


def _on_phone() -> bool:
    """A browser on a phone; the one inside WeChat cannot open its own payment page."""
    agent = request.headers.get("User-Agent", "")
    return "Mobile" in agent and "MicroMessenger" not in agent
