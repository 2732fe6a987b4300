"""Portfolios: the list, opening one, changing one, and switching it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.instalments.limits import Limits
from bot.domain.money import plain, to_minor
from bot.domain.rights import Right
from bot.domain.vocabulary import AllocationOrder
from bot.flows.page_looks import NewLook
from bot.flows.portfolio_desk import LiveError
from bot.flows.ports.portfolios import NewPortfolio
from bot.flows.set_up import COLLECTOR_KINDS, SetUpError
from console.guard import needs
from console.moments import moment
from console.own_books import own_book, own_books
from console.parts import ConsoleParts
from console.pause_routes import view as halt_view
from console.words import t, word

_TEXTS = (
    "code",
    "name",
    "creditor",
    "creditor_key",
    "signature",
    "zone",
    "region",
    "currency",
    "cadence",
    "sender",
    "collector_kind",
    "phone",
    "complaint_phone",
    "payee_account",
    "contact_name",
    "allocation",
)

#: What cases were made by: shown, not changed.
_FIXED = ("code", "creditor", "creditor_key", "zone", "region", "currency")

_EMPTY = {
    "zone": "Asia/Shanghai",
    "region": "CN",
    "currency": "CNY",
    "collector_kind": "first_party",
    "allocation": "oldest_due_first",
    "grace_days": 1,
}

_WHOLE = {
    "most_periods": (0, 36),
    "first_within_days": (0, 60),
    "first_percent": (0, 100),
    "broken_after": (1, 12),
    "reduction_percent": (0, 100),
}
_SUMS = ("least_minor", "reduction_minor")


def add_portfolio_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/portfolios` and what lies below."""

    @pages.get("/portfolios")
    @needs(Right.OPERATE)
    def portfolios() -> str:
        with parts.operations.views() as views:
            halts = {halt.code: halt_view(parts, halt) for halt in views.halts()}
        return render_template(
            "console/portfolios.html", books=own_books(parts), halts=halts, all_halted=None in halts
        )

    @pages.get("/portfolios/new")
    @needs(Right.OPERATE)
    def portfolio_new() -> str:
        return _form(parts, _EMPTY, ["cn"], new=True)

    @pages.post("/portfolios/new")
    @needs(Right.OPERATE)
    def portfolio_open() -> AnyResponse | tuple[str, int]:
        typed, packs = request.form, request.form.getlist("packs")
        try:
            parts.operations.portfolios.open(_typed(typed), g.person.collector_id)
        except SetUpError as wrong:
            return _form(parts, typed, packs, new=True, problems=wrong), 422
        flash(t("portfolio.opened"), "good")
        return redirect(url_for("console.portfolio", code=typed["code"].strip()), 303)

    @pages.get("/portfolios/<code>")
    @needs(Right.OPERATE)
    def portfolio(code: str) -> str:
        return _page(parts, own_book(parts, code, Right.OPERATE))

    @pages.post("/portfolios/<code>")
    @needs(Right.OPERATE)
    def portfolio_change(code: str) -> AnyResponse | tuple[str, int]:
        book = own_book(parts, code, Right.OPERATE)
        try:
            _change(parts, book)
        except SetUpError as wrong:
            return _page(parts, book, problems=wrong), 422
        return redirect(url_for("console.portfolio", code=code), 303)


def add_live_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """Asking for live mode, and `/console/live`: the second person's answer."""

    @pages.post("/portfolios/<code>/live")
    @needs(Right.OPERATE)
    def portfolio_live(code: str) -> AnyResponse:
        own_book(parts, code, Right.OPERATE)
        sender, who = request.form.get("sender", ""), g.person.collector_id
        try:
            parts.operations.portfolios.ask_live(code, sender, who)
        except LiveError as wrong:
            flash(_why_not(wrong), "bad")
        else:
            flash(t("on.asked"), "good")
        return redirect(url_for("console.portfolio", code=code), 303)

    @pages.get("/live")
    @needs(Right.APPROVE_LIVE)
    def live() -> str:
        return render_template("console/live.html", asked=_asked(parts))

    @pages.post("/live/<int:approval_id>")
    @needs(Right.APPROVE_LIVE)
    def live_decide(approval_id: int) -> AnyResponse:
        yes, who = request.form.get("do") == "approve", g.person.collector_id
        try:
            parts.operations.portfolios.decide_live(approval_id, who, yes=yes)
        except LiveError as wrong:
            flash(_why_not(wrong), "bad")
        else:
            flash(t("on.live_now" if yes else "on.declined"), "good")
        return redirect(url_for("console.live"), 303)


def live_waiting(parts: ConsoleParts) -> int:
    """How many portfolios wait for a second person."""
    return len(parts.operations.portfolios.asked_live())


def _why_not(wrong: LiveError) -> str:
    return t("on.gone", why="; ".join(word("obstacle", code) for code in wrong.codes))


def _asked(parts: ConsoleParts) -> list[dict[str, Any]]:
    """What waits, with what one has to know to answer."""
    now = parts.clock.real()
    shown = []
    for each in parts.operations.portfolios.asked_live():
        if not g.person.sees(each.portfolio_id):
            continue
        book = own_book(parts, each.code, Right.APPROVE_LIVE)
        with parts.operations.views() as views:
            counts = next(row for row in views.portfolios() if row["id"] == each.portfolio_id)
        shown.append(
            {
                "ask": each,
                "book": book,
                "cases": counts["open_cases"],
                "at": moment(each.asked_at, book["zone"], now),
                "own": each.asked_by == g.person.collector_id,
            }
        )
    return shown


