"""Plans and reductions on a case's page, and the list of what waits for a second person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.facts import CaseFacts
from bot.domain.instalments import Limits, Part, monthly
from bot.domain.money import plain, to_minor
from bot.domain.rights import Right
from bot.flows.fees import FEE_REASONS, MAY_CHARGE, FeeError, FeeOrder
from bot.flows.instalments import PlanError
from bot.flows.playbook import zone_of
from bot.flows.ports.concessions import NewReduction
from bot.flows.reductions import MAY_APPROVE, REASONS, ReductionError
from bot.policy.fees import refused_fees
from console.found import found_case
from console.guard import needs
from console.parts import ConsoleParts
from console.sessions import own_path
from console.showing import day, money
from console.words import t, word

_LONGEST_NOTE = 500
_LIVE = ("proposed", "active")


def add_grant_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/cases/<id>/plan`, `…/reduction`, `/console/reductions`."""

    @pages.post("/cases/<int:case_id>/plan")
    @needs(Right.ANSWER)
    def plan(case_id: int) -> AnyResponse:
        return _done(case_id, lambda: _plan(parts, case_id))

    @pages.post("/cases/<int:case_id>/reduction")
    @needs(Right.ANSWER)
    def reduction(case_id: int) -> AnyResponse:
        return _done(case_id, lambda: _reduction(parts, case_id))

    @pages.post("/cases/<int:case_id>/fee")
    @needs(Right.APPROVE_REDUCTION)
    def fee(case_id: int) -> AnyResponse:
        return _done(case_id, lambda: _fee(parts, case_id))

    @pages.get("/reductions")
    @needs(Right.SEE)
    def reductions() -> AnyResponse:
        return redirect(url_for("console.approvals"), 301)

    @pages.context_processor
    def card() -> dict[str, Any]:
        return {"grants_of": lambda case: _cards(parts, case)}


def _done(case_id: int, act: Any) -> AnyResponse:
    """Carry out and go back to the case with a sentence."""
    if g.stale_form:
        flash(t("stale.form"), "warn")
    else:
        try:
            flash(act(), "good")
        except PlanError as refused:
            told = (word("plan_error", code) for code in refused.codes)
            flash(t("list.and").join(told), "bad")
        except ReductionError as refused:
            flash(word("reduction_error", refused.code), "bad")
        except FeeError as refused:
            flash(word("fee_error", refused.code), "bad")
    back = own_path(request.form.get("back"), "/console")
    return redirect(back or url_for("console.case", case_id=case_id), 303)


def _plan(parts: ConsoleParts, case_id: int) -> str:
    flow, form, who = parts.grants.instalments, request.form, g.person.collector_id
    plan_id, do = form.get("plan", 0, type=int), form.get("do", "")
    if do == "accept":
        flow.accept(plan_id, who)
        return t("plan.accepted")
    if do == "decline":
        flow.decline(plan_id, who)
        return t("plan.declined")
    if do == "withdraw":
        flow.withdraw(plan_id, who)
        return t("plan.withdrawn")
    if do != "agree":
        abort(400)
    flow.agree(case_id, who, _parts(parts, case_id))
    return t("plan.agreed")


def _parts(parts: ConsoleParts, case_id: int) -> list[Part]:
    """The plan that was typed: number of parts, first day, first sum. Raises PlanError."""
    form = request.form
    case = found_case(parts, case_id)
    with parts.read() as views:
        facts = views.facts(case_id, parts.clock.now(livemode=case["livemode"]))
    first = _minor(form.get("first", ""), facts.currency)
    try:
        periods, first_on = form.get("periods", 0, type=int), date.fromisoformat(form["first_on"])
        return list(monthly(facts.outstanding_minor, periods, first_on, first))
    except (KeyError, ValueError) as wrong:
        raise PlanError("unreadable") from wrong


def _reduction(parts: ConsoleParts, case_id: int) -> str:
    flow, form, who = parts.grants.reductions, request.form, g.person.collector_id
    reduction_id, do = form.get("reduction", 0, type=int), form.get("do", "")
    if do == "approve":
        return word("reduction_done", flow.approve(reduction_id, who))
    if do == "decline":
        flow.decline(reduction_id, who)
        return t("reduction.declined")
    if do != "ask":
        abort(400)
    return word("reduction_done", flow.ask(who, _wanted(parts, case_id)).state)


def _fee(parts: ConsoleParts, case_id: int) -> str:
    flow, form, who = parts.grants.fees, request.form, g.person.collector_id
    case = found_case(parts, case_id)
    amount = _minor(form.get("amount", ""), case["currency"]) or 0
    order = FeeOrder(
        case_id,
        form.get("debt", 0, type=int),
        amount,
        form.get("key", "")[:40] or uuid4().hex,
        form.get("reason", ""),
    )
    if form.get("do") == "waive":
        return t("fee.waived") if flow.waive(who, order) else t("fee.known")
    return t("fee.charged") if flow.charge(who, order) else t("fee.known")