def _change(parts: ConsoleParts, book: Mapping[str, Any]) -> None:
    """Raises SetUpError."""
    desk, who, code = parts.operations.portfolios, g.person.collector_id, book["code"]
    match request.form.get("do"):
        case "limits":
            limits = _limits(parts, book)
            if limits is None:
                flash(t("limits.wrong"), "bad")
                return
            desk.set_limits(code, limits, who)
        case "look":
            desk.set_look(code, _look(), who)
        case "try":
            if not desk.switch_on_test(code, who):
                flash(t("portfolio.moved_on"), "warn")
                return
        case _:
            kept = {name: book[name] for name in _FIXED}
            changed = replace(_typed({**request.form, **kept}), livemode=book["livemode"])
            if not desk.change(changed, who):
                flash(t("portfolio.same"), "warn")
                return
    flash(t("saved"), "good")


def _typed(form: Mapping[str, Any]) -> NewPortfolio:
    """What was typed; what is empty and has a usual value gets it."""
    text = {name: str(form.get(name) or "").strip() for name in _TEXTS}
    days = str(form.get("grace_days", "1")).strip()
    packs = request.form.getlist("packs")
    given: dict[str, Any] = {
        **text,
        "name": text["name"] or text["code"],
        "creditor_key": text["creditor_key"] or text["creditor"],
        "complaint_phone": text["complaint_phone"] or text["phone"],
        "region": text["region"].upper(),
        "currency": text["currency"].upper(),
        "packs": tuple(dict.fromkeys(packs)),
        "grace_days": int(days) if days.isdigit() else -1,
    }
    return NewPortfolio(**given)


def _limits(parts: ConsoleParts, book: Mapping[str, Any]) -> Limits | None:
    """What was typed; None when a figure is none or out of bounds."""
    old, _ = parts.operations.portfolios.terms(book["code"])
    values: dict[str, Any] = {"accept_by_rule": request.form.get("accept_by_rule") == "1"}
    try:
        for name, (least, most) in _WHOLE.items():
            values[name] = int(request.form.get(name, ""))
            if not least <= values[name] <= most:
                return None
        for name in _SUMS:
            values[name] = to_minor(Decimal(request.form.get(name, "")), book["currency"])
            if values[name] < 0:
                return None
    except (ValueError, InvalidOperation):
        return None
    return replace(old, **values)


def _look() -> NewLook:
    form = request.form
    return NewLook(
        colour=form.get("colour", "").strip(),
        bank_details=form.get("bank_details", "").strip(),
        complaint_address=form.get("complaint_address", "").strip(),
        privacy=form.get("privacy", "").strip(),
    )


def _form(
    parts: ConsoleParts,
    typed: Mapping[str, Any],
    packs: list[str],
    *,
    new: bool,
    problems: SetUpError | None = None,
) -> str:
    return render_template(
        "console/portfolio_new.html",
        typed=typed,
        packs=packs,
        choices=_choices(parts, live=False),
        problems=_problems(problems),
        new=new,
    )


def _choices(parts: ConsoleParts, *, live: bool) -> dict[str, Any]:
    offered = parts.operations.portfolios.offered
    with parts.operations.views() as views:
        senders = views.senders(live=parts.clock.real(), test=parts.clock.real())
    return {
        "cadence": sorted(offered.cadences),
        "packs": [pack for pack in sorted(offered.packs) if pack != "base"],
        "currency": sorted(offered.currencies),
        "collector_kind": COLLECTOR_KINDS,
        "allocation": [order.value for order in AllocationOrder],
        "sender": [(row["code"], row["address"]) for row in senders if row["livemode"] == live],
    }


def _page(parts: ConsoleParts, book: dict[str, Any], *, problems: SetUpError | None = None) -> str:
    code, now = book["code"], parts.clock.real()
    limits, look = parts.operations.portfolios.terms(code)
    typed = {**book, **request.form} if request.form.get("do") == "change" else book
    with parts.operations.views() as views:
        halts = {halt.code: halt_view(parts, halt) for halt in views.halts()}
        uploads = views.uploads(code, limit=5)
        imports = views.imports(book["id"], limit=5)
    return render_template(
        "console/portfolio.html",
        book=book,
        typed=typed,
        packs=request.form.getlist("packs") if problems else book["packs"],
        choices=_choices(parts, live=book["livemode"]),
        problems=_problems(problems),
        halt=halts.get(code) or halts.get(None),
        new=bool(halts.get(code) and halts[code]["new"]),
        limits=limits,
        sums={name: plain(getattr(limits, name), book["currency"]) for name in _SUMS},
        look=look,
        whole=_WHOLE,
        uploads=[
            {"upload": each, "at": moment(each.uploaded_at, book["zone"], now)} for each in uploads
        ],
        imports=[{**row, "at": moment(row["at"], book["zone"], now)} for row in imports],
        going=_going(parts, code),
        **_live_choices(parts, book),
    )


def _live_choices(parts: ConsoleParts, book: Mapping[str, Any]) -> dict[str, Any]:
    """Live senders, and what keeps the book from going live by the first of them."""
    if book["livemode"]:
        return {"live_senders": [], "obstacles": []}
    senders = parts.operations.portfolios.live_senders()
    first = senders[0].code if senders else ""
    codes = parts.operations.portfolios.obstacles(book["code"], first)
    return {
        "live_senders": senders,
        "obstacles": [word("obstacle", each) for each in codes],
    }


def _going(parts: ConsoleParts, code: str) -> Any:
    """The ask that waits, if one does."""
    for each in parts.operations.portfolios.asked_live(code):
        return t("on.waiting", name=each.asked_by_name, sender=each.sender)
    return None


def _problems(wrong: SetUpError | None) -> list[dict[str, str]]:
    if wrong is None:
        return []
    return [
        {
            "field": problem.field,
            "name": word("portfolio_field", problem.field),
            "remedy": word("portfolio_remedy", problem.field),
        }
        for problem in wrong.problems
    ]