def _wanted(parts: ConsoleParts, case_id: int) -> NewReduction:
    form = request.form
    case = found_case(parts, case_id)
    try:
        pay_by = date.fromisoformat(form["pay_by"]) if form.get("pay_by") else None
    except ValueError as wrong:
        raise ReductionError("bad_date") from wrong
    return NewReduction(
        case_id,
        _minor(form.get("amount", ""), case["currency"]) or 0,
        form.get("reason", ""),
        form.get("note", "").strip()[:_LONGEST_NOTE],
        pay_by,
        _minor(form.get("condition", ""), case["currency"]) or 0,
    )


def _minor(text: str, currency: str) -> int | None:
    """Minor units; None for nothing, zero for what is no sum."""
    if not text.strip():
        return None
    try:
        return to_minor(Decimal(text.replace(",", "").strip()), currency)
    except (InvalidOperation, ValueError):
        return 0


def _cards(parts: ConsoleParts, case: dict[str, Any]) -> dict[str, Any]:
    now = parts.clock.now(livemode=case["livemode"])
    with parts.read() as reads:
        facts = reads.facts(case["id"], now)
    today = now.astimezone(zone_of(case["zone"])).date()
    limits, widest = parts.grants.instalments.offer(case["id"])
    with parts.grants.views() as views:
        plans = [_shown_plan(row, today) for row in views.plans(case["id"])]
        reductions = [_shown_reduction(row, today) for row in views.reductions(case["id"])]
    return {
        "plans": plans,
        "reductions": reductions,
        "may_agree": facts.outstanding_minor > 0
        and case["state"] not in {"disputed", "closed"}
        and not any(plan["state"] in _LIVE for plan in plans),
        "may_ask": facts.outstanding_minor > 0,
        "may_approve": g.person.role in MAY_APPROVE,
        "fees": _fees(facts, limits),
        "me": g.person.collector_id,
        "limits": limits,
        "periods": len(widest) or 3,
        "first_on": (widest[0].due_on if widest else today).isoformat(),
        "least": money(limits.least_minor, facts.currency),
        "at_once": money(limits.reduction_minor, facts.currency),
        "owed": plain(facts.outstanding_minor, facts.currency),
        "reasons": [(reason, word("reduction_reason", reason)) for reason in REASONS],
    }


def _fees(facts: CaseFacts, limits: Limits) -> dict[str, Any]:
    """Shown where fees are charged, or were."""
    debts = [
        {
            "id": debt.debt_id,
            "label": f"{debt.ref} {money(debt.outstanding_minor, facts.currency)}",
            "fee": money(debt.fee_owed_minor, facts.currency) if debt.fee_owed_minor else "",
        }
        for debt in facts.open_debts
    ]
    return {
        "shown": bool(limits.fee_minor) or any(debt["fee"] for debt in debts),
        "refused": refused_fees(facts.portfolio),
        "may": g.person.role in MAY_CHARGE and bool(debts),
        "debts": debts,
        "most": money(limits.fee_minor, facts.currency),
        "reasons": [(each, word("fee_reason", each)) for each in FEE_REASONS],
        "key": uuid4().hex,
    }


def _shown_plan(row: dict[str, Any], today: date) -> dict[str, Any]:
    currency = row["currency"]
    listed = row["parts"] or [{**part, "state": "", "paid_minor": 0} for part in row["schedule"]]
    return {
        "id": row["id"],
        "state": row["state"],
        "label": word("plan_state", row["state"]),
        "source": word("plan_source", row["source"]),
        "decided": row["decided_by"] or (t("plan.by_rule") if row["decided_at"] else ""),
        "parts": [
            {
                "due": day(part["due_on"], today),
                "amount": money(part["amount_minor"], currency),
                "paid": money(part["paid_minor"], currency) if part["paid_minor"] else "",
                "state": part["state"],
                "label": word("promise_state", part["state"]) if part["state"] else "",
            }
            for part in listed
        ],
    }


def _shown_reduction(row: dict[str, Any], today: date) -> dict[str, Any]:
    currency = row["currency"]
    condition = ""
    if row["pay_by"]:
        wanted = money(row["condition_minor"], currency)
        condition = t("reduction.only_if", day=day(row["pay_by"], today), amount=wanted)
    return {
        "id": row["id"],
        "case": row["case_id"],
        "state": row["state"],
        "label": word("reduction_state", row["state"]),
        "amount": money(row["amount_minor"], currency),
        "reason": word("reduction_reason", row["reason"]),
        "note": row["note"],
        "condition": condition,
        "asked_by": row["asked_by"],
        "asked_by_id": row["asked_by_id"],
        "decided_by": t("reduction.within") if row["by_rule"] else row["decided_by"] or "",
    }
